"""Daphne, with a clean end and with patience for slow readers."""

import asyncio
import io
import logging
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from daphne import http_protocol
from daphne.endpoints import build_endpoint_description_strings
from daphne.server import Server as Daphne
from daphne.ws_protocol import WebSocketFactory, WebSocketProtocol
from twisted.internet import defer
from twisted.internet.interfaces import IPushProducer
from twisted.logger import STDLibLogObserver, globalLogPublisher
from zope.interface import implementer

from chatsite.bodies import Request
from chatsite.lifetime import lifetime

logger = logging.getLogger(__name__)

LAST_FRAMES_SECONDS = 1.0
SERVICE_RESTART = 1012


@implementer(IPushProducer)
class Flow:
    """The transport's producer: says whether the client reads what it is sent."""

    def __init__(self) -> None:
        self.writable = asyncio.Event()
        self.writable.set()

    def pauseProducing(self) -> None:  # noqa: N802
        """The transport's buffer is full."""
        self.writable.clear()

    def resumeProducing(self) -> None:  # noqa: N802
        """There is room again."""
        self.writable.set()

    def stopProducing(self) -> None:  # noqa: N802
        """The connection is lost: nobody needs to wait for it."""
        self.writable.set()


@contextmanager
def paced(request: Any) -> Iterator[asyncio.Event]:
    """While a long response is sent: an event that is set while its client reads."""
    flow = Flow()
    # A lost connection has no channel any more, and takes no producer: it may be lost by now.
    if request.channel is not None:
        request.registerProducer(flow, streaming=True)
    try:
        yield flow.writable
    finally:
        if request.channel is not None:
            request.unregisterProducer()


class Protocol(WebSocketProtocol):
    """A WebSocket that tells its application when to pause, and can say *service restart*."""

    def __init__(self) -> None:
        super().__init__()
        self.flow = Flow()

    def onConnect(self, request: Any) -> Any:  # noqa: N802
        """Answer a frame that is too large with a close code, not by dropping the connection."""
        self.failByDrop = False
        return super().onConnect(request)

    def onClose(self, wasClean: bool, code: int | None, reason: str | None) -> None:  # noqa: N802, N803
        """Tell the application, unless the handshake was refused before there was one."""
        if hasattr(self, "server"):
            super().onClose(wasClean, code, reason)

    def connectionLost(self, reason: Any) -> None:  # noqa: N802
        """Let go of autobahn's promise to tell of the end: it is kept, and holds this object."""
        super().connectionLost(reason)
        self.is_closed = None

    def onOpen(self) -> None:  # noqa: N802
        """Become the transport's producer, in place of the channel that read the request."""
        super().onOpen()
        self.transport.unregisterProducer()
        self.transport.registerProducer(self.flow, streaming=True)

    def serverSend(self, content: str | bytes, binary: bool = False) -> None:  # noqa: N802
        """Send, unless the client just left: the application hears of that next.

        The frame is written here, because autobahn spends more on a line for its debug log, which
        nobody reads, than on the frame; compression is never negotiated.
        """
        if self.state != self.STATE_OPEN:
            return
        data = content.encode() if isinstance(content, str) else content
        self._write(frame_head(len(data), binary=binary) + data)

    def _write(self, data: bytes) -> None:
        """Write at once what the socket takes: Twisted would wait for the loop to say that it can.

        What it does not take, or an error, is left to the ordinary way.
        """
        wire = self.transport
        waiting = wire.dataBuffer or wire._tempDataBuffer
        if wire.connected and not wire.disconnecting and not waiting:
            written = wire.writeSomeData(data)
            data = data[written:] if isinstance(written, int) else data
        if data:
            wire.write(data)

    def serverClose(self, code: int | None = None) -> None:  # noqa: N802
        """Close; the ordinary way refuses the codes that are reserved for servers."""
        if code is not None and 1001 <= code < 3000:
            self.sendCloseFrame(code=code)
        else:
            super().serverClose(code)


def frame_head(size: int, *, binary: bool) -> bytes:
    """The head of an unfragmented, unmasked frame (RFC 6455, section 5.2)."""
    first = b"\x82" if binary else b"\x81"
    if size < 126:
        return first + size.to_bytes(1, "big")
    if size < 65536:
        return first + b"\x7e" + size.to_bytes(2, "big")
    return first + b"\x7f" + size.to_bytes(8, "big")


class Server(Daphne):
    """Serves until SIGTERM or SIGINT, and then drains before it kills anything."""

    failed = False

    def __init__(self, *args: Any, listening: Callable[[], None], **kwargs: Any) -> None:
        self.ports: list[Any] = []
        self.listening = listening
        self.ending = False
        super().__init__(*args, ready_callable=self._ready, signal_handlers=False, **kwargs)

    def run(self) -> None:
        """Serve until the reactor stops."""
        # What goes wrong in a callback Twisted tells its own log, which Daphne lets nobody hear.
        globalLogPublisher.addObserver(STDLibLogObserver("twisted"))  # type: ignore[arg-type]
        # Daphne makes its factories itself, and they know their protocols by these names.
        WebSocketFactory.protocol = Protocol
        http_protocol.WebRequest = Request
        super().run()

    def _ready(self) -> None:
        """The reactor, and with it the event loop, is about to run."""
        loop = asyncio.get_event_loop()
        loop.call_soon(lifetime.begin)
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self._told_to_end, number)

    def _told_to_end(self, number: signal.Signals) -> None:
        """End; a second Ctrl-C says that whoever presses it will not wait."""
        if not self.ending:
            self.ending = True
            self.stop()
        elif number == signal.SIGINT:
            lifetime.hurry()

    def listen_error(self, failure: Any) -> None:
        """Say why the address cannot be listened on, and end."""
        self.failed = True
        logger.critical("cannot listen: %s", failure.getErrorMessage())
        self.stop()

    def listen_success(self, port: Any) -> None:
        """Remember the port, to be able to close it before the end, and tell that it is open."""
        self.ports.append(port)
        super().listen_success(port)
        self.listening()

    def create_application(self, protocol: Any, scope: dict[str, Any]) -> Any:
        """Give the application a way to wait for its client; of a request, the body as a file."""
        if isinstance(protocol, Protocol):
            scope["chatsite.writable"] = protocol.flow.writable
        else:
            scope["chatsite.paced"] = partial(paced, protocol)
            scope["chatsite.body"], protocol.content = protocol.content, io.BytesIO()
        return super().create_application(protocol, scope)

    async def handle_reply(self, protocol: Any, message: dict[str, Any]) -> None:
        """Hand a frame straight to its socket, which drops what comes after its end by itself."""
        if message["type"] == "websocket.send" and message.get("text"):
            protocol.serverSend(message["text"])
        else:
            await super().handle_reply(protocol, message)

    def kill_all_applications(self) -> Any:
        """Drain, then cancel what is left; the reactor stops after that."""
        return defer.Deferred.fromFuture(asyncio.ensure_future(self._end()))

    async def _end(self) -> None:
        if lifetime.others_serve:
            for port in self.ports:
                closed = defer.maybeDeferred(port.stopListening)
                await closed.asFuture(asyncio.get_running_loop())
        try:
            await lifetime.drain()
        except Exception:
            logger.exception("the process could not drain")
        running = [
            details["application_instance"]
            for details in self.connections.values()
            if "application_instance" in details
        ]
        if running:
            await asyncio.wait(running, timeout=LAST_FRAMES_SECONDS)
        for application in running:
            application.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        await lifetime.end()


def serve(host: str, port: int, listening: Callable[[], None]) -> int:
    """Serve on this address until the process is told to end; gives its exit status.

    `listening` is called once browsers can connect.
    """
    from chatsite.asgi import application

    server = Server(
        application,
        listening=listening,
        endpoints=build_endpoint_description_strings(host=host, port=port),
        # Its limit of a day closes with a code that no browser comes back from.
        websocket_timeout=-1,
        server_name="chatsite",
    )
    server.run()
    return 1 if server.failed else 0
