"""A light WebSocket through nginx that knows which process it came to."""

import asyncio
import base64
import os
import re
from collections.abc import Callable

from bench.websocket import CLOSE, WebSocket

SERVED_BY = re.compile(rb"(?im)^x-served-by: [\d.:, ]*:(\d+)\s*$")


class Socket(WebSocket):
    """Adds to the benchmark's client the port of its process and what happens at its end."""

    def __init__(
        self, request: bytes, take: Callable[[bytes, int], None], lost: Callable[[], None]
    ) -> None:
        super().__init__(request, take)
        self.served_by = 0
        self._lost = lost

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        if self.open.exception() is None:
            self._lost()

    def say_goodbye(self) -> None:
        """Close as a page does that is left."""
        self._transport.write(bytes((0x80 | CLOSE, 0x82, 0, 0, 0, 0, 0x03, 0xE9)))

    def _upgrade(self, head: bytes) -> None:
        if found := SERVED_BY.search(head + b"\r\n"):
            self.served_by = int(found[1])
        super()._upgrade(head)


def request(port: int, path: str, session: str) -> bytes:
    """The bytes of a handshake."""
    key = base64.b64encode(os.urandom(16)).decode()
    lines = [
        f"GET {path} HTTP/1.1",
        f"Host: 127.0.0.1:{port}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        f"Sec-WebSocket-Key: {key}",
        "Sec-WebSocket-Version: 13",
        f"Origin: http://127.0.0.1:{port}",
        f"Cookie: sessionid={session}",
    ]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


async def connect(
    port: int,
    path: str,
    session: str,
    take: Callable[[bytes, int], None],
    lost: Callable[[], None],
    made: Callable[[Socket], None],
) -> Socket:
    """An open socket; raises OSError when it is refused.

    `made` is told of it before anything comes.
    """
    loop = asyncio.get_running_loop()
    shake = request(port, path, session)
    _, socket = await loop.create_connection(lambda: Socket(shake, take, lost), "127.0.0.1", port)
    made(socket)
    try:
        await asyncio.shield(socket.open)
    except asyncio.CancelledError:
        socket.abort()
        raise
    return socket
