"""What a process exchanges with the others through Redis: its own logs for theirs."""

import asyncio

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from .publisher import Publisher
from .reader import BLOCK_MS, Reader

READ_SECONDS = BLOCK_MS / 1000 + 3
WRITE_SECONDS = 1.0


class Exchange:
    """The two connections and the two tasks."""

    def __init__(self, redis_url: str) -> None:
        # redis-py gives up a blocking read after 5 s unless it is told to wait longer, and would
        # hide for seconds that Redis is away; once more is enough for a connection gone stale.
        once_more = Retry(NoBackoff(), 1)
        self._writing = Redis.from_url(redis_url, socket_timeout=WRITE_SECONDS, retry=once_more)
        self._reading = Redis.from_url(redis_url, socket_timeout=READ_SECONDS, retry=once_more)
        self.publisher = Publisher(self._writing)
        self.reader = Reader(self._reading)
        self._tasks: list[asyncio.Task[None]] = []

    def begin(self) -> None:
        """Start to publish and to read."""
        self._tasks = [
            asyncio.create_task(self.publisher.run()),
            asyncio.create_task(self.reader.run()),
        ]

    async def end(self, seconds: float) -> None:
        """Publish what is left, for so many seconds at most, and close."""
        await self.publisher.flush(seconds)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._writing.aclose()
        await self._reading.aclose()
