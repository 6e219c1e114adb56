"""Sends the steps of one answer at their pace: no task, one timer, one write for all due."""

import asyncio
import itertools
import random
from collections.abc import Iterator
from time import perf_counter_ns
from typing import TYPE_CHECKING

from chat.demo.events import Ending, Step
from chat.demo.record import Log, Record

if TYPE_CHECKING:
    from chat.demo.connection import Connection

LONGEST_WRITE = 64 * 1024
_chance = random.Random(7)  # noqa: S311 - a pace, not a secret
NATURAL = tuple(_chance.uniform(0.4, 1.6) for _ in range(97))


def intervals(rate: float, *, exact: bool) -> Iterator[float]:
    """Return the seconds between tokens: all the same, or as uneven as a model's."""
    interval = 1 / rate if rate else 0.0
    if exact or not rate:
        return itertools.repeat(interval)
    return itertools.cycle([interval * factor for factor in NATURAL])


class Stream:
    """One streamed answer on a connection."""

    def __init__(
        self,
        connection: "Connection",
        record: Record,
        log: Log,
        steps: Iterator[Step],
        pace: Iterator[float],
    ) -> None:
        self.record, self.held = record, False
        self._connection, self._log = connection, log
        self._steps, self._pace = steps, pace
        self._loop = asyncio.get_running_loop()
        self._due = self._loop.time()
        self._blocked = False
        self._timer: asyncio.Handle | None = None

    def start(self) -> None:
        """Send what is due now, which may be all."""
        self._tick()

    def close(self) -> None:
        """Stop making tokens."""
        if self._timer:
            self._timer.cancel()
        self._steps = iter(())

    def go(self) -> None:
        """Go on after a hold."""
        if self.held:
            self.held = False
            self._due = self._loop.time()
            self._timer = self._loop.call_soon(self._tick)

    def resume(self) -> None:
        """Go on after the socket was full."""
        if self._blocked:
            self._blocked = False
            self._tick()

    def _tick(self) -> None:
        self._timer = None
        if self._connection.paused:
            self._blocked = True
            return
        new = self.record.first_content is None
        events, ending = self._take(max(self._loop.time(), self._due))
        if events:
            self.record.last_chunk = perf_counter_ns()
            self.record.first_byte = self.record.first_byte or self.record.last_chunk
            self._connection.send(b"".join(events))
        if new and self.record.first_content is not None:
            self._log.tell()
        if ending is None:
            self._timer = self._loop.call_at(self._due, self._tick)
        else:
            self._end(ending)

    def _take(self, now: float) -> tuple[list[bytes], Ending | str | None]:
        """Return what is due, and how the stream ends if it does."""
        events: list[bytes] = []
        size = 0
        for step in self._steps:
            if step is None:
                self._due += next(self._pace)
            elif isinstance(step, bytes):
                events.append(step)
                size += len(step)
            elif isinstance(step, float):
                self._due += step
            else:
                return events, step
            if self._due > now or size > LONGEST_WRITE:
                return events, None
        return events, "complete"

    def _end(self, ending: Ending | str) -> None:
        if ending is Ending.HOLD:
            self.held = self.record.held = True
            self._log.tell()
        elif ending is Ending.CUT:
            self._connection.reset()
        elif ending is Ending.HANG_UP:
            self._connection.hang_up()
        elif ending is not Ending.SILENCE:
            self._connection.end()
