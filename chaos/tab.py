"""One tab: shows what comes, keeps commands until they are answered, and always comes back."""

import asyncio
import random
import time
from typing import Any

import orjson

from chat import rendering

from . import websocket
from .counts import Counts
from .page import NotThere, Page, letters
from .talk import UNFINISHED, Silences, Talk

CONNECT_SECONDS = 10.0
PING_SECONDS = 15.0
SILENCE_SECONDS = 5.0
FIRST_DELAY, LAST_DELAY = 0.3, 5.0
LOOKED_AT = 0.02
Frame = dict[str, Any]


class Tab:
    """A page of a person on a conversation, connected through nginx."""

    def __init__(self, port: int, talk: Talk, counts: Counts, chance: random.Random) -> None:
        self.talk = talk
        self.page = Page()
        self.whole = False
        self.running: int | None = None
        self.outbox: dict[str, Frame] = {}
        self.connects = 0
        self.frames = 0
        self.silences = Silences()
        self._port = port
        self._counts = counts
        self._chance = chance
        self._socket: websocket.Socket | None = None
        self._start: int | None = None
        self._attempts = 0
        self._told: float | None = None
        self._heard = self._asked_alive = 0.0
        self._sent: set[str] = set()
        self._waiting: dict[str, asyncio.Future[Frame]] = {}
        self._positions: dict[int, int] = {}
        self._over: set[int] = set()
        self._closed = asyncio.Event()

    @property
    def served_by(self) -> int:
        """The port of the process at the other end; 0 for none."""
        return self._socket.served_by if self._socket is not None else 0

    async def live(self) -> None:
        """Be connected, until cancelled."""
        while True:
            try:
                await self._connect()
                await self._closed.wait()
            except (OSError, TimeoutError):
                pass
            self._lose()
            if self._told is not None:
                delay, self._told = self._told, None
            else:
                delay = min(FIRST_DELAY * 2**self._attempts, LAST_DELAY)
                delay *= 0.7 + 0.6 * self._chance.random()
            self._attempts += 1
            await asyncio.sleep(delay)

    def command(self, key: str, **frame: Any) -> asyncio.Future[Frame]:
        """Send a command until it is answered; gives its `ack` or `notice`."""
        future: asyncio.Future[Frame] = asyncio.get_running_loop().create_future()
        self._waiting[key] = future
        self.outbox[key] = {"key": key, **frame}
        self._flush()
        return future

    def stop(self, generation: int) -> None:
        """Press Stop."""
        self.outbox.setdefault(f"stop-{generation}", {"type": "stop", "generation": generation})
        self._flush()

    def drop(self) -> None:
        """Lose the network."""
        if self._socket is not None:
            self._socket.abort()
        self._closed.set()

    def reload(self) -> None:
        """Load the page anew: it begins with the last question."""
        self._start = max(self.page.prompts, default=None) if self._chance.random() < 0.5 else None
        self.page = Page()
        if self._socket is not None:
            self._socket.say_goodbye()
            self._socket.abort()
        self._closed.set()

    def look(self, now: float) -> None:
        """Ask the server whether it is alive, and leave one that says nothing."""
        if self._socket is None or not self.whole:
            return
        if self._asked_alive > self._heard and now - self._asked_alive > SILENCE_SECONDS:
            self.talk.tell("a tab gives a silent socket up")
            self.drop()
        elif now - max(self._heard, self._asked_alive) > PING_SECONDS:
            self._asked_alive = now
            self._socket.send(b'{"type":"ping","n":1}')

    async def _connect(self) -> None:
        path = f"/ws/conversations/{self.talk.id}/"
        if self._start:
            path += f"?from={self._start}"
        self._closed.clear()
        closed = self._closed
        async with asyncio.timeout(CONNECT_SECONDS):
            take, session = self._take, self.talk.session
            await websocket.connect(self._port, path, session, take, closed.set, self._made)
            self.connects += 1
            self._heard = time.monotonic()
            while not self.whole and not closed.is_set():  # noqa: ASYNC110 - either of two
                await asyncio.sleep(0.05)

    def _made(self, socket: websocket.Socket) -> None:
        self._socket = socket

    def _lose(self) -> None:
        if self._socket is not None:
            self._socket.abort()
        self._socket = None
        self.whole = False

    def _flush(self) -> None:
        if not self.whole or self._socket is None:
            return
        for key, frame in self.outbox.items():
            if key not in self._sent:
                self._sent.add(key)
                found = self.talk.answers.get(frame.get("generation", 0))
                if frame["type"] == "stop" and found is not None:
                    self.talk.stop(found, self.served_by)
                self._socket.send(orjson.dumps(frame))

    def _take(self, data: bytes, now: int) -> None:
        self._heard = time.monotonic()
        self.frames += 1
        frame: Frame = orjson.loads(data)
        if "retry_ms" in frame:
            self._told = frame["retry_ms"] / 1000
        try:
            getattr(self, f"_on_{frame['type']}", lambda frame: None)(frame)
        except NotThere as missing:
            self._violation("frames out of order", f"{frame['type']}: {missing}")

    def _on_snapshot(self, frame: Frame) -> None:
        self.page.swap(frame["content"])
        self.running = frame["running"]
        if self.running is not None:
            self.silences.end(self.running)
        self._positions.clear()
        if not self.whole:
            self._over.clear()
            self._sent.clear()
            self._attempts = 0
            self.whole = True
        for shown in self.page.answers.values():
            if shown.status not in UNFINISHED:
                self.talk.ended(shown.generation, shown.status)
        self._settle_stops()
        self._flush()

    def _on_message(self, frame: Frame) -> None:
        self.page.swap(frame["content"])
        self.running = max(shown.generation for shown in self.page.answers.values())

    def _on_delta(self, frame: Frame) -> None:
        generation, position = frame["generation"], frame["position"]
        self._in_order(generation, position)
        self.silences.end(generation)
        self.page.swap(frame["content"])
        if answer := self.talk.answers.get(generation):
            answer.show(position)
        if self._chance.random() < LOOKED_AT:
            self._check_text(generation)

    def _on_end(self, frame: Frame) -> None:
        generation = frame["generation"]
        self._in_order(generation, None)
        shown = self.page.answers.get(frame["message"])
        # The page may show another answer by now, or another generation of it: this is only told.
        if shown is not None and shown.generation == generation:
            self._check_text(generation)
            shown.status = frame["status"]
        self._over.add(generation)
        self.page.swap(frame.get("content", ""))
        if self.running == generation:
            self.running = None
        self.talk.ended(generation, frame["status"])
        self._settle_stops()

    def _on_ack(self, frame: Frame) -> None:
        self.talk.acknowledged(frame)
        self._answered(frame["key"], frame)

    def _on_notice(self, frame: Frame) -> None:
        key = frame.get("key") or f"stop-{frame.get('generation')}"
        if frame["code"] == "draining" and key in self.outbox:
            delay = frame.get("retry_ms", 1000) / 1000
            asyncio.get_running_loop().call_later(delay, self._again, key)
        else:
            self._answered(key, frame)

    def _again(self, key: str) -> None:
        self._sent.discard(key)
        self._flush()

    def _answered(self, key: str, frame: Frame) -> None:
        self.outbox.pop(key, None)
        future = self._waiting.pop(key, None)
        if future is not None and not future.done():
            future.set_result(frame)

    def _settle_stops(self) -> None:
        for key, frame in list(self.outbox.items()):
            if frame["type"] == "stop" and frame["generation"] != self.running:
                del self.outbox[key]

    def _in_order(self, generation: int, position: int | None) -> None:
        if generation in self._over:
            self._violation("frames out of order", f"generation {generation} after its end")
        if position is not None:
            if position < self._positions.get(generation, 0):
                self._violation("frames out of order", f"position fell in {generation}")
            self._positions[generation] = position

    def _check_text(self, generation: int) -> None:
        """Compare what is shown with what should be, up to the position that the server told."""
        answer, position = self.talk.answers.get(generation), self._positions.get(generation)
        if answer is None or position is None:
            return
        blocks = rendering.Blocks()
        blocks.feed(answer.asked.expected[:position])
        expected = letters("".join(blocks.sealed) + blocks.tail)
        found = letters(self.page.answer_of(generation).html)
        what = f"generation {generation} as shown at {position} by {self.served_by}"
        self._counts.compare(found, expected, what, self.talk.name)

    def _violation(self, goal: str, what: str) -> None:
        self.talk.tell(f"{goal}: {what}")
        self._counts.note(goal, what, self.talk.name)
