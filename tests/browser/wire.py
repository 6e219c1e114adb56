"""A TCP proxy between browser and server that can be cut, frozen and mended."""

import contextlib
import socket
import struct
import threading
from collections.abc import Iterator

CHUNK = 65536
FROZEN = ("frozen",)
RESET = struct.pack("ii", 1, 0)  # closing such a socket resets the connection


class Wire:
    """Passes bytes on until it is `cut` (connections break), `frozen` (bytes vanish) or `deaf`."""

    def __init__(self, target: int) -> None:
        self.target = target
        self._state = "whole"
        self._mended = threading.Event()
        self._mended.set()
        self._open: set[socket.socket] = set()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._listen, daemon=True).start()

    def cut(self) -> None:
        """Break all connections; new ones break at once."""
        self._state = "cut"
        self._mended.set()
        for end in list(self._open):
            self._reset(end)

    def freeze(self) -> None:
        """Lose all bytes without breaking anything: sockets seem open. New ones get no answer."""
        self._mended.clear()
        self._state = "frozen"

    def deafen(self) -> None:
        """Lose all that the server says, and nothing that it is told."""
        self._state = "deaf"

    def mend(self) -> None:
        """Let new connections through again; those that lost bytes stay dead."""
        self._state = "whole"
        self._mended.set()

    def close(self) -> None:
        """Break everything and end."""
        self.cut()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _listen(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                end, _ = self._listener.accept()
                threading.Thread(target=self._connect, args=(end,), daemon=True).start()

    def _connect(self, browser: socket.socket) -> None:
        self._open.add(browser)
        self._mended.wait()
        try:
            if self._state == "cut":
                raise ConnectionError
            server = socket.create_connection(("127.0.0.1", self.target))
        except OSError:
            self._reset(browser)
            return
        self._open.add(server)
        for ends in ((browser, server, FROZEN), (server, browser, (*FROZEN, "deaf"))):
            threading.Thread(target=self._pass, args=ends, daemon=True).start()

    def _pass(self, source: socket.socket, target: socket.socket, losing: tuple[str, ...]) -> None:
        lost = False
        with contextlib.suppress(OSError):
            while data := source.recv(CHUNK):
                lost = lost or self._state in losing
                if not lost:
                    target.sendall(data)
        self._reset(target)
        self._reset(source)

    def _reset(self, end: socket.socket) -> None:
        self._open.discard(end)
        with contextlib.suppress(OSError):
            end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
            end.shutdown(socket.SHUT_RDWR)
        end.close()


@contextlib.contextmanager
def wire(target: int) -> Iterator[Wire]:
    """A wire to a server's port; gone afterwards."""
    made = Wire(target)
    try:
        yield made
    finally:
        made.close()
