"""Bodies of requests: refused at once where they are too large, and read as they are asked for."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from typing import IO, Any

from daphne.http_protocol import WebRequest

from chatsite.limits import LIMITS

MEBI = 1024 * 1024
CHUNK = 64 * 1024
# The longest prompt as a form has 100,000 characters, each up to 12 bytes.
USUAL = 2 * MEBI
# What a form has beside a file, and the files that a prompt brings along without JavaScript.
ROOMY = (
    (re.compile(rb"/import/(\?|$)"), LIMITS.import_bytes + MEBI),
    (re.compile(rb"/attachments/(\?|$)"), LIMITS.file_bytes + MEBI),
    (re.compile(rb"/conversations/[^/]+/send(\?|$)"), 50 * MEBI),
)
# How long a client that still sends may take to read why it is not heard.
LINGER_SECONDS = 5.0
SENTENCE = b"This is larger than can be taken in.\n"
TOO_LARGE = (
    b"HTTP/1.1 413 Content Too Large\r\nContent-Type: text/plain; charset=utf-8\r\n"
    b"Connection: close\r\nContent-Length: %d\r\n\r\n%b" % (len(SENTENCE), SENTENCE)
)

Receive = Callable[[], Awaitable[dict[str, Any]]]


def most(path: bytes) -> int:
    """How many bytes a body may have that is sent to this path."""
    return next((size for known, size in ROOMY if known.match(path)), USUAL)


class Request(WebRequest):
    """A request that is refused before its body is kept, if that is or grows too large."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._refused = False
        self._most, self._taken = USUAL, 0
        # Django reads forms; Twisted would, before that, read all of them into memory as well.
        super().__init__(*args, parsePOSTFormSubmission=False, **kwargs)

    def gotLength(self, length: int | None) -> None:  # noqa: N802
        """The headers are complete; None: the body comes in chunks."""
        # Twisted gives the request its path once the body is there.
        self._most = most(self.channel._path)
        super().gotLength(length)
        if length is not None and length > self._most:
            self._refuse()

    def handleContentChunk(self, data: bytes) -> None:  # noqa: N802
        """Keep a piece of the body."""
        self._taken += len(data)
        if self._taken > self._most:
            self._refuse()
        if not self._refused:
            super().handleContentChunk(data)

    def process(self) -> Any:
        """The request is complete."""
        if self._refused:
            return self.channel.loseConnection()
        done = super().process()
        if self.transport is None:
            # A WebSocket took the connection over; its channel waits for the end of no request.
            self.channel.requests.clear()
        return done

    def _refuse(self) -> None:
        if self._refused:
            return
        self._refused = True
        # Else the client would be told to go on.
        self.requestHeaders.removeHeader(b"expect")
        self.channel.transport.write(TOO_LARGE)
        asyncio.get_running_loop().call_later(LINGER_SECONDS, self.channel.loseConnection)


class Body:
    """Gives the body to its application a chunk at a time, and then what else happens.

    Daphne would put all of its chunks into memory before the application runs.
    """

    def __init__(self, content: IO[bytes], receive: Receive) -> None:
        self._content, self._receive = content, receive
        self._more = True

    async def __call__(self) -> dict[str, Any]:
        """The next event of the connection."""
        if not self._more:
            return await self._receive()
        # Whoever reads on without a pause would keep all others waiting.
        await asyncio.sleep(0)
        chunk = self._content.read(CHUNK)
        self._more = len(chunk) == CHUNK
        if not self._more:
            # In its place Daphne has read an empty body.
            event = await self._receive()
            if event["type"] != "http.request":
                return event
        return {"type": "http.request", "body": chunk, "more_body": self._more}
