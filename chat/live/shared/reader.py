"""The reader of a process: follows the logs that others write, for the tabs that are here."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from typing import cast

from redis.asyncio import Redis
from redis.exceptions import RedisError
from redis.typing import KeyT, StreamIdT

from chat.stream.log import Log

from .records import decode, key_of

logger = logging.getLogger(__name__)

BLOCK_MS = 5000
COUNT = 200
AGAIN_SECONDS = 0.2
NUDGE_SECONDS = 0.005
START = b"0-0"

Found = list[tuple[bytes, list[tuple[bytes, dict[bytes, bytes]]]]] | None
"""For each key its records: position and fields."""


class Reader:
    """One task and one connection for all logs; a new one interrupts the wait for the others."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._logs: dict[bytes, Log] = {}
        self._positions: dict[KeyT, StreamIdT] = {}
        self._news = asyncio.Event()
        self._waiting_as: int | None = None
        self._nudging: set[asyncio.Task[None]] = set()

    def follow(self, generation_id: int, log: Log) -> Callable[[], None]:
        """Fill `log` from the shared one, from its beginning; call the result to leave it."""
        key = key_of(generation_id).encode()
        self._logs[key], self._positions[key] = log, START
        self._news.set()
        if self._waiting_as is not None:
            nudging = asyncio.create_task(self._nudge())
            self._nudging.add(nudging)
            nudging.add_done_callback(self._nudging.discard)

        def leave() -> None:
            if self._logs.get(key) is log:
                del self._logs[key], self._positions[key]

        return leave

    async def run(self) -> None:
        """Follow until cancelled; after a lost connection every log goes on at its position."""
        while True:
            try:
                async with self._redis.client() as connection:
                    await self._read(connection)
            except (RedisError, OSError) as error:
                logger.warning("Redis does not give the logs: %s", type(error).__name__)
                await asyncio.sleep(AGAIN_SECONDS)

    async def _read(self, connection: Redis) -> None:
        name = await connection.client_id()
        while True:
            while not self._positions:
                self._news.clear()
                await self._news.wait()
            asked = self._logs.copy()
            self._waiting_as = name
            try:
                found = await connection.xread(self._positions.copy(), count=COUNT, block=BLOCK_MS)
            finally:
                self._waiting_as = None
            for key, records in cast(Found, found) or []:
                for position, fields in records:
                    self._take(asked[key], key, position, fields)

    def _take(self, log: Log, key: bytes, position: bytes, fields: dict[bytes, bytes]) -> None:
        # One that was left and followed anew meanwhile begins at its beginning.
        if self._logs.get(key) is not log:
            return
        self._positions[key] = position
        log.copy(decode(fields))
        if log.closed:
            del self._logs[key], self._positions[key]

    async def _nudge(self) -> None:
        """Interrupt the blocking read, so that it begins again with the new log too."""
        # It may be on its way and not block yet: repeat until it does.
        while self._waiting_as is not None:
            # If Redis is away, the read ends by itself.
            with suppress(RedisError, OSError):
                if await self._redis.client_unblock(self._waiting_as):
                    return
            await asyncio.sleep(NUDGE_SECONDS)
