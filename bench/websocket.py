"""A WebSocket client that costs next to nothing: text frames as bytes, with their arrival times.

Only what a server on loopback sends (RFC 6455, without extensions): whole messages, pings, close.
"""

import asyncio
import base64
import os
from collections.abc import Callable
from time import perf_counter_ns
from typing import cast

Take = Callable[[bytes, int], None]
TEXT, CLOSE, PING = 0x1, 0x8, 0x9
_NO_MASK = b"\0\0\0\0"


class WebSocket(asyncio.Protocol):
    """Calls `take(frame, nanoseconds)` for each text frame."""

    def __init__(self, request: bytes, take: Take) -> None:
        self.received = 0
        self.open: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.closed: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._request = request
        self._take = take
        self._rest = b""
        self._upgraded = False
        self._close_code = 1006

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        now = perf_counter_ns()
        self.received += len(data)
        data = self._rest + data if self._rest else data
        if not self._upgraded:
            head, end, data = data.partition(b"\r\n\r\n")
            if not end:
                self._rest = head
                return
            self._upgrade(head)
        self._rest = self._frames(data, now)

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.open.done():
            self.open.set_exception(ConnectionError("closed before the handshake ended"))
        if not self.closed.done():
            self.closed.set_result(self._close_code)

    def send(self, text: bytes) -> int:
        """Send a text frame; gives the time just before."""
        frame = _frame(TEXT, text)
        now = perf_counter_ns()
        self._transport.write(frame)
        return now

    def abort(self) -> None:
        """Close the connection without a word."""
        self._transport.abort()

    def _upgrade(self, head: bytes) -> None:
        status = head.split(b"\r\n", 1)[0]
        if b" 101 " not in status + b" ":
            self.open.set_exception(ConnectionError(status.decode()))
            self._transport.abort()
            return
        self._upgraded = True
        self.open.set_result(None)

    def _frames(self, data: bytes, now: int) -> bytes:
        """Take the complete frames at the start of `data`; gives the rest."""
        start, end = 0, len(data)
        while end - start >= 2:
            length, body = data[start + 1] & 0x7F, start + 2
            if length == 126:
                body += 2
                length = int.from_bytes(data[start + 2 : body], "big")
            elif length == 127:
                body += 8
                length = int.from_bytes(data[start + 2 : body], "big")
            if body > end or body + length > end:
                break
            self._frame_arrived(data[start] & 0x0F, data[body : body + length], now)
            start = body + length
        return data[start:]

    def _frame_arrived(self, code: int, body: bytes, now: int) -> None:
        if code == TEXT:
            self._take(body, now)
        elif code == PING:
            self._transport.write(_frame(0xA, body))
        elif code == CLOSE:
            self._close_code = int.from_bytes(body[:2], "big")
            self._transport.close()


def _frame(code: int, body: bytes) -> bytes:
    # A mask of zeros is a mask; a benchmark has nothing to hide from a proxy's cache.
    size = len(body)
    if size < 126:
        head = bytes((0x80 | code, 0x80 | size))
    elif size < 65536:
        head = bytes((0x80 | code, 0x80 | 126)) + size.to_bytes(2, "big")
    else:
        head = bytes((0x80 | code, 0x80 | 127)) + size.to_bytes(8, "big")
    return head + _NO_MASK + body


async def connect(
    host: str, port: int, path: str, headers: dict[str, str], take: Take
) -> WebSocket:
    """An open WebSocket; raises ConnectionError when the server refuses it."""
    key = base64.b64encode(os.urandom(16)).decode()
    lines = [
        f"GET {path} HTTP/1.1",
        f"Host: {host}:{port}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        f"Sec-WebSocket-Key: {key}",
        "Sec-WebSocket-Version: 13",
        *(f"{name}: {value}" for name, value in headers.items()),
    ]
    request = ("\r\n".join(lines) + "\r\n\r\n").encode()
    loop = asyncio.get_running_loop()
    _, socket = await loop.create_connection(lambda: WebSocket(request, take), host, port)
    await socket.open
    return socket
