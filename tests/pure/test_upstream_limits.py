"""Own limits: what is not waited for, and what is not kept."""

import asyncio
import socket
from collections.abc import Callable, Iterator

import pytest

from chat.upstream import Limits, Upstream, UpstreamError
from tests.pure.hearing import DONE, REQUEST, STOP, answer, told
from tests.pure.replay import HEAD, PATIENCE, ROLE, replaying, says

PING = b"8\r\n: ping\n\n\r\n"


async def test_headers_that_do_not_come_are_not_waited_for() -> None:
    async with replaying([], hold=True) as server:
        with pytest.raises(UpstreamError, match="timeout"):
            await answer(server, Limits(first_token=0.3))
        await asyncio.wait_for(server.left.wait(), PATIENCE)


async def test_a_first_token_that_does_not_come_is_not_waited_for() -> None:
    async with replaying([HEAD, ROLE], hold=True) as server:
        with pytest.raises(UpstreamError, match="timeout") as caught:
            await answer(server, Limits(first_token=0.3))
        assert caught.value.text == "The model server did not answer in time."
        await asyncio.wait_for(server.left.wait(), PATIENCE)


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


async def test_a_line_without_end_is_not_kept() -> None:
    line = b"data: " + b"x" * 10_000_000
    async with replaying([HEAD, says("one"), b"%x\r\n" % len(line), line], hold=True) as server:
        with pytest.raises(UpstreamError, match="garbled"):
            await answer(server)
        await asyncio.wait_for(server.left.wait(), PATIENCE)


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
        await asyncio.wait_for(server.left.wait(), PATIENCE)
