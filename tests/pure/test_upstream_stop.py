"""Stopping: the server sees the connection close at once, whatever it was doing."""

import asyncio
import contextlib
from collections.abc import Callable

import pytest

from chat.upstream import ChatRequest, Upstream
from tests.pure.replay import HEAD, PATIENCE, ROLE, Replay, replaying, says

REQUEST = ChatRequest("m", [{"role": "user", "content": "Hello"}])
# Half a millisecond is usual; a machine that does other things is given time.
AT_ONCE = 1.0


PHASES = {
    "before the headers": [],
    "while it is silent": [HEAD],
    "after its first chunk": [HEAD, ROLE],
    "in the middle": [HEAD, ROLE, says("one "), says("two ")],
    "while it thinks": [HEAD, ROLE, says("<think>"), says("Hm. ")],
    "in half an event": [HEAD, ROLE, says("one "), says("two ")[:-9]],
}


async def follow(upstream: Upstream) -> None:
    async with upstream.stream(REQUEST) as answer:
        async for _ in answer:
            pass


async def seen_leaving(server: Replay, task: asyncio.Task[None]) -> float:
    """Seconds from the cancellation until the server saw the connection close."""
    asked = asyncio.get_running_loop().time()
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
    await asyncio.wait_for(server.left.wait(), PATIENCE)
    return server.left_at - asked


@pytest.mark.parametrize("phase", PHASES)
async def test_a_cancelled_task_closes_the_connection_at_once(
    open_upstream: Callable[..., Upstream], phase: str
) -> None:
    async with replaying(PHASES[phase], hold=True) as server:
        upstream = open_upstream(server.url)
        task = asyncio.create_task(follow(upstream))
        await asyncio.wait_for(server.sent.wait(), PATIENCE)
        assert await seen_leaving(server, task) < AT_ONCE


async def test_a_task_cancelled_between_two_reads_closes_the_connection_at_once(
    open_upstream: Callable[..., Upstream],
) -> None:
    async with replaying(PHASES["in the middle"], hold=True) as server:
        upstream = open_upstream(server.url)
        reading = asyncio.Event()

        async def pause() -> None:
            async with upstream.stream(REQUEST) as answer:
                await anext(answer)
                reading.set()
                await asyncio.Event().wait()

        task = asyncio.create_task(pause())
        await reading.wait()
        assert await seen_leaving(server, task) < AT_ONCE


async def test_leaving_the_loop_closes_the_connection(
    open_upstream: Callable[..., Upstream],
) -> None:
    async with replaying(PHASES["in the middle"], hold=True) as server:
        upstream = open_upstream(server.url)
        async with upstream.stream(REQUEST) as answer:
            assert answer.opened
            async for _ in answer:
                break
        await asyncio.wait_for(server.left.wait(), PATIENCE)


async def test_a_server_that_sends_without_end_is_left_at_once(
    open_upstream: Callable[..., Upstream],
) -> None:
    flood = [HEAD, *[says("x" * 1000)] * 4000]
    async with replaying(flood, hold=True) as server:
        upstream = open_upstream(server.url)
        began = asyncio.Event()

        async def stall() -> None:
            async with upstream.stream(REQUEST) as answer:
                await anext(answer)
                began.set()
                await asyncio.Event().wait()

        task = asyncio.create_task(stall())
        await began.wait()
        assert await seen_leaving(server, task) < AT_ONCE


async def test_hundreds_of_answers_run_side_by_side_and_stop_together(
    open_upstream: Callable[..., Upstream],
) -> None:
    async with replaying([HEAD, says("one ")], hold=True) as server:
        upstream = open_upstream(server.url)
        begun = asyncio.Semaphore(0)

        async def follow_on() -> None:
            async with upstream.stream(REQUEST) as answer:
                async for _ in answer:
                    begun.release()

        tasks = [asyncio.create_task(follow_on()) for _ in range(200)]
        for _ in tasks:
            await begun.acquire()
        assert server.connections == 200
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.wait_for(asyncio.gather(*server.tasks), PATIENCE)
