"""A socket server that answers with the raw bytes it is given, cut where it is told."""

import asyncio
import itertools
import re
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

RECORDINGS = Path(__file__).resolve().parents[3] / "shared" / "transcripts"
PATIENCE = 60.0
CUT_SHORT = {18, 52}
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"


def chunk(data: str) -> bytes:
    """One event as one HTTP chunk."""
    event = f"data: {data}\n\n".encode()
    return b"%x\r\n%s\r\n" % (len(event), event)


def says(text: str) -> bytes:
    """One content chunk."""
    return chunk('{"choices":[{"index":0,"delta":{"content":"' + text + '"}}]}')


ROLE = chunk('{"choices":[{"index":0,"delta":{"role":"assistant","content":""}}]}')


@dataclass
class Transcript:
    """One recorded answer: its head, its body, and whether the connection broke off."""

    name: str
    head: bytes
    body: bytes
    broken: bool = False
    expect: str = ""

    def pieces(self, chunks: Sequence[bytes] = ()) -> list[bytes]:
        """The bytes on the wire; a chunked body in these chunks, or in one an event."""
        if b"transfer-encoding: chunked" not in self.head.lower():
            return [self.head, self.body] if self.head else []
        parts = [part for part in chunks or _events(self.body) if part]
        wire = [b"%x\r\n%s\r\n" % (len(part), part) for part in parts]
        return [self.head, *wire, *([] if self.broken else [b"0\r\n\r\n"])]


def load(path: Path) -> Transcript:
    """A transcript as `curl -i` wrote it; comments say what was asked and how it ended."""
    raw = path.read_bytes()
    raw = re.sub(rb"\A(# .*\n)+", b"", raw).lstrip()
    ends = re.search(rb"\n?((# (curl exit|expect) .*\n?)+)\Z", raw)
    notes = ends[1].decode() if ends else ""
    raw = raw[: ends.start()] if ends else raw
    status = re.search(r"curl exit (\d+)", notes)
    expect = re.search(r"# expect (.*)", notes)
    head, body = (*re.split(rb"\r?\n\r?\n", raw, maxsplit=1), b"")[:2]
    lines = head.replace(b"\r\n", b"\n").split(b"\n")
    length = re.search(rb"(?i)content-length: (\d+)", head)
    return Transcript(
        path.name,
        b"\r\n".join(lines) + b"\r\n\r\n" if head else b"",
        body[: int(length[1])] if length else body,
        status is not None and int(status[1]) in CUT_SHORT,
        expect[1] if expect else "",
    )


def cut(data: bytes, places: Iterable[int]) -> list[bytes]:
    """The data in pieces, cut at these places."""
    edges = [0, *sorted({place for place in places if 0 < place < len(data)}), len(data)]
    return [data[start:end] for start, end in itertools.pairwise(edges)]


def _events(body: bytes) -> list[bytes]:
    return re.findall(rb".*?\n\n|.+\Z", body, re.DOTALL)


@dataclass
class Replay:
    """The server: `answers` are taken in turn, the last one over and over."""

    answers: list[list[bytes]]
    hold: bool = False
    keep: bool = False
    port: int = 0
    requests: list[tuple[bytes, bytes]] = field(default_factory=list)
    connections: int = 0
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    sent: asyncio.Event = field(default_factory=asyncio.Event)
    left: asyncio.Event = field(default_factory=asyncio.Event)
    left_at: float = 0.0
    writers: set[asyncio.StreamWriter] = field(default_factory=set)
    tasks: set[asyncio.Task[None]] = field(default_factory=set)

    @property
    def url(self) -> str:
        """The base URL for a client."""
        return f"http://127.0.0.1:{self.port}/v1"

    def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one request on one connection, then close it, or hold it until they leave."""
        self.connections += 1
        self.writers.add(writer)
        self.tasks.add(asyncio.ensure_future(self._serve(reader, writer)))

    async def close(self) -> None:
        """Close every connection and wait until all is done."""
        for writer in self.writers:
            writer.close()
        await asyncio.gather(*self.tasks)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self._answer(reader, writer)
            while self.keep:
                await self._answer(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            self.left_at = asyncio.get_running_loop().time()
            self.left.set()
            writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = re.search(rb"(?i)content-length: (\d+)", head)
        self.requests.append((head, await reader.readexactly(int(length[1]) if length else 0)))
        self.asked.set()
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        for piece in answer:
            writer.write(piece)
            await writer.drain()
            # Turns of the loop for a client in it, so that it sees the pieces one by one.
            for _ in range(3):
                await asyncio.sleep(0)
        self.sent.set()
        if self.hold:
            await reader.read()


@asynccontextmanager
async def replaying(
    *answers: Iterable[bytes], hold: bool = False, keep: bool = False
) -> AsyncIterator[Replay]:
    """A server that gives these answers, each a list of pieces to send."""
    replay = Replay([list(answer) for answer in answers], hold, keep)
    server = await asyncio.start_server(replay.accept, "127.0.0.1", 0)
    replay.port = server.sockets[0].getsockname()[1]
    try:
        yield replay
    finally:
        server.close()
        await replay.close()
