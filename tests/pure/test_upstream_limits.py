"""Own limits, tries and words: what is waited for, repeated, and said in another way."""

import asyncio
import json
import socket
from collections.abc import Callable, Iterator

import httpx2
import pytest

from chat.upstream import ChatRequest, Limits, Upstream, UpstreamError, transport
from tests.pure.replay import HEAD, ROLE, Replay, chunk, replaying, says

REQUEST = ChatRequest("m", [{"role": "user", "content": "Hello"}])
END = b"0\r\n\r\n"
STOP = chunk('{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}')
DONE = chunk("[DONE]")
GOOD = [HEAD, says("fine"), STOP, DONE, END]
GZIP = b"\r\nContent-Encoding: gzip\r\n\r\n"
PING = b"8\r\n: ping\n\n\r\n"


@pytest.fixture(autouse=True)
def _short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chat.upstream.client.BACKOFF", 0.001)


def refusal(status: str, body: dict[str, object] | None = None, headers: str = "") -> list[bytes]:
    said = json.dumps(body or {"error": {"message": "No."}})
    return [f"HTTP/1.1 {status}\r\n{headers}Content-Length: {len(said)}\r\n\r\n{said}".encode()]


async def answer(server: Replay, limits: Limits | None = None, **asked: object) -> str:
    upstream = Upstream(server.url, "")
    try:
        return await told(upstream, limits, **asked)
    finally:
        await upstream.aclose()


async def told(upstream: Upstream, limits: Limits | None = None, **asked: object) -> str:
    request = ChatRequest("m", REQUEST.messages, asked)
    text = ""
    async with upstream.stream(request, limits) as stream:
        async for batch in stream:
            text += "".join(entry["text"] for entry in batch.entries if entry["kind"] == "text")
    return text


def bodies(server: Replay) -> list[dict[str, object]]:
    return [json.loads(body) for _, body in server.requests]


async def test_headers_that_do_not_come_are_not_waited_for() -> None:
    async with replaying([], hold=True) as server:
        with pytest.raises(UpstreamError, match="timeout"):
            await answer(server, Limits(first_token=0.3))
        await asyncio.wait_for(server.left.wait(), 5)


async def test_a_first_token_that_does_not_come_is_not_waited_for() -> None:
    async with replaying([HEAD, ROLE], hold=True) as server:
        with pytest.raises(UpstreamError, match="timeout") as caught:
            await answer(server, Limits(first_token=0.3))
        assert caught.value.text == "The model server did not answer in time."
        await asyncio.wait_for(server.left.wait(), 5)


async def test_comments_do_not_break_the_silence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chat.upstream.answer._PATIENCE", 0.01)
    async with replaying([HEAD, says("one"), *[PING] * 200_000], hold=True) as server:
        with pytest.raises(UpstreamError, match="timeout") as caught:
            await answer(server, Limits(silence=0.3))
        assert caught.value.text == "The model stopped answering."
        assert not server.sent.is_set()


async def test_an_answer_without_end_is_ended() -> None:
    async with replaying([HEAD, *[says("one")] * 200_000], hold=True) as server:
        with pytest.raises(UpstreamError, match="timeout") as caught:
            await answer(server, Limits(total=0.4))
        assert caught.value.text == "The answer took too long."
        assert not server.sent.is_set()


async def test_what_came_before_a_limit_is_kept(open_upstream: Callable[..., Upstream]) -> None:
    async with replaying([HEAD, says("<think>Hm. </th")], hold=True) as server:
        limits = Limits(silence=0.3)
        async with open_upstream(server.url).stream(REQUEST, limits) as stream:
            first, last = await anext(stream), await anext(stream)
            with pytest.raises(UpstreamError, match="timeout"):
                await anext(stream)
        assert first.entries == [{"kind": "reasoning", "text": "Hm. "}]
        assert last.entries == [{"kind": "reasoning", "text": "</th"}]


async def test_an_answer_that_said_why_it_stopped_needs_no_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("chat.upstream.answer.LAST_WORDS", 0.1)
    async with replaying([HEAD, says("fine"), STOP], hold=True) as server:
        assert await answer(server) == "fine"


async def test_an_answer_is_over_when_it_says_done_though_the_body_goes_on() -> None:
    async with replaying([HEAD, says("fine"), STOP, DONE, says("more")], hold=True) as server:
        assert await answer(server) == "fine"


async def test_a_reader_that_comes_late_gets_all_that_arrived_in_one_batch(
    open_upstream: Callable[..., Upstream],
) -> None:
    async with replaying([HEAD, *[says("one ")] * 50], hold=True) as server:
        upstream = open_upstream(server.url)
        async with upstream.stream(REQUEST) as stream:
            await anext(stream)
            await asyncio.wait_for(server.sent.wait(), 5)
            assert (await anext(stream)).tokens > 10


@pytest.fixture
def full_port() -> Iterator[int]:
    """A port whose queue of connections is full, so that connecting takes for ever."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(0)
        port = listening.getsockname()[1]
        waiting = [socket.socket() for _ in range(4)]
        for queued in waiting:
            queued.setblocking(False)
            queued.connect_ex(("127.0.0.1", port))
        yield port
        for queued in waiting:
            queued.close()


async def test_a_connection_that_is_not_made_is_not_waited_for(
    open_upstream: Callable[..., Upstream], full_port: int
) -> None:
    upstream = open_upstream(f"http://127.0.0.1:{full_port}/v1")
    with pytest.raises(UpstreamError, match="unreachable"):
        await told(upstream, Limits(connect=0.3))


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


@pytest.mark.parametrize("status", ["502 Bad", "503 Busy", "504 Late"])
async def test_a_server_that_was_not_ready_is_asked_again(status: str) -> None:
    async with replaying(refusal(status), refusal(status), GOOD) as server:
        assert await answer(server) == "fine"
        assert server.connections == 3


async def test_a_connection_lost_before_the_headers_is_tried_again() -> None:
    async with replaying([], GOOD) as server:
        assert await answer(server) == "fine"


async def test_a_server_is_asked_three_times_at_most() -> None:
    async with replaying(refusal("503 Busy")) as server:
        with pytest.raises(UpstreamError, match="server_error"):
            await answer(server)
        assert server.connections == 3


async def test_a_short_wait_that_was_asked_for_is_waited() -> None:
    async with replaying(refusal("429 Slow", headers="Retry-After: 0.01\r\n"), GOOD) as server:
        assert await answer(server) == "fine"


@pytest.mark.parametrize("header", ["", "Retry-After: 60\r\n", "Retry-After: tomorrow\r\n"])
async def test_a_long_wait_is_the_persons_to_decide(header: str) -> None:
    async with replaying(refusal("429 Slow", headers=header)) as server:
        with pytest.raises(UpstreamError, match="rate_limited"):
            await answer(server)
        assert server.connections == 1


@pytest.mark.parametrize("status", ["400 Bad", "401 Who", "404 What", "500 Oops"])
async def test_a_refusal_is_not_tried_again(status: str) -> None:
    async with replaying(refusal(status)) as server:
        with pytest.raises(UpstreamError):
            await answer(server)
        assert server.connections == 1


async def test_an_answer_that_began_is_never_asked_for_again() -> None:
    for begun in ([HEAD], [HEAD, ROLE], [HEAD, says("one")]):
        async with replaying(begun) as server:
            with pytest.raises(UpstreamError, match="cut"):
                await answer(server)
            assert server.connections == 1


async def test_a_server_without_stream_options_is_not_told_of_them_again(
    open_upstream: Callable[..., Upstream],
) -> None:
    unknown = refusal(
        "400 Bad", {"error": {"message": "Unrecognized request argument: stream_options"}}
    )
    async with replaying(unknown, GOOD) as server:
        upstream = open_upstream(server.url)
        assert await told(upstream) == "fine"
        assert await told(upstream) == "fine"
        assert ["stream_options" in body for body in bodies(server)] == [True, False, False]


async def test_a_limit_of_tokens_is_said_in_the_servers_words(
    open_upstream: Callable[..., Upstream],
) -> None:
    other = "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead."
    async with replaying(refusal("400 Bad", {"error": {"message": other}}), GOOD) as server:
        upstream = open_upstream(server.url)
        assert await told(upstream, max_tokens=5) == "fine"
        assert await told(upstream, max_tokens=6) == "fine"
        sent = [[name for name in body if name.startswith("max")] for body in bodies(server)]
        assert sent == [["max_tokens"], ["max_completion_tokens"], ["max_completion_tokens"]]


async def test_a_refusal_in_new_words_is_final() -> None:
    unknown = refusal(
        "422 No", {"detail": [{"loc": ["body", "x"], "msg": "Extra inputs are not permitted"}]}
    )
    async with replaying(unknown) as server:
        with pytest.raises(UpstreamError, match="bad_request"):
            await answer(server, x=1)
        assert server.connections == 2


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
        assert stream.usage is None
        await anext(stream)
        assert stream.usage is not None
        assert stream.usage["completion_tokens"] == 1


async def test_the_environments_proxy_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    async with replaying(GOOD) as server:
        assert await answer(server) == "fine"


async def test_a_line_without_end_is_not_kept() -> None:
    line = b"data: " + b"x" * 10_000_000
    async with replaying([HEAD, says("one"), b"%x\r\n" % len(line), line], hold=True) as server:
        with pytest.raises(UpstreamError, match="garbled"):
            await answer(server)
        await asyncio.wait_for(server.left.wait(), 5)


async def test_an_answer_without_measure_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chat.upstream.parser.ANSWER_CHARACTERS", 1000)
    monkeypatch.setattr("chat.upstream.parser.BODY_BYTES", 1000)
    whole = [HEAD, b'7d1\r\n{"' + b"x" * 1999 + b"\r\n"]
    for endless in ([HEAD, *[says("x" * 100)] * 20], whole):
        async with replaying(endless, hold=True) as server:
            with pytest.raises(UpstreamError, match="garbled"):
                await answer(server)


async def test_a_page_of_errors_is_not_read_to_its_end() -> None:
    head = b"HTTP/1.1 500 Oops\r\nContent-Length: 10000000\r\n\r\n"
    async with replaying([head, b"x" * 200_000], hold=True) as server:
        with pytest.raises(UpstreamError, match="server_error") as caught:
            await answer(server)
        assert len(caught.value.detail) <= 300
        await asyncio.wait_for(server.left.wait(), 5)


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
