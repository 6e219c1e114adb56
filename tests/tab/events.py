"""A tab without a WebSocket: frames come as server-sent events, and commands go by POST."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import httpx2

from tests.servers import PATIENCE

from .page import Closed, Frame, Page
from .served import Person


class EventPage(Page):
    """The page as it is where no WebSocket gets through."""

    events: "Events | None" = None

    async def connect(self, **headers: str) -> None:
        """Read the events that the page's address names; returns when a snapshot is shown."""
        await self.close()
        path = str(self.dom.attribute("#chat", "hx-ws:connect")).removeprefix("/ws")
        commands, _, query = path.partition("?")
        token = str(self.dom.attribute("#composer [name=csrfmiddlewaretoken]", "value"))
        self.events = await Events(self.person.browser(), commands, token).open(query)
        self._over.clear()
        async with asyncio.timeout(PATIENCE):
            first = await self.next()
        assert first["type"] == "snapshot", first

    async def close(self) -> None:
        """Leave."""
        if self.events is not None:
            await self.events.close()
            self.events = None

    async def say(self, frame: Any) -> None:
        """Post a command."""
        assert self.events is not None
        await self.events.post(**frame)

    async def next(self) -> Frame:
        """The next frame, checked and shown; raises Closed."""
        assert self.events is not None
        frame = json.loads(await self.events.recv())
        if frame["type"] == "close":
            raise Closed(frame["code"])
        return self._take(frame)


class Events:
    """A stream of events, and the answers to posts put before what follows."""

    def __init__(self, browser: httpx2.AsyncClient, commands: str, token: str) -> None:
        self.comments = 0
        self._browser, self._commands, self._token = browser, commands, token
        self._open = AsyncExitStack()
        self._answers: list[str] = []
        self._frames: AsyncIterator[str]

    async def open(self, query: str = "") -> "Events":
        """Connect."""
        await self._open.enter_async_context(self._browser)
        address = f"{self._commands}events?{query}"
        headers = {"Accept": "text/event-stream", "Accept-Encoding": "gzip"}
        stream = self._browser.stream("GET", address, headers=headers)
        response = await self._open.enter_async_context(stream)
        assert response.status_code == 200
        assert response.headers["content-type"].startswith("text/event-stream")
        self._frames = self._read(response)
        return self

    async def _read(self, response: httpx2.Response) -> AsyncIterator[str]:
        name = ""
        async for line in response.aiter_lines():
            self.comments += line.startswith(":")
            if line.startswith("event: "):
                name = line.removeprefix("event: ")
            elif line.startswith("data: "):
                data = line.removeprefix("data: ")
                assert json.loads(data)["type"] == name
                yield data

    async def recv(self) -> str:
        """The next frame."""
        return self._answers.pop(0) if self._answers else await anext(self._frames)

    async def post(self, type: str, **fields: Any) -> httpx2.Response:
        """Post a command; what it was answered is the next frame."""
        cookies = f"{self._browser.headers['Cookie']}; csrftoken={self._token}"
        headers = {"X-CSRFToken": self._token, "Cookie": cookies}
        answer = await self._browser.post(self._commands + type, json=fields, headers=headers)
        if answer.status_code != 204:
            self._answers.append(answer.text)
        return answer

    async def close(self) -> None:
        """Leave."""
        await self._open.aclose()


@contextlib.asynccontextmanager
async def without_sockets(person: Person, conversation: object = None) -> AsyncIterator[EventPage]:
    """A tab that has loaded its page and reads events; closed afterwards."""
    page = EventPage(person, conversation)  # type: ignore[arg-type]
    try:
        await page.load()
        yield page
    finally:
        await page.close()
