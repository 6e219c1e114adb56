"""One browser tab: the page over HTTP, its socket, and each frame checked and then shown."""

import asyncio
import contextlib
import itertools
import json
import re
import uuid
from collections.abc import AsyncIterator
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from tests.servers import PATIENCE

from .dom import Dom
from .served import Person

ENDED = ("complete", "stopped", "truncated", "filtered", "failed", "interrupted")
PHASES = ("queued", "connecting", "waiting", "reasoning", "writing", "tool")
NOTICES = "busy invalid too_long rate_limited quota model_unavailable draining gone".split()
# By type: the fields that a frame must have, and those that it may have.
FIELDS: dict[str, tuple[str, str]] = {
    "snapshot": ("conversation running content", ""),
    "ack": ("key conversation message generation duplicate", ""),
    "message": ("message parent content", ""),
    "delta": ("generation position content", ""),
    "status": ("generation phase elapsed_ms tokens", ""),
    "end": ("generation message position status usage timing", "content stop error"),
    "notice": ("code text", "key generation retry_ms"),
    "pong": ("n", ""),
    "bye": ("reason retry_ms", ""),
    "title": ("", "conversation title content"),
    "settings": ("conversation model differs", ""),
    "sidebar": ("conversation running", "deleted moved unseen"),
}

Frame = dict[str, Any]
_pings = itertools.count(1_000_000)


class Closed(Exception):
    """The server closed the socket; the argument is the code."""


class Page:
    """A tab of a person on one conversation."""

    def __init__(self, person: Person, conversation: uuid.UUID | None = None) -> None:
        self.person = person
        self.conversation = conversation
        self.frames: list[Frame] = []
        self.dom = Dom("")
        self._loaded = ""
        self._socket: ClientConnection | None = None
        self._positions: dict[int, int] = {}
        self._over: set[int] = set()

    async def load(self) -> None:
        """Open the page, and its socket; returns when the first snapshot is shown."""
        path = f"/c/{self.conversation}/" if self.conversation else "/"
        async with self.person.browser() as browser:
            got = await browser.get(path)
        assert got.status_code == 200, got.status_code
        self._loaded = got.text
        self.dom = Dom(got.text)
        self.conversation = uuid.UUID(self.dom.attribute("#chat", "data-conversation"))
        await self.connect()

    async def connect(self, **headers: str) -> None:
        """Open the socket that the page names; returns when the first snapshot is shown."""
        await self.close()
        path = self.dom.attribute("#chat", "hx-ws:connect")
        server = self.person.served.server
        self._socket = await connect(
            f"{server.ws_url}{path}",
            origin=server.url,  # type: ignore[arg-type]
            additional_headers={"Cookie": self.person.cookie, **headers},
            max_queue=None,
            max_size=None,
            compression=None,
            proxy=None,
        )
        self._over.clear()
        async with asyncio.timeout(PATIENCE):
            first = await self.next()
        assert first["type"] == "snapshot", first

    async def join(self, other: "Page") -> None:
        """Be on the conversation of another new chat, which is in no database yet."""
        self.conversation, self._loaded = other.conversation, other._loaded
        self.dom = Dom(self._loaded)
        await self.connect()

    async def move(self) -> None:
        """Connect to another process, which may still have to read what this one has shown."""
        self._positions.clear()
        await self.connect()

    async def close(self) -> None:
        """Close the socket, as leaving the page would."""
        if self._socket is not None:
            await self._socket.close()
            self._socket = None

    def vanish(self) -> None:
        """Lose the connection without a word."""
        assert self._socket is not None
        self._socket.transport.abort()
        self._socket = None

    def lose(self) -> None:
        """Lose the connection, which the next read finds out."""
        if self._socket is not None:
            self._socket.transport.abort()

    def pause(self) -> None:
        """Read nothing from the network for now."""
        assert self._socket is not None
        self._socket.transport.pause_reading()

    def resume(self) -> None:
        """Read again."""
        assert self._socket is not None
        self._socket.transport.resume_reading()

    async def say(self, frame: object) -> None:
        """Send a frame: text or bytes as they are, anything else as JSON; raises Closed."""
        if self._socket is None:
            raise Closed(1006)
        if not isinstance(frame, str | bytes):
            frame = json.dumps(frame, ensure_ascii=False)
        try:
            await self._socket.send(frame)
        except ConnectionClosed as closed:
            raise Closed(closed.rcvd.code if closed.rcvd else 1006) from None

    async def say_as_it_is(self, message: Any) -> None:
        """Send a message: text, bytes, or a list of its fragments."""
        assert self._socket is not None
        await self._socket.send(message)

    async def command(self, type: str, **fields: Any) -> Frame:
        """Send a command with a new key; gives its `ack` or `notice`."""
        key = fields.setdefault("key", str(uuid.uuid4()))
        await self.say({"type": type, **fields})
        return await self.until(lambda f: f["type"] in ("ack", "notice") and f.get("key") == key)

    async def ask(self, text: str, **fields: Any) -> int:
        """Send a prompt that is accepted; gives the id of its generation."""
        ack = await self.command("send", text=text, **fields)
        assert ack["type"] == "ack", ack
        return int(ack["generation"])

    async def finished(self, text: str, **fields: Any) -> Frame:
        """Send a prompt and wait for the end of its answer."""
        return await self.end(await self.ask(text, **fields))

    async def end(self, generation: int) -> Frame:
        """The `end` frame of a generation."""
        return await self.until(lambda f: f["type"] == "end" and f["generation"] == generation)

    async def shown(self, generation: int, characters: int = 1) -> None:
        """Return when so many characters of an answer are shown."""
        if self._positions.get(generation, 0) < characters:
            await self.until(lambda f: self._positions.get(generation, 0) >= characters)

    async def first(self, type: str, **fields: Any) -> Frame:
        """The next frame of this type with these fields."""
        fields["type"] = type
        return await self.until(lambda frame: fields.items() <= frame.items())

    async def until(self, wanted: Any) -> Frame:
        """Show frames until one is wanted, which is given."""
        try:
            async with asyncio.timeout(PATIENCE):
                while not wanted(frame := await self.next()):
                    pass
                return frame
        except TimeoutError:
            last = "\n".join(str(frame)[:200] for frame in self.frames[-6:])
            raise AssertionError(f"it never came; the last frames were\n{last}") from None

    async def next(self) -> Frame:
        """The next frame, checked and shown; raises Closed."""
        if self._socket is None:
            raise Closed(1006)
        try:
            text = await self._socket.recv()
        except ConnectionClosed as closed:
            code = closed.rcvd.code if closed.rcvd else 1006
            raise Closed(code) from None
        return self._take(json.loads(text))

    def _take(self, frame: Frame) -> Frame:
        check(frame)
        self.frames.append(frame)
        self._show(frame)
        return frame

    async def farewell(self) -> int:
        """Show what still comes until the server closes the socket; gives the code."""
        try:
            await self.until(lambda frame: False)
        except Closed as closed:
            return int(closed.args[0])
        raise AssertionError("unreachable")

    @contextlib.asynccontextmanager
    async def twin(self, person: Person | None = None) -> AsyncIterator["Page"]:
        """The page once more as it was loaded, with a socket of its own, perhaps another's."""
        page = Page(person or self.person, self.conversation)
        page.dom = Dom(self._loaded)
        try:
            await page.connect()
            yield page
        finally:
            await page.close()

    async def until_draining(self) -> Frame:
        """Ask until the server says that it ends; gives the notice."""
        while True:
            told = await self.command("send", text="Are you still there? rate=0")
            if told.get("code") == "draining":
                return told
            if told["type"] == "ack":
                await self.end(told["generation"])

    async def drained(self) -> None:
        """Return when everything said before has been answered."""
        n = next(_pings)
        await self.say({"type": "ping", "n": n})
        await self.first("pong", n=n)

    def of(self, generation: int) -> list[str]:
        """The types of the frames that showed a generation, in order; the same ones once."""
        types: list[str] = []
        for frame in self.frames:
            of_it = frame.get("generation") == generation and frame["type"] in ("delta", "end")
            if of_it and types[-1:] != [frame["type"]]:
                types.append(frame["type"])
        return types

    def _show(self, frame: Frame) -> None:
        if content := frame.get("content"):
            self.dom.swap(content)
        if frame["type"] in ("delta", "end"):
            self._order(frame)
        if frame["type"] == "end":
            article = f'#m{frame["message"]}[data-generation="{frame["generation"]}"]'
            # After a snapshot an `end` has no content, and its answer may be off the path.
            if "content" in frame or self.dom.has(article):
                self.dom.mark(article, data_status=frame["status"], aria_busy=None, data_model=None)
        if frame["type"] in ("snapshot", "message", "delta", "end"):
            ids = re.findall(r' id="([^"]*)"', frame.get("content", ""))
            assert len(ids) == len(set(ids)), "an id twice in one frame"

    def _order(self, frame: Frame) -> None:
        generation, position = frame["generation"], frame["position"]
        if "content" in frame:
            self.dom.find(f'article[data-generation="{generation}"]')
        assert generation not in self._over, f"{frame['type']} after the end"
        assert position >= self._positions.get(generation, 0), "the position fell"
        self._positions[generation] = position
        if frame["type"] == "end":
            self._over.add(generation)


def check(frame: Frame) -> None:
    """Assert that a frame has exactly the fields that the contract of the wire gives it."""
    type = frame.get("type", "none")
    assert type in FIELDS, f"unknown type {type}"
    required, optional = (set(names.split()) for names in FIELDS[type])
    fields = set(frame) - {"type"}
    assert required <= fields <= required | optional, f"{type} with {sorted(fields)}"
    if type == "status":
        assert frame["phase"] in PHASES
    if type == "notice":
        assert frame["code"] in NOTICES and len(frame["text"]) > 5
    if type == "end":
        check_end(frame)


def check_end(end: Frame) -> None:
    """Assert what an `end` frame has by its status."""
    assert end["status"] in ENDED
    assert set(end["usage"]) == {
        "prompt_tokens",
        "completion_tokens",
        "reasoning_tokens",
        "source",
    }
    assert set(end["timing"]) == {"first_token_ms", "duration_ms", "tokens_per_second"}
    assert ("stop" in end) == (end["status"] == "stopped")
    if end["status"] == "failed":
        assert set(end["error"]) == {"code", "text", "retryable"}


@contextlib.asynccontextmanager
async def visit(person: Person, conversation: uuid.UUID | None = None) -> AsyncIterator[Page]:
    """A tab that has loaded its page; closed afterwards."""
    page = Page(person, conversation)
    try:
        await page.load()
        yield page
    finally:
        await page.close()


async def reloaded(page: Page) -> Dom:
    """The page that a reload would show, without its socket."""
    async with page.person.browser() as browser:
        got = await browser.get(f"/c/{page.conversation}/")
    assert got.status_code == 200, got.status_code
    return Dom(got.text)
