"""The answers that are being written in this process."""

import asyncio
import time
import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Protocol

from django.utils import timezone

from chat.database import in_database
from chat.models import Generation
from chat.stream.log import Log, Wake

from . import frames, turns
from .endings import end_frame
from .follower import Follower
from .shared.publisher import Publisher
from .shared.reader import Reader

MILLISECOND = timedelta(milliseconds=1)


class Source(Protocol):
    """Who writes an answer: fills the log, and can be told to end."""

    log: Log

    def stop(self, by: int | None = None) -> None:
        """A person wants it to end: the one with this id, or who is noted in the row."""

    def interrupt(self) -> None:
        """It may not go on: another process took over."""


class LiveAnswer:
    """An answer while it is written: its log, its follower and the tabs that wait for more.

    Where the generation before it is known, `after`, all that its turn is made of is at hand.
    """

    def __init__(self, generation: Generation, log: Log, after: int | None = None) -> None:
        self.generation = generation
        self._after = after
        self._added: turns.Added | None = None
        self.generation_id: int = generation.pk
        self.stop: Callable[[int], None] | None = None
        self.idle: Callable[[], None] | None = None
        self.log = log
        self.follower = Follower(log, generation.pk, generation.message_id)
        self._readers: set[Wake] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._turn: asyncio.Task[turns.Added] | None = None
        self._end: asyncio.Task[str | None] | None = None
        self.log.subscribe(self._grew)

    def belongs_to(self, user_id: int, conversation_id: uuid.UUID) -> bool:
        """Whether it is an answer in this conversation of this person."""
        asked = self.generation
        return asked.conversation_id == conversation_id and asked.conversation.owner_id == user_id

    def subscribe(self, wake: Wake) -> None:
        """Call `wake` when there is more to show, at a pace that bounds the wire."""
        self._readers.add(wake)

    def unsubscribe(self, wake: Wake) -> None:
        """Stop calling `wake`; the last one to leave makes the answer idle."""
        self._readers.discard(wake)
        if not self._readers and self.idle is not None:
            idle, self.idle = self.idle, None
            idle()

    async def turn(self) -> turns.Added:
        """Its new turn, prompt and empty answer, made once for all tabs."""
        if self._added is None and self._after is not None:
            # Its prompt was seen in grey already: it had to wait for the request to the model.
            self._added = turns.new_turn(self.generation, self._after)
        if self._added is not None:
            return self._added
        if self._turn is None:
            self._turn = asyncio.create_task(in_database(turns.turn_of, self.generation))
        return await asyncio.shield(self._turn)

    def status_frame(self) -> str | None:
        """What it is doing, as of now, for a tab that comes late; None if that is not known yet."""
        status = self.follower.now().status
        if status is None:
            return None
        elapsed = timezone.now() - self.generation.created_at
        since = max(status["elapsed_ms"], elapsed // MILLISECOND)
        return frames.status(self.generation_id, {**status, "elapsed_ms": since})

    async def end_frame(self) -> str | None:
        """The `end` frame, made once for all tabs; None if the answer was deleted."""
        if self._end is None:
            bodies = self.follower.bodies()
            work = in_database(end_frame, self.generation_id, bodies)
            self._end = asyncio.create_task(work)
        return await asyncio.shield(self._end)

    def _grew(self) -> None:
        wait = self.follower.next_at - time.monotonic()
        if wait <= 0 or self.log.closed:
            self._wake_readers()
        elif self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(wait, self._wake_readers)

    def _wake_readers(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        for wake in tuple(self._readers):
            wake()


class Answers:
    """Live answers by the id of their generation: those written here, and those followed."""

    def __init__(self) -> None:
        self._live: dict[int, LiveAnswer] = {}
        self._publisher: Publisher | None = None
        self._reader: Reader | None = None

    def __iter__(self) -> Iterator[LiveAnswer]:
        return iter(tuple(self._live.values()))

    def share(self, publisher: Publisher, reader: Reader) -> None:
        """From now on what is written here goes to the other processes, and theirs come here."""
        self._publisher, self._reader = publisher, reader

    @property
    def shared_log_answers(self) -> bool:
        """Whether what is written here reaches the other processes, if there are any."""
        return self._publisher is None or self._publisher.reached

    def open(self, generation: Generation, source: Source, after: int | None) -> None:
        """Begin an answer that is written here, by this source, `after` another generation."""
        log = source.log
        if self._publisher is not None:
            key = generation.pk, generation.attempt
            log = self._publisher.publish(*key, log, fenced=source.interrupt)
        live = self._live[generation.pk] = LiveAnswer(generation, log, after)
        live.stop = source.stop

    def running(
        self, user_id: int, conversation_id: uuid.UUID, means: Callable[[Generation], bool]
    ) -> LiveAnswer | None:
        """The answer that is meant in a person's conversation; None if it is not to be had here."""
        for live in self:
            if live.belongs_to(user_id, conversation_id) and means(live.generation):
                return None if live.log.closed else live
        return None

    def stop(self, generation_id: int, by: int) -> None:
        """Stop an answer for the person with the id `by`, if it is written here."""
        live = self._live.get(generation_id)
        if live is not None and live.stop is not None:
            live.stop(by)

    def get(self, generation: Generation) -> LiveAnswer | None:
        """The live answer of a generation; None when it is over, or not to be had here."""
        live = self._live.get(generation.pk)
        if live is None and self._reader is not None and generation.is_unfinished:
            live = self._follow(generation, self._reader)
        return live

    async def find(self, generation_id: int) -> LiveAnswer | None:
        """The same by id."""
        live = self._live.get(generation_id)
        if live is None and self._reader is not None:
            generation = await in_database(turns.generation, generation_id)
            live = self.get(generation) if generation is not None else None
        return live

    def drop(self, generation_id: int) -> None:
        """Forget an answer whose log is closed: from now on its row tells."""
        self._live.pop(generation_id, None)

    def _follow(self, generation: Generation, reader: Reader) -> LiveAnswer:
        live = LiveAnswer(generation, Log())
        leave = reader.follow(generation.pk, live.log)

        def idle() -> None:
            leave()
            if self._live.get(generation.pk) is live:
                self.drop(generation.pk)

        live.idle = idle
        self._live[generation.pk] = live
        return live


answers = Answers()
