"""What the demo model refuses, and what it bounds."""

import json
from collections.abc import AsyncIterator

import pytest

from chat.demo import Server, connection, serve
from tests.pure.rawhttp import connected, get, question, recorded, request, response


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    server = await serve()
    yield server
    await server.close()


MESSAGES = [{"role": "user", "content": "hi"}]


@pytest.mark.parametrize(
    ("body", "status", "param"),
    [
        ([], 400, None),
        ("text", 400, None),
        ({}, 400, "model"),
        ({"model": 5, "messages": MESSAGES}, 400, "model"),
        ({"model": "gpt-9", "messages": MESSAGES}, 404, "model"),
        ({"model": "demo"}, 400, "messages"),
        ({"model": "demo", "messages": []}, 400, "messages"),
        ({"model": "demo", "messages": "hi"}, 400, "messages"),
        ({"model": "demo", "messages": ["hi"]}, 400, "messages[0]"),
        ({"model": "demo", "messages": [{"content": "hi"}]}, 400, "messages[0]"),
        (
            {"model": "demo", "messages": [{"role": "user", "content": 7}]},
            400,
            "messages[0].content",
        ),
        ({"model": "demo", "messages": MESSAGES, "max_tokens": 0}, 400, "max_tokens"),
        ({"model": "demo", "messages": MESSAGES, "max_tokens": "9"}, 400, "max_tokens"),
        (
            {"model": "demo", "messages": MESSAGES, "max_completion_tokens": True},
            400,
            "max_completion_tokens",
        ),
    ],
)
async def test_a_bad_request_is_refused_in_openais_shape(
    server: Server, body: object, status: int, param: str | None
) -> None:
    async with connected(server) as (reader, writer):
        writer.write(request(body))
        got, _, answer = await response(reader)
    error = json.loads(answer)["error"]
    assert (got, error["param"], error["type"]) == (status, param, "invalid_request_error")
    assert error["message"]


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b"[" * 100_000, b"9" * 10_000])
async def test_a_body_that_is_no_json_is_refused_and_the_connection_goes_on(
    server: Server, body: bytes
) -> None:
    head = b"POST /v1/chat/completions HTTP/1.1\r\nHost: demo\r\nContent-Length: %d\r\n\r\n" % len(
        body
    )
    async with connected(server) as (reader, writer):
        for _ in range(2):
            writer.write(head + body)
            assert (await response(reader))[0] == 400


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/v1/chat/completions", 405),
        ("POST", "/v1/models", 405),
        ("GET", "/demo/go", 405),
        ("GET", "/", 404),
        ("GET", "//[", 404),
        ("GET", "/demo", 404),
        ("POST", "/v1/embeddings", 404),
        ("GET", "/v1/models/unknown", 404),
        ("OPTIONS", "*", 404),
        ("GET", "/v1/models/", 200),
    ],
)
async def test_other_methods_and_paths_are_refused(
    server: Server, method: str, path: str, status: int
) -> None:
    async with connected(server) as (reader, writer):
        writer.write(request(method=method, path=path))
        got, _, body = await response(reader)
    assert got == status
    assert "error" in json.loads(body) or status == 200


async def test_the_head_alone_can_be_asked_for(server: Server) -> None:
    async with connected(server) as (reader, writer):
        writer.write(request(method="HEAD", path="/nothing"))
        assert b"404" in await reader.readuntil(b"\r\n\r\n")
        writer.write(request(method="GET", path="/v1/models"))
        assert (await response(reader))[0] == 200


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"nonsense\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: demo\r\nContent-Length: x\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: demo\r\nX: " + b"x" * 100_000, 431),
        (b"POST / HTTP/1.1\r\nHost: demo\r\nTransfer-Encoding: gzip\r\n\r\n", 501),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400),
    ],
)
async def test_what_is_no_http_is_refused_and_the_connection_closed(
    server: Server, data: bytes, status: int
) -> None:
    async with connected(server) as (reader, writer):
        writer.write(data)
        assert (await response(reader))[0] == status
        assert await reader.read() == b""


async def test_a_request_over_8_mib_is_refused_while_it_is_sent(server: Server) -> None:
    async with connected(server) as (reader, writer):
        writer.write(request(question("x" * 9 * 1024 * 1024)))
        status, head, body = await response(reader)
        assert await reader.read() == b""
    assert status == 413
    assert b"close" in head
    assert "8 MiB" in json.loads(body)["error"]["message"]


async def test_a_request_of_8_mib_is_answered(server: Server) -> None:
    async with connected(server) as (reader, writer):
        writer.write(request(question("error " + "x" * (8 * 1024 * 1024 - 500), max_tokens=3)))
        assert (await response(reader))[0] == 200


async def test_a_flood_of_requests_during_an_answer_ends_the_connection(server: Server) -> None:
    async with connected(server) as (_reader, writer):
        writer.write(request(question("silence", stream=True)))
        await recorded(server, lambda r: r.first_byte)
        writer.write(request(question("x" * 100_000)) * 10)
        record = await recorded(server, lambda r: r.ended)
    assert record.ended_by == "client"


async def test_neither_an_idle_connection_nor_an_answer_lives_for_ever(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "IDLE_SECONDS", 0.05)
    monkeypatch.setattr(connection, "LIFETIME_SECONDS", 0.05)
    async with connected(server) as (reader, writer):
        assert await reader.read() == b""
    async with connected(server) as (reader, writer):
        writer.write(request(question("silence", stream=True)))
        record = await recorded(server, lambda r: r.ended)
    assert record.ended_by == "limit"


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.org", ""])
async def test_it_listens_on_loopback_only(host: str) -> None:
    with pytest.raises(ValueError, match=r"loopback|IPv4"):
        await serve(host)


async def test_localhost_is_loopback_and_the_address_is_told() -> None:
    server = await serve("localhost")
    assert server.base_url == f"http://127.0.0.1:{server.port}/v1"
    assert [model["id"] for model in (await get(server, "/v1/models"))["data"]] == [
        "demo",
        "demo-thinker",
    ]
    await server.close()
