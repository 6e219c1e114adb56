"""Bodies of requests: too large ones are refused unsent, and large ones take no memory."""

import asyncio
import re
from pathlib import Path

import pytest

from tests import servers

from .served import Person
from .test_importing import ended, sent

MEBI = 1024 * 1024


async def told(person: Person, *pieces: bytes) -> bytes:
    """What the server says to these bytes, while its client goes on holding the connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", person.served.server.port)
    for piece in pieces:
        writer.write(piece)
        await writer.drain()
    async with asyncio.timeout(servers.PATIENCE):
        head = await reader.readuntil(b"\r\n\r\n")
    writer.close()
    return head


def post(person: Person, path: str, length: str) -> bytes:
    lines = f"POST {path} HTTP/1.1", "Host: localhost", f"Cookie: {person.cookie}", length
    return "\r\n".join([*lines, "Content-Type: multipart/form-data; boundary=x", "", ""]).encode()


@pytest.mark.parametrize(
    ("path", "length"),
    [
        ("/import/", 502 * MEBI),
        ("/attachments/", 22 * MEBI),
        ("/conversations/2b1d5ae6-2c1c-4cbb-a1b8-8f4ed1bf1d04/send", 51 * MEBI),
        ("/settings/", 3 * MEBI),
        ("/importing/", 3 * MEBI),
        ("/anything?/import/", 10**18),
    ],
)
async def test_a_body_that_is_too_large_is_refused_unsent(
    alice: Person, path: str, length: int
) -> None:
    head = post(alice, path, f"Content-Length: {length}\r\nExpect: 100-continue")
    assert (await told(alice, head)).startswith(b"HTTP/1.1 413 ")


async def test_a_body_that_grows_too_large_is_refused(alice: Person) -> None:
    chunk = b"%x\r\n%b\r\n" % (MEBI, b"x" * MEBI)
    head = post(alice, "/settings/", "Transfer-Encoding: chunked")
    assert (await told(alice, head, chunk, chunk, b"2\r\nxx\r\n")).startswith(b"HTTP/1.1 413 ")


async def test_a_large_file_is_taken_in_without_the_memory_for_it(alice: Person) -> None:
    async with alice.browser() as browser:
        token = await alice.served.token(browser)
        for size in (1000, 64 * MEBI):
            before = peak(alice)
            assert (await sent(browser, token, b"x" * size)).status_code == 302
            assert "The file is no JSON" in await ended(browser)
    assert peak(alice) - before < 32 * MEBI


def peak(person: Person) -> int:
    """The most memory that the server has had so far, in bytes."""
    process = person.served.server.process
    assert process is not None
    status = Path(f"/proc/{process.pid}/status").read_text()
    return int(re.findall(r"VmHWM:\s+(\d+) kB", status)[0]) * 1024
