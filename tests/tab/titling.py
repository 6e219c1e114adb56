"""A model server that is told by the test what to answer when it is asked for a title."""

import asyncio
import contextlib
import json
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from typing import Any

from chat.titles import WISH

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"
REFUSED = b"HTTP/1.1 500 Oops\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class Titler:
    """Answers every prompt with a sentence, and the wish for a title with `title`.

    None: it refuses. `held` keeps it from answering the wish until it is set.
    """

    def __init__(self) -> None:
        self.title: str | None = "A title"
        self.held = threading.Event()
        self.held.set()
        self.wishes: list[dict[str, Any]] = []
        self.answered = 0
        self.base_url = ""

    async def serve(self, ready: "Future[None]", over: asyncio.Event) -> None:
        server = await asyncio.start_server(self._answer, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        self.base_url = f"http://127.0.0.1:{port}/v1"
        ready.set_result(None)
        await over.wait()
        server.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        length = int(head.partition(b"content-length: ")[2].split(b"\r\n")[0] or 0)
        body = json.loads(await reader.readexactly(length) or b"{}")
        words: str | None = "An answer."
        if body.get("messages", [{}])[-1].get("content") == WISH:
            self.wishes.append(body)
            await asyncio.to_thread(self.held.wait)
            words = self.title
            self.answered += 1
        writer.write(REFUSED if words is None else HEAD + chunks(words))
        with contextlib.suppress(ConnectionError):
            await writer.drain()
            writer.close()


def chunks(words: str) -> bytes:
    """A whole answer as events, one for each word."""
    deltas = [{"content": word + " "} for word in words.split(" ")]
    events = [{"choices": [{"index": 0, "delta": delta}]} for delta in deltas]
    events.append({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
    lines = [f"data: {json.dumps(event)}\n\n" for event in events]
    return "".join([*lines, "data: [DONE]\n\n"]).encode()


@contextlib.contextmanager
def titling() -> Iterator[Titler]:
    """One that serves from a thread of its own."""
    titler, ready, loop = Titler(), Future[None](), asyncio.new_event_loop()
    over = asyncio.Event()
    thread = threading.Thread(target=loop.run_until_complete, args=[titler.serve(ready, over)])
    thread.start()
    ready.result(10)
    yield titler
    titler.held.set()
    loop.call_soon_threadsafe(over.set)
    thread.join(10)
    loop.close()
