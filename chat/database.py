"""ORM work off the event loop, in threads of its own, so that no tab waits for another's query."""

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from typing import ParamSpec, TypeVar

from django.conf import settings
from django.db import close_old_connections, connection
from django.utils import translation

P = ParamSpec("P")
R = TypeVar("R")

# With SQLite a query is mostly Python, so that more threads only keep the event loop from running.
THREADS = 2 if settings.SQLITE else 4


def _keep_connection() -> None:
    """Let this thread's connection stay open, unlike those of requests, whose threads end."""
    connection.settings_dict = {**connection.settings_dict, "CONN_MAX_AGE": None}


# Opening SQLite's file costs more than most queries; PostgreSQL has a pool for this.
_begin = _keep_connection if settings.SQLITE else None
_threads = ThreadPoolExecutor(THREADS, thread_name_prefix="database", initializer=_begin)
_reserve = ThreadPoolExecutor(1, thread_name_prefix="database-reserve", initializer=_begin)
# SQLite has one lock for writing: waiting for it must not keep the other threads from reading.
_writing = _reserve if settings.SQLITE else _threads


@contextmanager
def one_moment() -> Iterator[None]:
    """Let all queries inside see the database as it is at the first of them, without a lock."""
    if connection.in_atomic_block:
        yield
        return
    # Django's own transactions would take SQLite's one lock for writing.
    alone = connection.vendor == "sqlite"
    with connection.cursor() as cursor:
        cursor.execute("BEGIN" if alone else "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        try:
            yield
        finally:
            cursor.execute("COMMIT")


async def in_database(function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Call a function that reads by the ORM in one of the database threads.

    Channels' own `database_sync_to_async` has one thread for all sockets of a process.
    """
    return await _in(_threads, partial(function, *args, **kwargs))


async def writing(function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Call a function that also writes: one at a time on SQLite, as it would have them anyway."""
    return await _in(_writing, partial(function, *args, **kwargs))


async def in_reserve(function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Call a function in a thread that serves no tab on PostgreSQL: there it is the heartbeat's.

    A process that is late because its tabs wait for the database must not be taken for dead.
    """
    return await _in(_reserve, partial(function, *args, **kwargs))


async def _in(threads: ThreadPoolExecutor, work: Callable[[], R]) -> R:
    language = translation.get_language()
    return await asyncio.get_running_loop().run_in_executor(threads, _connected, language, work)


def _connected(language: str, work: Callable[[], R]) -> R:
    """Work in the language of the task that asks, which a thread does not know by itself."""
    translation.activate(language)
    close_old_connections()
    try:
        return work()
    finally:
        close_old_connections()
