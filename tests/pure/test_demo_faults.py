"""What goes wrong with the demo model when it is asked to."""

import asyncio
import json

import openai
import pytest

from chat.demo import Server, expected
from chat.demo.asked import of
from chat.demo.tokens import cut
from chat.demo.words import answer
from tests.pure.asking import Heard, ask, hear
from tests.pure.rawhttp import SECONDS, connected, question, request


@pytest.mark.parametrize(
    ("phrase", "error", "code"),
    [
        ("error", openai.InternalServerError, "server_error"),
        ("error 400", openai.BadRequestError, None),
        ("error context", openai.BadRequestError, "context_length_exceeded"),
        ("error 401", openai.AuthenticationError, "invalid_api_key"),
        ("error 403", openai.PermissionDeniedError, "forbidden"),
        ("error 404", openai.NotFoundError, "model_not_found"),
        ("error 422", openai.UnprocessableEntityError, None),
        ("error 429", openai.RateLimitError, "rate_limit_exceeded"),
        ("error quota", openai.RateLimitError, "insufficient_quota"),
        ("error 502", openai.InternalServerError, None),
        ("error 503", openai.InternalServerError, "overloaded"),
        ("error plain", openai.InternalServerError, None),
        ("error message", openai.InternalServerError, None),
    ],
)
async def test_errors_are_the_clients_own(
    client: openai.AsyncOpenAI, phrase: str, error: type[openai.APIStatusError], code: str | None
) -> None:
    with pytest.raises(error) as streamed:
        await hear(client, phrase)
    with pytest.raises(error):
        await ask(client, phrase)
    assert streamed.value.code == code


async def test_error_once_is_answered_when_asked_again(client: openai.AsyncOpenAI) -> None:
    for _ in range(2):
        with pytest.raises(openai.InternalServerError):
            await hear(client, "error once")
        assert (await hear(client, "error once")).text == expected("error once")


@pytest.mark.parametrize(
    ("phrase", "error"),
    [
        ("error in the middle", openai.APIError),
        ("break", openai.APIError),
        ("cut", openai.APIConnectionError),
        ("hang up", openai.APIConnectionError),
        ("garbage", json.JSONDecodeError),
    ],
)
async def test_a_fault_in_the_middle_comes_after_the_text(
    client: openai.AsyncOpenAI, phrase: str, error: type[Exception]
) -> None:
    heard = Heard()
    with pytest.raises(error):
        await hear(client, phrase, heard)
    assert heard.text == expected("no finish")
    assert heard.finish is None


async def test_an_empty_response_has_no_chunk_at_all(client: openai.AsyncOpenAI) -> None:
    assert (await hear(client, "empty")).chunks == []


@pytest.mark.parametrize("phrase", ["silence", "stall", "comments", "no headers"])
async def test_silence_lasts_until_the_client_goes(
    server: Server, client: openai.AsyncOpenAI, phrase: str
) -> None:
    hearing = asyncio.create_task(hear(client, f"{phrase} tag=quiet"))
    text = expected(phrase)
    (record,) = await server.log.wait(
        lambda r: r.tag == "quiet" and r.tokens == len(cut(text)), seconds=SECONDS
    )
    assert record.ended is None
    hearing.cancel()
    (record,) = await server.log.wait(lambda r: r.ended is not None, seconds=SECONDS)
    assert record.ended_by == "client"


async def test_slow_waits_five_seconds_and_then_writes_slowly() -> None:
    made = answer(of("a slow answer, please"))
    assert (made.start, made.rate) == (5.0, 6.0)


@pytest.mark.parametrize(
    ("phrase", "error"),
    [
        ("error in the middle", openai.InternalServerError),
        ("cut", openai.APIConnectionError),
        ("hang up", openai.APIConnectionError),
        ("garbage", json.JSONDecodeError),
        ("empty", json.JSONDecodeError),
    ],
)
async def test_an_answer_in_one_piece_has_no_part_before_its_fault(
    client: openai.AsyncOpenAI, phrase: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        await ask(client, phrase)


async def test_keep_alive_comments_are_sent_while_nothing_is_said(server: Server) -> None:
    async with connected(server) as (reader, writer):
        writer.write(request(question("comments", stream=True)))
        async with asyncio.timeout(SECONDS):
            assert await reader.readuntil(b": keep-alive\n\n")
    assert server.log.records[-1].tokens == 0
