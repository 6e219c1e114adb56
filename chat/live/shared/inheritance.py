"""The shared log of a writer that died, as the process that ends its answer takes it over."""

import logging
from typing import Any

from django.conf import settings
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from chat.stream import entries
from chat.stream.entries import Entry

from .records import APPEND, arguments, decode, key_of

logger = logging.getLogger(__name__)

SECONDS = 2.0
PATIENCE: dict[str, Any] = {
    "socket_timeout": SECONDS,
    "socket_connect_timeout": SECONDS,
    "retry": Retry(NoBackoff(), 0),
}


def take_over(generation_id: int, attempt: int) -> list[Entry]:
    """Fence off the writers of earlier attempts, and give all that they logged.

    Nothing where there is no Redis, or while it does not answer: then checkpoints must do.
    """
    key = key_of(generation_id)

    def fence_and_read(redis: Redis) -> list[Entry]:
        _append(redis, key, attempt, 0, [])
        records: Any = redis.xrange(key, max=f"({attempt}-0")
        return [entry for _, fields in records for entry in decode(fields)]

    return _ask(fence_and_read) or []


def close(generation_id: int, attempt: int, status: str) -> None:
    """Tell those who follow the log that the answer has ended; its row says how."""
    end: list[Entry] = [entries.end(status)]
    _ask(lambda redis: _append(redis, key_of(generation_id), attempt, 1, end))


def _append(redis: Redis, key: str, attempt: int, n: int, record: list[Entry]) -> Any:
    return redis.eval(APPEND, 1, key, *arguments(attempt, n, record, whole=True))


def _ask(question: Any) -> Any:
    url = settings.ENVIRONMENT.redis_url
    if not url:
        return None
    try:
        with Redis.from_url(url, **PATIENCE) as redis:
            return question(redis)
    except RedisError as error:
        logger.warning("Redis was not there to take over a log: %s", type(error).__name__)
        return None
