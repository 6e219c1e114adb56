"""A visitor: a page that connects, asks, reads each answer to its end, and leaves; at no cost."""

import asyncio
import uuid
from collections.abc import Callable
from typing import Any

import orjson

from .websocket import Socket, connect

Frame = dict[str, Any]
SECONDS = 60.0


class Left(Exception):
    """The connection ended while something was expected of it; the argument is the close code."""


class Visitor:
    """One connection to one conversation, through a proxy or straight to a process."""

    def __init__(self, port: int, session: str, conversation: uuid.UUID) -> None:
        self._port, self._session, self._conversation = port, session, conversation
        self._frames: asyncio.Queue[bytes | None] = asyncio.Queue()
        self.socket: Socket | None = None

    async def come(self) -> Frame:
        """Connect; gives the snapshot. Raises OSError when refused."""
        path = f"/ws/conversations/{self._conversation}/"
        put, lost = self._frames.put_nowait, lambda: self._frames.put_nowait(None)
        self.socket = await connect(
            self._port, path, self._session, lambda data, now: put(data), lost, lambda made: None
        )
        return await self.until(lambda frame: frame["type"] == "snapshot")

    def say(self, **frame: Any) -> None:
        """Send a frame."""
        assert self.socket is not None
        self.socket.send(orjson.dumps(frame))

    async def until(self, wanted: Callable[[Frame], bool]) -> Frame:
        """The next frame that is wanted; raises Left, or TimeoutError after a minute."""
        async with asyncio.timeout(SECONDS):
            while (data := await self._frames.get()) is not None:
                frame: Frame = orjson.loads(data)
                if wanted(frame):
                    return frame
        assert self.socket is not None
        raise Left(await self.socket.closed)

    async def ask(self, text: str) -> Frame:
        """Ask; gives the `ack`, or the `notice` that refuses it."""
        key = str(uuid.uuid4())
        self.say(type="send", key=key, text=text)
        return await self.until(lambda frame: frame.get("key") == key)

    async def end(self, generation: int) -> Frame:
        """The `end` of an answer."""
        wanted = ("end", generation)
        return await self.until(lambda frame: (frame["type"], frame.get("generation")) == wanted)

    def leave(self, *, politely: bool) -> None:
        """Go away as a page that is closed, or as one whose network is cut."""
        if self.socket is not None:
            if politely:
                self.socket.say_goodbye()
            self.socket.abort()
