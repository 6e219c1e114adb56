"""Requests to the demo model byte by byte, as no client library would send them."""

import asyncio
import json
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from chat.demo import Server
from chat.demo.record import Record

# As long as it takes: this ends the wait for what never comes.
SECONDS = 60.0


@asynccontextmanager
async def connected(server: Server) -> AsyncIterator[tuple[StreamReader, StreamWriter]]:
    reader, writer = await asyncio.open_connection(server.host, server.port, limit=2**24)
    yield reader, writer
    writer.close()


def request(
    body: object = None, *, method: str = "POST", path: str = "/v1/chat/completions", head: str = ""
) -> bytes:
    data = b"" if body is None else json.dumps(body).encode()
    lines = f"{method} {path} HTTP/1.1\r\nHost: demo\r\nContent-Length: {len(data)}\r\n{head}\r\n"
    return lines.encode() + data


def question(text: str, **more: Any) -> dict[str, Any]:
    return {"model": "demo", "messages": [{"role": "user", "content": text}], **more}


async def response(reader: StreamReader) -> tuple[int, bytes, bytes]:
    """Return (status, head, body) of the next response."""
    async with asyncio.timeout(SECONDS):
        head = await reader.readuntil(b"\r\n\r\n")
        body = b""
        if b"chunked" in head:
            while size := int(await reader.readline(), 16):
                body += (await reader.readexactly(size + 2))[:-2]
            await reader.readline()
        else:
            body = await reader.readexactly(
                int(head.lower().split(b"content-length: ")[1].split()[0])
            )
        return int(head.split()[1]), head, body


def said(body: bytes) -> str:
    """Return the text in a body of events."""
    chunks = [
        json.loads(event[6:]) for event in body.split(b"\n\n") if event.startswith(b"data: {")
    ]
    return "".join(c["delta"].get("content") or "" for x in chunks for c in x["choices"])


async def recorded(server: Server, wanted: Callable[[Record], object]) -> Record:
    found = await server.log.wait(lambda record: bool(wanted(record)), SECONDS)
    assert found, [record.json() for record in server.log.records]
    return found[-1]


async def get(server: Server, path: str, method: str = "GET") -> Any:
    async with connected(server) as (reader, writer):
        writer.write(request(method=method, path=path))
        return json.loads((await response(reader))[2])
