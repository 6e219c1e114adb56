"""What goes over the wire to a model server, and through which."""

import asyncio
from collections.abc import Callable

import httpx2
import pytest

from chat.upstream import ChatRequest, Upstream, UpstreamError, transport
from tests.pure.hearing import GOOD, REQUEST, answer, bodies, refusal, told
from tests.pure.replay import HEAD, PATIENCE, chunk, replaying, says

GZIP = b"\r\nContent-Encoding: gzip\r\n\r\n"


async def test_a_reader_that_comes_late_gets_all_that_arrived_in_one_batch(
    open_upstream: Callable[..., Upstream],
) -> None:
    async with replaying([HEAD, *[says("one ")] * 50], hold=True) as server:
        upstream = open_upstream(server.url)
        async with upstream.stream(REQUEST) as stream:
            await anext(stream)
            await asyncio.wait_for(server.sent.wait(), PATIENCE)
            assert (await anext(stream)).tokens > 10


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:1/v1", "nowhere/v1", "http://no.such.invalid/v1"]
)
async def test_a_server_that_is_not_there_is_unreachable(
    open_upstream: Callable[..., Upstream], url: str
) -> None:
    upstream = open_upstream(url)
    with pytest.raises(UpstreamError, match="unreachable") as caught:
        await told(upstream)
    assert caught.value.retryable


async def test_only_what_is_set_is_sent(open_upstream: Callable[..., Upstream]) -> None:
    async with replaying(GOOD) as server:
        upstream = open_upstream(server.url, "secret")
        request = ChatRequest(
            "m",
            [{"role": "assistant", "content": None, "tool_calls": []}],
            {"temperature": 0, "top_p": None},
            [{"type": "function"}],
        )
        async with upstream.stream(request) as stream:
            assert [batch.tokens async for batch in stream if batch.tokens] == [1]
        assert bodies(server) == [
            {
                "model": "m",
                "messages": [{"role": "assistant", "content": "", "tool_calls": []}],
                "stream": True,
                "stream_options": {"include_usage": True},
                "temperature": 0,
                "tools": [{"type": "function"}],
            }
        ]
        head = server.requests[0][0].lower()
        assert b"authorization: bearer secret\r\n" in head
        assert b"accept-encoding: identity\r\n" in head
        # Nothing of the machine that we run on.
        assert {line.split(b":")[0] for line in head.split(b"\r\n") if b"stainless" in line} == {
            b"x-stainless-retry-count"
        }


async def test_a_connection_is_kept_for_the_next_question(
    open_upstream: Callable[..., Upstream],
) -> None:
    async with replaying(GOOD, keep=True) as server:
        upstream = open_upstream(server.url)
        assert [await told(upstream), await told(upstream)] == ["fine", "fine"]
        assert server.connections == 1


@pytest.mark.parametrize(
    ("body", "error"),
    [(GOOD, None), (GOOD[:2], "cut"), ([HEAD.replace(b"\r\n\r\n", GZIP), *GOOD[1:]], "garbled")],
)
async def test_another_transport_gives_the_same(
    monkeypatch: pytest.MonkeyPatch, body: list[bytes], error: str | None
) -> None:
    def http_client() -> httpx2.AsyncClient:
        return httpx2.AsyncClient(trust_env=False)

    monkeypatch.setattr(transport, "http_client", http_client)
    async with replaying(body) as server:
        if error is None:
            assert await answer(server) == "fine"
        else:
            with pytest.raises(UpstreamError, match=error):
                await answer(server)


async def test_usage_is_known_while_the_answer_runs(
    open_upstream: Callable[..., Upstream],
) -> None:
    counted = chunk('{"choices":[{"delta":{"content":"a"}}],"usage":{"completion_tokens":1}}')
    async with (
        replaying([HEAD, counted], hold=True) as server,
        open_upstream(server.url).stream(REQUEST) as stream,
    ):
        before = stream.usage
        await anext(stream)
        after = stream.usage
    assert before is None
    assert after is not None and after["completion_tokens"] == 1


@pytest.mark.parametrize("zipped", [False, True])
async def test_the_server_hears_of_hanging_up_while_the_answer_is_still_open(
    open_upstream: Callable[..., Upstream], zipped: bool
) -> None:
    head = HEAD.replace(b"\r\n\r\n", GZIP) if zipped else HEAD
    async with (
        replaying([head], hold=True) as server,
        open_upstream(server.url).stream(REQUEST) as stream,
    ):
        stream.hang_up()
        stream.hang_up()
        await asyncio.wait_for(server.left.wait(), 5)


async def test_the_environments_proxy_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    async with replaying(GOOD) as server:
        assert await answer(server) == "fine"


async def test_models_are_listed_in_the_servers_order(
    open_upstream: Callable[..., Upstream],
) -> None:
    listed: dict[str, object] = {"data": [{"id": "b"}, {"id": "a"}, {"id": "b"}, {"id": 7}, "x"]}
    async with replaying(refusal("200 OK", listed, "Content-Type: application/json\r\n")) as server:
        upstream = open_upstream(server.url)
        assert await upstream.models() == ["b", "a"]


@pytest.mark.parametrize(
    "listing",
    [
        refusal("500 Oops"),
        refusal("200 OK", {"data": None}, "Content-Type: application/json\r\n"),
        [b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{x"],
        [b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nno"],
        [b"HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\nno"],
        [],
    ],
    ids=["refused", "null", "broken", "words", "cut", "nothing"],
)
async def test_a_server_that_lists_no_models_has_none(
    open_upstream: Callable[..., Upstream], listing: list[bytes]
) -> None:
    async with replaying(listing) as server:
        upstream = open_upstream(server.url)
        assert await upstream.models() == []


async def test_a_client_is_made_once_by_many_first_questions(
    open_upstream: Callable[..., Upstream],
) -> None:
    upstream = open_upstream("http://127.0.0.1:1/v1")
    await asyncio.gather(upstream.warm(), upstream.warm())


async def test_a_server_is_reachable_while_something_listens(
    open_upstream: Callable[..., Upstream],
) -> None:
    async with replaying(GOOD) as server:
        assert await open_upstream(server.url).reachable()
    for url in ("http://127.0.0.1:1/v1", "http://127.0.0.1:99999/v1", "nowhere"):
        assert not await open_upstream(url).reachable()
