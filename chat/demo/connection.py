"""One HTTP/1.1 connection: h11 reads and frames, asyncio tells at once when the client has gone."""

import asyncio
import socket
import struct
from time import perf_counter_ns
from typing import Protocol, cast

import h11

from chat.demo.record import Log, Record
from chat.demo.refusal import Refusal

LONGEST_HEAD = 64 * 1024
LONGEST_BODY = 8 * 1024 * 1024
LONGEST_PIPELINE = 64 * 1024
IDLE_SECONDS = 60.0
LEAVING_SECONDS = 5.0
LIFETIME_SECONDS = 1800.0
JSON = "application/json"


class Work(Protocol):
    """What is being done for a request; told when the socket has room and when nobody listens."""

    def resume(self) -> None: ...
    def close(self) -> None: ...


class Handler(Protocol):
    """Answers one request by calling the connection's `reply`, or `begin`, `send` and `end`."""

    log: Log
    connections: "set[Connection]"

    def handle(self, connection: "Connection", request: h11.Request, body: bytes) -> None: ...


class Connection(asyncio.Protocol):
    """Reads requests one after the other and gives each to the handler."""

    transport: asyncio.Transport

    def __init__(self, handler: Handler) -> None:
        self.handler = handler
        self.paused = False
        self.work: Work | None = None
        self.record: Record | None = None
        self.began = 0
        self._http = h11.Connection(h11.SERVER, max_incomplete_event_size=LONGEST_HEAD)
        self._request: h11.Request | None = None
        self._body = bytearray()
        self._head = b""
        self._chunked = self._leaving = False
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        self.handler.connections.add(self)
        self._limit(IDLE_SECONDS)

    def data_received(self, data: bytes) -> None:
        if self._leaving:
            return
        if not self.began:
            self.began = perf_counter_ns()
        self._http.receive_data(data)
        if self._request is None or self._http.their_state is h11.SEND_BODY:
            self._read()
        elif len(self._http.trailing_data[0]) > LONGEST_PIPELINE:
            self.transport.abort()

    def eof_received(self) -> None:
        # A client that closes its side has gone: nothing is kept for it.
        self.transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        self.handler.connections.discard(self)
        if self._timer:
            self._timer.cancel()
        if self.work:
            self.work.close()
        if self.record and self.record.ended is None:
            self.record.closed_by_client = perf_counter_ns()
            self._ended("client")

    def pause_writing(self) -> None:
        self.paused = True

    def resume_writing(self) -> None:
        self.paused = False
        if self.work:
            self.work.resume()

    def refuse(self, refusal: Refusal, *, close: bool = False) -> None:
        """Send a refusal."""
        headers = refusal.headers + ((("Connection", "close"),) if close else ())
        self.reply(refusal.status, refusal.body(), refusal.content_type, headers)

    def reply(
        self,
        status: int,
        body: bytes,
        content_type: str = JSON,
        headers: tuple[tuple[str, str], ...] = (),
    ) -> None:
        """Send a whole response."""
        fixed = (("Content-Type", content_type), ("Content-Length", str(len(body))))
        self._answered(status)
        head = self._http.send(h11.Response(status_code=status, headers=[*fixed, *headers]))
        silent = self._request is not None and self._request.method == b"HEAD"
        data = None if silent else self._http.send(h11.Data(data=body))
        self.transport.write((head or b"") + (data or b""))
        if self.record:
            self.record.first_byte = perf_counter_ns()
        self.end()

    def begin(self) -> None:
        """Begin a stream of events; its head goes out with the first of them."""
        self._answered(200)
        headers = [
            ("Content-Type", "text/event-stream; charset=utf-8"),
            ("Cache-Control", "no-cache"),
            ("Transfer-Encoding", "chunked"),
        ]
        self._chunked = self._request is not None and self._request.http_version == b"1.1"
        self._head = self._http.send(h11.Response(status_code=200, headers=headers)) or b""

    def send(self, data: bytes) -> None:
        """Send a piece of the stream, as one HTTP chunk."""
        # h11 would frame it the same way, at ten times the price.
        if self._chunked:
            data = b"%x\r\n%b\r\n" % (len(data), data)
        if self._head:
            data, self._head = self._head + data, b""
        self.transport.write(data)

    def end(self) -> None:
        """End the response and go on with the next request."""
        self.transport.write(self._head + (self._http.send(h11.EndOfMessage()) or b""))
        self._ended("server")
        self.work, self._request, self.began, self._head = None, None, 0, b""
        if self._http.our_state is h11.DONE and self._http.their_state is h11.DONE:
            self._http.start_next_cycle()
            self._limit(IDLE_SECONDS)
            asyncio.get_running_loop().call_soon(self._read)
        elif self._http.their_state is h11.SEND_BODY:
            # Closing before the client has sent all would reset the connection and lose the answer.
            self._leaving = True
            self.transport.write_eof()
            self._limit(LEAVING_SECONDS)
        else:
            self.transport.close()

    def hang_up(self) -> None:
        """Close the connection in the middle of the response."""
        self._ended("server")
        self.transport.close()

    def reset(self) -> None:
        """Reset the connection, so that the client's next read is an error."""
        self._ended("server")
        linger = struct.pack("ii", 1, 0)
        self.transport.get_extra_info("socket").setsockopt(
            socket.SOL_SOCKET, socket.SO_LINGER, linger
        )
        self.transport.abort()

    def _read(self) -> None:
        try:
            while not self.transport.is_closing():
                event = self._http.next_event()
                if isinstance(event, h11.Request):
                    self._request, self._body = event, bytearray()
                elif isinstance(event, h11.Data):
                    self._body += event.data
                    if len(self._body) > LONGEST_BODY:
                        raise Refusal(413, "The request is larger than 8 MiB.")
                elif isinstance(event, h11.EndOfMessage):
                    self._handle()
                    return
                else:
                    self._continue()
                    return
        except h11.RemoteProtocolError as error:
            self._refuse_and_close(
                Refusal(error.error_status_hint, "This is no valid HTTP request.")
            )
        except Refusal as refusal:
            self._refuse_and_close(refusal)

    def _continue(self) -> None:
        if self._http.they_are_waiting_for_100_continue:
            go_on = h11.InformationalResponse(status_code=100, headers=[])
            self.transport.write(self._http.send(go_on) or b"")

    def _handle(self) -> None:
        body, self._body = bytes(self._body), bytearray()
        self._limit(LIFETIME_SECONDS)
        self.handler.handle(self, cast(h11.Request, self._request), body)

    def _refuse_and_close(self, refusal: Refusal) -> None:
        if self._http.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            self.refuse(refusal, close=True)
        else:
            self.transport.close()

    def _limit(self, seconds: float) -> None:
        """Give the client so long for its next request, or the answer so long to be complete."""
        if self._timer:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_later(seconds, self._late)

    def _late(self) -> None:
        self._ended("limit")
        self.transport.abort()

    def _answered(self, status: int) -> None:
        if self.record:
            self.record.status = status

    def _ended(self, by: str) -> None:
        if self.record and self.record.ended is None:
            self.record.ended, self.record.ended_by = perf_counter_ns(), by
            self.handler.log.tell()
        self.record = None
