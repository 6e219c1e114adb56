"""The publisher of a process: brings the logs written here to Redis, in order.

What Redis has taken may be shown: no death of this process can lose it any more.
"""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field

from redis.asyncio import Redis
from redis.exceptions import RedisError

from chat.stream.entries import Entry
from chat.stream.log import Log

from .records import APPEND, BEHIND, FENCED, arguments, key_of, restored

logger = logging.getLogger(__name__)

SHORTEST_WAIT, LONGEST_WAIT = 0.05, 1.0


@dataclass(eq=False)
class Outgoing:
    """A log on its way: what Redis has taken, and the record that it is being offered."""

    generation_id: int
    attempt: int
    log: Log
    fenced: Callable[[], None]
    shown: Log = field(default_factory=Log)
    done: asyncio.Event = field(default_factory=asyncio.Event)
    taken: int = 0
    n: int = 0
    offered: list[Entry] = field(default_factory=list)
    offered_to: int = 0
    whole: bool = False

    def offer(self) -> bool:
        """Prepare the next record; one that was offered stays as it is until it is answered."""
        if not self.offered:
            self.offered = self.log.read(self.taken)
            self.offered_to = self.taken + len(self.offered)
        return bool(self.offered)

    def offer_whole(self) -> None:
        """Redis lost what came before: offer all of it at once."""
        everything = self.log.read(0)
        self.offered, self.offered_to, self.whole = restored(everything), len(everything), True
        # Readers may have seen a record with this number before it was lost.
        self.n += 1

    def accept(self) -> None:
        """Redis has the record."""
        self.taken, self.n = self.offered_to, self.n + 1
        self.offered, self.whole = [], False
        self.show(self.taken)

    def show(self, until: int | None = None) -> None:
        """Show what was written, not more than `until`."""
        self.shown.copy(self.log.read(len(self.shown), until))

    def show_end(self) -> None:
        """Fenced off: of what is written here nothing counts any more but that it ends."""
        if self.log.closed:
            self.shown.copy(self.log.read(len(self.log) - 1))


class Publisher:
    """One task for all logs: what is new in them goes out in one round trip."""

    def __init__(self, redis: Redis) -> None:
        self._append = redis.register_script(APPEND)
        self._redis = redis
        self._changed: dict[int, Outgoing] = {}
        self._unfinished: set[Outgoing] = set()
        self._wake = asyncio.Event()
        self.reached = True

    def publish(
        self, generation_id: int, attempt: int, log: Log, fenced: Callable[[], None]
    ) -> Log:
        """Bring this log to Redis until its end; gives the log of what may be shown here.

        `fenced` is called if a newer attempt writes there: then this one must end.
        """
        outgoing = Outgoing(generation_id, attempt, log, fenced)
        self._unfinished.add(outgoing)

        def changed() -> None:
            if outgoing.done.is_set():
                outgoing.show_end()
                return
            self._changed[generation_id] = outgoing
            self._wake.set()
            if not self.reached:
                outgoing.show()

        log.subscribe(changed)
        changed()
        return outgoing.shown

    async def flush(self, seconds: float) -> None:
        """Return when Redis has the ends of all logs, or after so many seconds."""
        waiting = [asyncio.create_task(each.done.wait()) for each in self._unfinished]
        if waiting:
            _, late = await asyncio.wait(waiting, timeout=seconds)
            for task in late:
                task.cancel()

    async def run(self) -> None:
        """Publish until cancelled. While Redis is away everything is kept and offered again."""
        wait = SHORTEST_WAIT
        while True:
            await self._wake.wait()
            self._wake.clear()
            changed, self._changed = self._changed, {}
            try:
                await self._send([each for each in changed.values() if each.offer()])
            except (RedisError, OSError) as error:
                self._lost(error)
                self._changed = changed | self._changed
                self._wake.set()
                await asyncio.sleep(wait)
                wait = min(LONGEST_WAIT, wait * 2)
            else:
                self.reached, wait = True, SHORTEST_WAIT

    async def _send(self, outgoing: list[Outgoing]) -> None:
        if not outgoing:
            return
        async with self._redis.pipeline(transaction=False) as pipe:
            for each in outgoing:
                record = arguments(each.attempt, each.n, each.offered, whole=each.whole)
                await self._append([key_of(each.generation_id)], record, client=pipe)
            answers = await pipe.execute()
        for each, answer in zip(outgoing, answers, strict=True):
            self._answered(each, answer)

    def _answered(self, outgoing: Outgoing, answer: bytes) -> None:
        if answer == FENCED:
            logger.warning("generation %s is written elsewhere now", outgoing.generation_id)
            self._finish(outgoing)
            outgoing.fenced()
            # It may have ended while Redis was asked.
            outgoing.show_end()
            return
        if answer == BEHIND:
            outgoing.offer_whole()
        else:
            outgoing.accept()
        if outgoing.log.closed and outgoing.taken == len(outgoing.log):
            self._finish(outgoing)
        elif outgoing.offered or outgoing.taken < len(outgoing.log):
            self._changed[outgoing.generation_id] = outgoing
            self._wake.set()

    def _finish(self, outgoing: Outgoing) -> None:
        outgoing.done.set()
        self._unfinished.discard(outgoing)

    def _lost(self, error: Exception) -> None:
        """Nobody waits for Redis to come back: until then all that is written is shown."""
        if self.reached:
            logger.warning("Redis does not take the logs: %s", type(error).__name__)
        self.reached = False
        for outgoing in self._unfinished:
            outgoing.show()
