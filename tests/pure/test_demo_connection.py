"""The demo model's connections: kept, paced, and noticed when they end."""

import asyncio
import json
import os
import signal
import socket
import struct
import sys
from collections.abc import AsyncIterator
from time import perf_counter_ns
from typing import cast

import pytest

from chat.demo import Server, expected, expected_text, serve
from chat.demo.tokens import cut
from tests.pure.rawhttp import SECONDS, connected, get, question, recorded, request, response, said


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    server = await serve()
    yield server
    await server.close()


@pytest.mark.parametrize(
    "phrase", ["long", "slow", "silence", "no headers", "bench rate=0 tokens=100000"]
)
@pytest.mark.parametrize("stream", [True, False])
async def test_a_client_that_goes_is_noticed_at_once(
    server: Server, phrase: str, stream: bool
) -> None:
    async with connected(server) as (_, writer):
        writer.write(request(question(phrase, stream=stream)))
        record = await recorded(server, lambda r: r.model)
        left = perf_counter_ns()
    await recorded(server, lambda r: r.ended)
    if phrase.startswith("bench") and not stream:
        return  # it may have been complete before
    assert record.ended_by == "client"
    assert record.closed_by_client is not None
    assert record.closed_by_client - left < 1e9


async def test_a_client_that_resets_the_connection_is_noticed_too(server: Server) -> None:
    async with connected(server) as (_reader, writer):
        writer.write(request(question("long", stream=True)))
        await recorded(server, lambda r: r.first_content)
        linger = struct.pack("ii", 1, 0)
        raw = writer.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        writer.transport.abort()
    record = await recorded(server, lambda r: r.ended)
    assert record.ended_by == "client"
    assert record.tokens < len(cut(expected("long")))


async def test_after_the_client_has_gone_no_token_is_made(server: Server) -> None:
    async with connected(server) as (reader, writer):
        writer.write(request(question("bench rate=1000 tokens=100000", stream=True)))
        await reader.readuntil(b"content")
    tokens = (await recorded(server, lambda r: r.ended)).tokens
    async with connected(server) as (reader, writer):
        writer.write(request(question("bench rate=1000 tokens=20", stream=True)))
        await response(reader)
    assert server.log.records[0].tokens == tokens


async def test_a_client_that_does_not_read_stops_the_making_and_loses_nothing(
    server: Server,
) -> None:
    async with connected(server) as (reader, writer):
        transport = cast(asyncio.Transport, writer.transport)
        transport.pause_reading()
        writer.write(request(question("bench rate=0 tokens=100000", stream=True)))
        await recorded(server, lambda r: r.first_content)
        (held,) = server.connections
        async with asyncio.timeout(SECONDS):
            while not held.paused:  # noqa: ASYNC110 - the transport tells nobody but the protocol
                await asyncio.sleep(0)
        assert server.log.records[-1].tokens < 100_000
        transport.resume_reading()
        _, _, body = await response(reader)
    assert said(body) == expected_text(100_000)


async def test_one_connection_takes_one_request_after_the_other(server: Server) -> None:
    async with connected(server) as (reader, writer):
        for phrase in ("table rate=0", "error", "list rate=0", "empty", "code rate=0"):
            for stream in (True, False):
                writer.write(request(question(phrase, stream=stream)))
                status, _, body = await response(reader)
                assert status == (500 if phrase == "error" else 200)
                assert phrase in ("error", "empty") or not stream or said(body) == expected(phrase)
    assert len(server.log.records) == 10


async def test_requests_sent_ahead_are_answered_in_order(server: Server) -> None:
    async with connected(server) as (reader, writer):
        phrases = ("list rate=0", "table rate=2000", "math rate=0")
        writer.write(b"".join(request(question(phrase, stream=True)) for phrase in phrases))
        for phrase in phrases:
            assert said((await response(reader))[2]) == expected(phrase)


async def test_a_request_may_come_in_any_pieces(server: Server) -> None:
    data = request(question("echo hällo", stream=True), head="x-demo-rate: 0\r\n")
    async with connected(server) as (reader, writer):
        writer.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in data:
            writer.write(bytes([byte]))
            await asyncio.sleep(0)
        assert said((await response(reader))[2]) == "hällo"
    record = server.log.records[-1]
    assert record.began < record.received


async def test_a_chunked_request_and_one_that_waits_for_leave_are_read(server: Server) -> None:
    body = json.dumps(question("error 404")).encode()
    head = b"POST /v1/chat/completions HTTP/1.1\r\nHost: demo\r\n"
    async with connected(server) as (reader, writer):
        chunked = b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%b\r\n0\r\n\r\n" % (len(body), body)
        writer.write(head + chunked)
        assert (await response(reader))[0] == 404
        writer.write(head + b"Expect: 100-continue\r\nContent-Length: %d\r\n\r\n" % len(body))
        assert b"100" in await reader.readuntil(b"\r\n\r\n")
        writer.write(body)
        assert (await response(reader))[0] == 404


async def test_a_client_of_http_1_0_gets_a_stream_that_ends_with_the_connection(
    server: Server,
) -> None:
    data = request(question("table rate=0", stream=True)).replace(b"HTTP/1.1", b"HTTP/1.0")
    async with connected(server) as (reader, writer):
        writer.write(data)
        head, _, body = (await reader.read()).partition(b"\r\n\r\n")
    assert b"chunked" not in head
    assert said(body) == expected("table")


async def test_closing_ends_every_connection_and_every_wait(server: Server) -> None:
    waiting = asyncio.create_task(get(server, "/demo/log?wait=held"))
    async with connected(server) as (_reader, writer):
        writer.write(request(question("silence", stream=True)))
        await recorded(server, lambda r: r.first_byte)
        await server.close()
        with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
            await waiting
        assert not server.connections
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection(server.host, server.port)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_as_a_process_it_prints_its_address_first_and_ends_when_told(number: int) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "chat.demo", "--options", "rate=0", stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout
    url = (await process.stdout.readline()).decode().strip()
    port = int(url.removeprefix("http://127.0.0.1:").removesuffix("/v1"))
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request(question("table", stream=True)))
    assert said((await response(reader))[2]) == expected("table")
    writer.close()
    os.kill(process.pid, number)
    assert await process.wait() == 0
