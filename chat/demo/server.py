"""The demo model's server: routes requests, holds the log and what is open."""

import asyncio
import hashlib
import ipaddress
import json
from collections.abc import Callable
from urllib.parse import parse_qs

import h11

from chat.demo.answer import Answer, Fault
from chat.demo.asked import MODELS, Asked, asked
from chat.demo.connection import Connection
from chat.demo.events import events
from chat.demo.options import Options
from chat.demo.record import STATES, Log, Record, as_json
from chat.demo.refusal import Refusal
from chat.demo.stream import Stream, intervals
from chat.demo.whole import NEVER, seconds, whole
from chat.demo.words import answer

LONGEST_WAIT = 30.0
REFUSED_KEPT = 100


class Server:
    """A running demo model; `log` tells what happened to each completion request."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.log = Log()
        self.connections: set[Connection] = set()
        self.refused: set[bytes] = set()
        self.tasks: set[asyncio.Task[None]] = set()
        self.host, self.port = "127.0.0.1", 0
        self._listener: asyncio.Server | None = None

    @property
    def base_url(self) -> str:
        """Return what goes into OPENAI_BASE_URL."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}/v1"

    async def listen(self, host: str, port: int) -> None:
        """Begin to accept connections."""
        loop = asyncio.get_running_loop()
        self._listener = await loop.create_server(
            lambda: Connection(self), host, port, backlog=1024
        )
        self.host, self.port = self._listener.sockets[0].getsockname()[:2]

    async def close(self) -> None:
        """Close the port and every connection."""
        if self._listener:
            self._listener.close()
        for connection in list(self.connections):
            connection.transport.abort()
        for task in list(self.tasks):
            task.cancel()
        if self._listener:
            await self._listener.wait_closed()

    def handle(self, connection: Connection, request: h11.Request, body: bytes) -> None:
        """Answer one request."""
        try:
            self._route(connection, request, body)
        except Refusal as refusal:
            connection.refuse(refusal)

    def _route(self, connection: Connection, request: h11.Request, body: bytes) -> None:
        method = request.method.decode("ascii", "replace")
        path, _, search = request.target.decode("ascii", "replace").partition("?")
        path = path.rstrip("/")
        query = {name: values[-1] for name, values in parse_qs(search).items()}
        expected = "POST" if path in ("/v1/chat/completions", "/demo/go") else "GET"
        name = path.removeprefix("/v1/models/")
        if path in ("/v1/chat/completions", "/v1/models", "/demo/log", "/demo/go") and (
            method != expected
        ):
            raise Refusal(
                405, f"Not allowed: {path} takes {expected}.", headers=(("Allow", expected),)
            )
        if path == "/v1/chat/completions":
            self._complete(connection, request, body)
        elif path == "/v1/models":
            listed = {"object": "list", "data": [_model(name) for name in MODELS]}
            connection.reply(200, json.dumps(listed).encode())
        elif name in MODELS and path != name:
            connection.reply(200, json.dumps(_model(name)).encode())
        elif path == "/demo/log":
            self._tell(connection, query)
        elif path == "/demo/go":
            connection.reply(200, json.dumps({"released": self._go(query.get("tag", ""))}).encode())
        else:
            raise Refusal(404, f"Invalid URL ({method} {path[:200]})", code="unknown_url")

    def _complete(self, connection: Connection, request: h11.Request, body: bytes) -> None:
        record = connection.record = self.log.begin(connection.began)
        options = self.options.read(_header_options(request))
        record.tag = options.tag
        question = asked(body, options)
        record.tag, record.model = question.options.tag, question.model
        self.log.tell()
        reply = answer(question)
        if reply.refusal and not (reply.once and self._seen(body)):
            connection.refuse(reply.refusal)
            return
        if reply.fault is Fault.NO_HEADERS:
            return
        if question.stream:
            self._stream(connection, record, reply, question)
        else:
            self._whole(connection, record, reply, question)

    def _seen(self, body: bytes) -> bool:
        """Return whether this was asked before; every second time it was."""
        if (digest := hashlib.sha256(body).digest()) in self.refused:
            self.refused.discard(digest)
            return True
        if len(self.refused) >= REFUSED_KEPT:
            self.refused.clear()
        self.refused.add(digest)
        return False

    def _stream(
        self, connection: Connection, record: Record, reply: Answer, question: Asked
    ) -> None:
        connection.begin()
        pace = intervals(reply.rate, exact=question.options.rate is not None)
        steps = events(reply, question, record)
        connection.work = stream = Stream(connection, record, self.log, steps, pace)
        stream.start()

    def _whole(
        self, connection: Connection, record: Record, reply: Answer, question: Asked
    ) -> None:
        if reply.fault in NEVER:
            return
        if reply.fault in (Fault.CUT, Fault.HANG_UP):
            connection.reset()
            return
        body = whole(reply, question, record)
        connection.work = Later(seconds(reply), lambda: connection.reply(200, body))

    def _tell(self, connection: Connection, query: dict[str, str]) -> None:
        """Answer /demo/log?tag=…&after=…&stamps=1&wait=received|content|held|ended."""
        state = query.get("wait", "received")
        if state not in STATES:
            raise Refusal(400, f"wait is one of {', '.join(STATES)}.", param="wait")
        after = int(query["after"]) if query.get("after", "").isdecimal() else 0

        def wanted(record: Record) -> bool:
            tagged = "tag" not in query or record.tag == query["tag"]
            return tagged and record.number > after and record.has(state)

        async def tell() -> None:
            limit = LONGEST_WAIT if "wait" in query else 0.0
            found = self.log.find(wanted) or await self.log.wait(wanted, limit)
            if not connection.transport.is_closing():
                said = as_json(found, stamps="stamps" in query)
                connection.reply(200, json.dumps(said).encode())

        task = asyncio.get_running_loop().create_task(tell())
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    def _go(self, tag: str) -> int:
        works = [connection.work for connection in self.connections]
        held = [w for w in works if isinstance(w, Stream) and w.held and w.record.tag == tag]
        for stream in held:
            stream.go()
        return len(held)


class Later:
    """Something done after so many seconds, unless the client goes first."""

    def __init__(self, seconds: float, do: Callable[[], None]) -> None:
        self._timer = asyncio.get_running_loop().call_later(seconds, do)

    def close(self) -> None:
        """Do it no more."""
        self._timer.cancel()

    def resume(self) -> None:
        """Nothing is waiting for the socket."""


async def serve(host: str = "127.0.0.1", port: int = 0, *, options: str = "") -> Server:
    """Return a demo model that listens; raise ValueError for an address others could reach.

    `options` are put under those of every request, for example `rate=0`.
    """
    host = "127.0.0.1" if host == "localhost" else host
    if not ipaddress.ip_address(host).is_loopback:
        raise ValueError(f"The demo model listens on loopback only, not on {host}.")
    server = Server(Options().read(options))
    await server.listen(host, port)
    return server


def _header_options(request: h11.Request) -> str:
    """Return the options of headers such as `x-demo-rate: 50`."""
    prefix = b"x-demo-"
    return " ".join(
        f"{name[len(prefix) :].decode()}={value.decode('latin-1')}"
        for name, value in request.headers
        if name.startswith(prefix)
    )


def _model(name: str) -> dict[str, object]:
    return {"id": name, "object": "model", "created": 1735689600, "owned_by": "chatsite"}
