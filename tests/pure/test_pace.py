"""The pace of a process's writers: a beat between two reads, and one of them in each turn."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from chat.pace import Pace
from chat.stream.beat import FULL_READ

WRITERS = 9


class Turns:
    """Says in which order writers went on, and how many in each turn of the running loop."""

    def __init__(self) -> None:
        self.order: list[int] = []
        self.each: list[int] = []
        self._next()

    def _next(self) -> None:
        self.each.append(0)
        self._handle = asyncio.get_running_loop().call_soon(self._next)

    def close(self) -> None:
        self._handle.cancel()

    async def write(self, pace: Pace, number: int, tokens: int) -> None:
        await pace.wait(tokens)
        self.order.append(number)
        self.each[-1] += 1


@pytest.fixture
async def turns() -> AsyncIterator[Turns]:
    counted = Turns()
    yield counted
    counted.close()


async def test_those_who_are_due_together_go_on_one_in_each_turn(turns: Turns) -> None:
    pace = Pace(lambda: 0.0)
    await asyncio.gather(*(turns.write(pace, n, FULL_READ) for n in range(WRITERS)))
    assert max(turns.each) == 1
    assert turns.order == list(range(WRITERS))


async def test_who_is_due_first_goes_on_first(turns: Turns) -> None:
    pace = Pace()
    slow = asyncio.create_task(turns.write(pace, 1, 2))
    await asyncio.sleep(0)
    await turns.write(pace, 2, FULL_READ)
    assert not slow.done()
    await slow
    assert turns.order == [2, 1]


async def test_who_is_cancelled_while_it_waits_needs_no_turn(turns: Turns) -> None:
    pace = Pace(lambda: 0.0)
    tasks = [asyncio.create_task(turns.write(pace, n, FULL_READ)) for n in range(WRITERS)]
    await asyncio.sleep(0)
    for task in tasks[:-1]:
        task.cancel()
    await asyncio.wait_for(tasks[-1], 1)
    assert turns.order == [WRITERS - 1]


async def test_a_writer_that_is_alone_waits_for_its_beat() -> None:
    pace = Pace()
    loop = asyncio.get_running_loop()
    began = loop.time()
    for _ in range(3):
        await pace.wait(1)
    assert loop.time() - began >= 3 * 0.016
