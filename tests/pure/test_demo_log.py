"""What the demo model tells of its requests, and how a test takes its time."""

import asyncio
import json
from collections.abc import AsyncIterator
from time import perf_counter_ns

import pytest

from chat.demo import Server, expected, expected_text, plain, serve
from chat.demo.generated import STAMP
from chat.demo.tokens import cut
from tests.pure.rawhttp import connected, get, question, request, response, said


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    server = await serve()
    yield server
    await server.close()


async def test_fifty_streams_at_once_are_each_paced_and_exact(server: Server) -> None:
    async def one(number: int) -> tuple[str, float]:
        async with connected(server) as (reader, writer):
            started = perf_counter_ns()
            text = f"bench rate=100 tokens=60 seed={number}"
            writer.write(request(question(text, stream=True)))
            return said((await response(reader))[2]), (perf_counter_ns() - started) / 1e9

    # One after the other they would take thirty seconds.
    async with asyncio.timeout(25):
        answers = await asyncio.gather(*(one(number) for number in range(50)))
    for number, (text, seconds) in enumerate(answers):
        assert text == expected_text(60, number)
        assert seconds > 0.55


async def test_stamps_say_when_every_token_was_sent(server: Server) -> None:
    before = perf_counter_ns()
    async with connected(server) as (reader, writer):
        text = "bench rate=0 tokens=40 stamps=1 tag=stamped"
        writer.write(request(question(text, stream=True)))
        body = (await response(reader))[2]
        writer.write(request(question("bench rate=0 tokens=40 stamps=text", stream=True)))
        marked = said((await response(reader))[2])
    chunks = [json.loads(event[6:]) for event in body.split(b"\n\n") if b'"demo":' in event[6:]]
    stamps = [chunk["demo"] for chunk in chunks if "demo" in chunk]
    assert [stamp["n"] for stamp in stamps] == list(range(1, 41))
    times = [stamp["t"] for stamp in stamps]
    assert before < times[0]
    assert times == sorted(times)
    (told,) = (await get(server, "/demo/log?tag=stamped&stamps=1"))["requests"]
    assert told["stamps"] == times
    assert [int(number) for number, _ in STAMP.findall(marked)] == list(range(1, 41))
    assert plain(marked) == expected_text(40)


async def test_a_held_answer_goes_on_when_told(server: Server) -> None:
    async with connected(server) as (reader, writer):
        writer.write(request(question("list rate=0 hold=10 tag=held", stream=True)))
        (told,) = (await get(server, "/demo/log?tag=held&wait=held"))["requests"]
        assert (told["tokens"], told["ended"]) == (10, None)
        assert await get(server, "/demo/go?tag=other", "POST") == {"released": 0}
        assert await get(server, "/demo/go?tag=held", "POST") == {"released": 1}
        assert said((await response(reader))[2]) == expected("list")
    (told,) = (await get(server, "/demo/log?tag=held&wait=ended"))["requests"]
    assert told["ended_by"] == "server"
    assert await get(server, "/demo/go?tag=held", "POST") == {"released": 0}


async def test_the_log_tells_the_course_of_a_request_and_none_of_its_words(server: Server) -> None:
    async with connected(server) as (reader, writer):
        writer.write(request(question("echo secret", stream=True)))
        await response(reader)
    async with connected(server) as (reader, writer):
        writer.write(request(method="GET", path="/demo/log?wait=ended&after=0"))
        body = (await response(reader))[2]
    assert b"secret" not in body
    (told,) = json.loads(body)["requests"]
    course = ("began", "received", "first_byte", "first_content", "last_chunk", "ended")
    assert all(told[name] for name in course)
    assert told["began"] <= told["received"] <= told["first_byte"] <= told["ended"]
    assert (told["status"], told["model"], told["tokens"]) == (200, "demo", len(cut("secret")))
    assert told["chunks"] == told["tokens"] + 2
    assert (await get(server, f"/demo/log?after={told['number']}"))["requests"] == []
    assert "wait is one of" in (await get(server, "/demo/log?wait=never"))["error"]["message"]


async def test_a_wait_for_a_request_ends_when_it_comes(server: Server) -> None:
    waiting = asyncio.create_task(get(server, "/demo/log?tag=later&wait=received"))
    async with connected(server) as (reader, writer):
        writer.write(request(question("error tag=other")) + request(question("error tag=later")))
        await response(reader)
    (told,) = (await waiting)["requests"]
    assert told["tag"] == "later"
