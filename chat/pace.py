"""The pace of a process's writers: when each reads on, and how many in one turn of the loop."""

import asyncio
import time
from collections import deque

from chat.stream.beat import Load, beat

AT_ONCE = 8


class Pace:
    """Writers wait here between two reads. All of one process share it, and its event loop.

    What falls due together is let through in order, a few in each turn of the loop: what arrives
    meanwhile, a `stop` above all, waits for those few and not for everybody.
    """

    def __init__(self) -> None:
        self._load = Load(time.monotonic, time.thread_time)
        self._places = AT_ONCE
        self._due: deque[asyncio.Future[None]] = deque()

    async def wait(self, tokens: int) -> None:
        """Wait for a beat, after a read that brought so many tokens, and for a place."""
        await asyncio.sleep(beat(self._load.sample(), tokens))
        if self._places == AT_ONCE:
            asyncio.get_running_loop().call_soon(self._turn)
        if self._places:
            self._places -= 1
            return
        place = asyncio.get_running_loop().create_future()
        self._due.append(place)
        await place

    def _turn(self) -> None:
        """Another turn of the loop has begun: its first places are of those who wait."""
        self._places = AT_ONCE
        while self._due and self._places:
            place = self._due.popleft()
            # Who was cancelled while it waited needs none.
            if not place.done():
                place.set_result(None)
                self._places -= 1
        if self._places < AT_ONCE:
            asyncio.get_running_loop().call_soon(self._turn)
