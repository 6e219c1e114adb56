"""A tab: one page open on one conversation, and the only maker of its frames."""

import asyncio
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from chat.database import in_database

from . import frames, turns
from .answers import LiveAnswer, answers
from .endings import end_frame
from .follower import START
from .parts import partial

NOT_FOUND = 4404
TOO_SLOW = 1008
MOST_UNREAD = 1000
LOOKS = 3
LOOK_AGAIN_SECONDS = 0.3


@dataclass(frozen=True)
class Wire:
    """How frames leave: `send` one, while `writable` says that the client reads."""

    send: Callable[[str], Awaitable[None]]
    writable: asyncio.Event


@dataclass(frozen=True)
class Visit:
    """Who opened a page on which conversation, whose live end starts at the message `start`."""

    user_id: int
    session_key: str
    conversation_id: uuid.UUID
    start: int | None = None


class Tab:
    """Wakes when something happened, and then tells its page what changed.

    For every generation it sends its turn (in a snapshot or a message), then deltas, then the end.
    """

    def __init__(self, visit: Visit, wire: Wire) -> None:
        self.user_id = visit.user_id
        self.session_key = visit.session_key
        self.conversation_id = visit.conversation_id
        self._start = visit.start
        self._wire = wire
        self._wake = asyncio.Event()
        self._said: list[str] = []
        self._turns: list[int] = []
        self._owed: set[int] = set()
        self._ended = 0
        self._newest = 0
        self._leaf: int | None = None
        self._missed: tuple[int | None, int] | None = None
        self._stale = False
        self._elsewhere = False
        self._leaving = asyncio.Event()
        self._close_code: int | None = None
        self._following: LiveAnswer | None = None
        self._position = START

    def say(self, frame: str) -> None:
        """Send one more frame: an answer to a command, or a hint."""
        self._said.append(frame)
        self._wake.set()
        if len(self._said) > MOST_UNREAD:
            self._said.clear()
            self._drop(TOO_SLOW)

    def turn_accepted(self, generation_id: int) -> None:
        """A turn was added at the leaf."""
        self._owe(generation_id)
        self._turns.append(generation_id)
        self._wake.set()

    def path_changed(self, generation_id: int | None = None) -> None:
        """Other messages are shown now, because of this generation."""
        if generation_id is not None:
            self._owe(generation_id)
        self._stale = True
        self._wake.set()

    def answer_over(self) -> None:
        """An answer ended in this conversation: if it was on another path, that is to be seen."""
        if self._elsewhere:
            self.path_changed()

    def _owe(self, generation_id: int) -> None:
        """Its end is to be told: once, however often and late the news of it come."""
        if generation_id > self._ended:
            self._owed.add(generation_id)

    def path_is(self, leaf_id: int | None, newest: int) -> None:
        """The row's leaf and newest generation: news that was lost is made up for."""
        behind = newest > max(self._newest, *self._turns, 0) or leaf_id != self._leaf
        # Rows may be a moment ahead of the news, or behind them: what is missed twice was lost.
        before, self._missed = self._missed, (leaf_id, newest) if behind else None
        if behind and self._missed == before:
            self.path_changed(newest or None)

    def leave(self, farewell: str, code: int) -> None:
        """Send a last frame, and end `run` with this close code."""
        self.say(farewell)
        self._drop(code)

    def _drop(self, code: int) -> None:
        self._close_code = code
        self._leaving.set()
        self._wake.set()

    async def run(self) -> int:
        """Make frames until it is time to leave; gives the close code for the socket."""
        try:
            await self._tell_snapshot()
            while self._close_code is None or self._said:
                await self._wake.wait()
                self._wake.clear()
                if not self._wire.writable.is_set():
                    await self._wait_until_writable()
                await self._tell()
        except turns.NotHere:
            return NOT_FOUND
        finally:
            self._follow(None)
        return self._close_code

    async def _wait_until_writable(self) -> None:
        """Nothing is sent to a client that does not read; but one may have to leave it."""
        waits = [asyncio.create_task(e.wait()) for e in (self._wire.writable, self._leaving)]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()

    async def _tell(self) -> None:
        while self._said:
            await self._wire.send(self._said.pop(0))
        if self._stale:
            await self._tell_snapshot()
        await self._tell_answer()
        while self._turns and self._following is None:
            await self._tell_turn(self._turns.pop(0))

    async def _tell_snapshot(self) -> None:
        self._stale = False
        snapshot, live = await self._look()
        running = snapshot.shown.running
        self._newest = max(self._newest, snapshot.shown.newest)
        self._leaf = snapshot.shown.leaf_id
        self._elsewhere = snapshot.shown.elsewhere is not None
        self._follow(live)
        if running is not None:
            self._owe(running.pk)
        if live is not None:
            self._position = live.follower.now()
        elif running is not None:
            # Its writer has not begun, or is not to be heard of yet: look again.
            loop = asyncio.get_running_loop()
            loop.call_later(LOOK_AGAIN_SECONDS, self.path_changed, running.pk)
        await self._wire.send(
            frames.encode(
                "snapshot",
                conversation=self.conversation_id,
                running=running.pk if running else None,
                content=snapshot.content(live.follower.html() if live else None),
            )
        )
        if live is not None and (status := live.status_frame()):
            await self._wire.send(status)
        await self._tell_owed(but=running.pk if running else 0)

    async def _tell_owed(self, but: int = 0) -> None:
        """Tell the ends of what a snapshot has shown ended; later turns are to be shown first."""
        for generation_id in sorted(id for id in self._owed - {but} if id <= self._newest):
            await self._tell_end(await in_database(end_frame, generation_id, None), generation_id)

    async def _look(self) -> tuple[turns.Snapshot, LiveAnswer | None]:
        """Read the rows, again if a running answer began or ended in between."""
        for _ in range(LOOKS):
            snapshot = await in_database(
                turns.snapshot, self.user_id, self.conversation_id, self._start
            )
            running = snapshot.shown.running
            live = answers.get(running) if running else None
            if running is None or live is not None:
                break
        return snapshot, live

    async def _tell_turn(self, generation_id: int) -> None:
        if generation_id <= self._newest:
            await self._tell_owed()
            return
        live = await answers.find(generation_id)
        if live is None:
            self.path_changed()
            return
        self._follow(live)
        turn = await live.turn()
        if turn.after != self._newest:
            # Of what came in between this tab was not told: its page is not what the turn follows.
            self.path_changed()
            return
        self._newest = generation_id
        message = live.generation.message
        self._leaf = message.pk
        await self._wire.send(
            frames.encode(
                "message",
                message=message.pk,
                parent=message.parent_id,
                content=partial("#live", "beforeend", turn.html),
            )
        )
        await self._tell_answer()

    async def _tell_answer(self) -> None:
        live = self._following
        if live is None:
            return
        ended = live.follower.ended
        made, self._position = live.follower.since(self._position)
        for frame in made:
            await self._wire.send(frame)
        if ended:
            await self._tell_end(await live.end_frame(), live.generation_id)
            self._follow(None)

    async def _tell_end(self, frame: str | None, generation_id: int) -> None:
        if frame is not None:
            self._owed.discard(generation_id)
            self._ended = max(self._ended, generation_id)
            await self._wire.send(frame)
        elif self._following is not None and self._following.generation_id == generation_id:
            # Its rows were deleted: show what is there instead.
            self.path_changed()

    def _follow(self, live: LiveAnswer | None) -> None:
        before, self._following, self._position = self._following, live, START
        if live is not None:
            live.subscribe(self._wake.set)
        # In this order: an answer from elsewhere that loses its last reader is not followed on.
        if before is not None and before is not live:
            before.unsubscribe(self._wake.set)
