"""Connections to the database: tuned, pooled, and given back by sockets, tasks and pages."""

import asyncio
import json
import re
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.conf import settings

from tests import servers

from .conftest import eventually
from .model import Model
from .page import visit
from .rows import created
from .served import Served

POOL = 16
TELL = """
import json, sqlite3
from django.db import connection, transaction
def ask(pragma):
    with connection.cursor() as cursor:
        return cursor.execute(f"PRAGMA {pragma}").fetchone()[0]
told = {name: ask(name) for name in ("journal_mode", "synchronous", "busy_timeout")}
with transaction.atomic():
    other = sqlite3.connect(connection.settings_dict["NAME"], timeout=0)
    try:
        other.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as error:
        told["other"] = str(error)
    other.close()
print(json.dumps(told))
"""


def test_sqlite_is_tuned(empty: Path) -> None:
    told = servers.manage(empty, "shell", "-v0", "-c", TELL)
    assert json.loads(told.stdout) == {
        "journal_mode": "wal",
        "synchronous": 1,  # normal
        "busy_timeout": 20_000,
        "other": "database is locked",
    }


class Sessions:
    """What PostgreSQL knows about the connections to one database."""

    def __init__(self, server: str, database: str) -> None:
        self._server = server
        self._database = database

    def begun(self) -> int:
        """How many there have ever been."""
        return self._ask("SELECT sessions FROM pg_stat_database WHERE datname = %s")

    def open(self) -> int:
        """How many there are."""
        return self._ask("SELECT count(*) FROM pg_stat_activity WHERE datname = %s")

    def at_work(self) -> int:
        """How many have a transaction or a query open."""
        query = "SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND state <> 'idle'"
        return self._ask(query)

    def _ask(self, query: str) -> int:
        with psycopg.connect(self._server) as connection:
            row = connection.execute(query.encode(), [self._database]).fetchone()
        assert row is not None
        return int(row[0])


@pytest.fixture
def pooled(
    tmp_path: Path, postgres_url: str, redis_url: str, model: Model
) -> Iterator[tuple[Served, Sessions]]:
    """A site on PostgreSQL and Redis."""
    name = "chatsite_pooled"
    url = created(postgres_url, name)
    variables = {"DATABASE_URL": url, "REDIS_URL": redis_url, "OPENAI_BASE_URL": model.base_url}
    with servers.site(tmp_path, SECRET_KEY=settings.SECRET_KEY, **variables) as server:
        yield Served(server), Sessions(postgres_url, name)


async def test_postgresqls_connections_are_pooled_and_given_back(
    pooled: tuple[Served, Sessions],
) -> None:
    served, sessions = pooled
    people = [served.person() for _ in range(10)]
    for person in people:  # whatever begins late has begun
        async with visit(person) as tab:
            assert (await tab.finished("list rate=0"))["status"] == "complete"
    assert 0 < sessions.open() <= POOL
    before = sessions.begun()

    async def come_and_go(number: int) -> None:
        for again in range(20):
            async with visit(people[number]) as tab:
                if again % 8 == 0:
                    assert (await tab.finished("list rate=0"))["status"] == "complete"
                elif again % 8 == 4:
                    await tab.ask("list rate=0")
                    tab.vanish()

    for pair in range(0, 10, 2):
        await asyncio.gather(come_and_go(pair), come_and_go(pair + 1))
    await eventually(lambda: sessions.at_work() == 0, "every transaction's end")
    assert sessions.open() <= POOL
    assert sessions.begun() - before <= POOL, "the connections are kept in a pool"
    assert not served.complaints(warnings=True)


async def test_a_lost_connection_to_postgresql_is_replaced(
    pooled: tuple[Served, Sessions], postgres_url: str
) -> None:
    served, sessions = pooled
    person = served.person()
    async with visit(person) as tab:
        await tab.finished("list rate=0")
        end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s"
        with psycopg.connect(postgres_url) as connection:
            connection.execute(end.encode(), ["chatsite_pooled"])
        async with person.browser() as browser:
            assert (await browser.get("/")).status_code == 200
        assert (await tab.finished("list rate=0"))["status"] == "complete"
    assert not [line for line in served.server.text().splitlines() if re.search("ERROR", line)]
    assert sessions.open() <= POOL
