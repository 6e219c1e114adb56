"""Own tries: what is asked again, and in which words."""

from collections.abc import Callable

import pytest

from chat.upstream import Upstream, UpstreamError
from tests.pure.hearing import GOOD, answer, bodies, refusal, told
from tests.pure.replay import HEAD, ROLE, replaying, says


@pytest.fixture(autouse=True)
def _short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chat.upstream.client.BACKOFF", 0.001)


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
