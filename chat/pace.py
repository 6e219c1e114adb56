"""The pace of a process's writers: when each reads on, one in each turn of the event loop."""

import asyncio
import heapq
import itertools
import time
from collections.abc import Callable

from chat.stream.beat import Load, beat


class Pace:
    """Writers wait here between two reads. All of one process share it, and its event loop.

    Those who are due together go on in order, one in each turn of the loop: what arrives
    meanwhile, a `stop` above all, waits for that one and not for everybody.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._load = Load(clock, time.thread_time)
        self._numbers = itertools.count()
        self._waiting: list[tuple[float, int, asyncio.Future[None]]] = []
        self._look: asyncio.Handle | None = None

    async def wait(self, tokens: int) -> None:
        """Wait for a beat, after a read that brought so many tokens, and for one's turn."""
        due = self._clock() + beat(self._load.sample(), tokens)
        go_on = asyncio.get_running_loop().create_future()
        mine = due, next(self._numbers), go_on
        heapq.heappush(self._waiting, mine)
        if self._waiting[0] is mine:
            self._look_again()
        await go_on

    def _look_again(self) -> None:
        """Look when the first of those who wait is due."""
        if self._look is not None:
            self._look.cancel()
        loop, left = asyncio.get_running_loop(), self._waiting[0][0] - self._clock()
        if left > 0:
            self._look = loop.call_later(left, self._let_go_on)
        else:
            self._look = loop.call_soon(self._let_go_on)

    def _let_go_on(self) -> None:
        now = self._clock()
        while self._waiting and self._waiting[0][0] <= now:
            _due, _number, go_on = heapq.heappop(self._waiting)
            # Who was cancelled meanwhile needs no turn.
            if not go_on.done():
                go_on.set_result(None)
                break
        self._look = None
        if self._waiting:
            self._look_again()
