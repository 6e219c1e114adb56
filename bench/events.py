"""An HTTP client for one streamed response: counts its events as they arrive, reads them later."""

import asyncio
import json
from time import perf_counter_ns
from typing import Any, cast

END = b"\n\n"


class EventStream(asyncio.Protocol):
    """One POST and its response: when which number of events had arrived, and all bytes."""

    def __init__(self) -> None:
        loop = asyncio.get_running_loop()
        self.sent = 0
        self.arrivals: list[tuple[int, int]] = []
        self.first: asyncio.Event = asyncio.Event()
        self.done: asyncio.Future[None] = loop.create_future()
        self._pieces: list[bytes] = []
        self._last = b""
        self._events = 0
        self._ends_with = b"0\r\n\r\n"

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        now = perf_counter_ns()
        self._pieces.append(data)
        if new := data.count(END) + (self._last == b"\n" and data[:1] == b"\n"):
            self._events += new
            self.arrivals.append((now, self._events))
            self.first.set()
        self._last = data[-1:]
        # The end may be cut as well: the bytes before it are looked at only then.
        if data.endswith(b"\n") and b"".join(self._pieces[-3:]).endswith(self._ends_with):
            self._finish()

    def connection_lost(self, exc: Exception | None) -> None:
        self._finish()

    def post(self, host: str, path: str, body: bytes) -> None:
        """Send the request."""
        head = (
            f"POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n"
            f"Authorization: Bearer bench\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        self.sent = perf_counter_ns()
        self._transport.write(head.encode() + body)

    def abort(self) -> int:
        """Go away; gives the time just before."""
        now = perf_counter_ns()
        self._transport.abort()
        return now

    def events(self) -> list[dict[str, Any]]:
        """What the events say, without the last, [DONE]; raises ValueError for garbage."""
        body = _unchunked(b"".join(self._pieces).partition(b"\r\n\r\n")[2])
        lines = [line[6:] for line in body.split(END) if line.startswith(b"data: ")]
        return [json.loads(line) for line in lines if line != b"[DONE]"]

    def _finish(self) -> None:
        if not self.done.done():
            self.done.set_result(None)
            self.first.set()


def _unchunked(body: bytes) -> bytes:
    """The content of a chunked body (RFC 9112, 7.1), complete or cut off."""
    pieces: list[bytes] = []
    start = 0
    while (line := body.find(b"\r\n", start)) > 0:
        size = int(body[start:line], 16)
        pieces.append(body[line + 2 : line + 2 + size])
        start = line + 2 + size + 2
    return b"".join(pieces)


async def connect(host: str, port: int) -> EventStream:
    """A connection that a request can be posted on."""
    loop = asyncio.get_running_loop()
    _, stream = await loop.create_connection(EventStream, host, port)
    return stream
