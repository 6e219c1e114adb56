"""The rows of a served site, read and changed beside it: in SQLite's file or in PostgreSQL.

A query is written for both, with `?` for each value, and gives the same values from both.
"""

import contextlib
import functools
import itertools
import os
import sqlite3
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg.abc import Buffer
from psycopg.adapt import Loader
from psycopg.rows import dict_row
from psycopg.types.string import TextLoader

from tests import servers

DATABASE = "chatsite.sqlite3"
LOCK = b"LOCK TABLE chat_generation, chat_checkpoint IN EXCLUSIVE MODE"
Row = dict[str, Any]

_sites = itertools.count(1)


class Sqlite:
    """The rows in a file."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def rows(self, query: str, *values: Any) -> list[Row]:
        """What a query gives."""
        with contextlib.closing(self._connect()) as connection:
            return [dict(row) for row in connection.execute(query, values)]

    def change(self, query: str, *values: Any) -> int:
        """Change rows; gives the id of an inserted one."""
        with contextlib.closing(self._connect()) as connection, connection:
            return connection.execute(query, values).lastrowid or 0

    def change_all(self, *queries: str, value: Any) -> None:
        """Change rows by several queries with the same value, all at once."""
        with contextlib.closing(self._connect()) as connection, connection:
            connection.execute("BEGIN IMMEDIATE")
            for query in queries:
                connection.execute(query, [value])

    @contextlib.contextmanager
    def away(self) -> Iterator[None]:
        """Let everything fail at once that concerns generations."""
        self.change("ALTER TABLE chat_generation RENAME TO lost")
        try:
            yield
        finally:
            self.change("ALTER TABLE lost RENAME TO chat_generation")

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, timeout=20)
        connection.row_factory = sqlite3.Row
        return connection


class Postgres:
    """The rows in a database that is named by a URL."""

    def __init__(self, url: str) -> None:
        self._url = url

    def rows(self, query: str, *values: Any) -> list[Row]:
        """What a query gives."""
        with self._connect() as connection:
            return connection.execute(_query(query), values).fetchall()

    def change(self, query: str, *values: Any) -> int:
        """Change rows; gives the id of an inserted one."""
        inserting = query.startswith("INSERT")
        with self._connect() as connection:
            cursor = connection.execute(_query(query + " RETURNING *" * inserting), values)
            row = cursor.fetchone() if inserting else None
        return int((row or {}).get("id", 0))

    def change_all(self, *queries: str, value: Any) -> None:
        """Change rows by several queries with the same value, all at once."""
        with self._connect() as connection:
            connection.execute(LOCK)
            for query in queries:
                connection.execute(_query(query), [value])

    @contextlib.contextmanager
    def away(self) -> Iterator[None]:
        """Let nobody in, and put out who is in."""
        name = urlsplit(self._url).path[1:]
        out = b"SELECT pg_terminate_backend(pid, 30000) FROM pg_stat_activity WHERE datname = %s"
        with _beside(self._url) as connection:
            connection.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false".encode())
            connection.execute(out, [name])
            try:
                yield
            finally:
                connection.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true".encode())

    def _connect(self) -> psycopg.Connection[Row]:
        connection = psycopg.connect(self._url, row_factory=dict_row)
        for type, loader in LOADERS.items():
            connection.adapters.register_loader(type, loader)
        return connection


class _Hex(Loader):
    def load(self, data: Buffer) -> str:
        return bytes(data).decode().replace("-", "")


class _Number(Loader):
    def load(self, data: Buffer) -> int:
        return int(bytes(data) == b"t")


LOADERS: dict[str, type[Loader]] = {
    "bool": _Number,
    "jsonb": TextLoader,
    "timestamptz": TextLoader,
    "uuid": _Hex,
}


def rows_of(server: servers.Server) -> Sqlite | Postgres:
    """The rows of the site of a server."""
    url = server.settings.get("DATABASE_URL")
    return Postgres(url) if url else Sqlite(server.var / DATABASE)


@contextlib.contextmanager
def scaled() -> Iterator[dict[str, str]]:
    """The settings of a site with a database and a Redis of its own.

    None where TEST_DATABASE_URL and TEST_REDIS_URL name no servers. Two sites on one Redis would
    take each other's answers for theirs.
    """
    settings = {}
    with contextlib.ExitStack() as stack:
        if database := os.environ.get("TEST_DATABASE_URL"):
            settings["DATABASE_URL"] = fresh(database)
        if os.environ.get("TEST_REDIS_URL"):
            settings["REDIS_URL"] = stack.enter_context(servers.redis())
        yield settings


@functools.cache
def _migrated(server: str) -> str:
    """The URL of a database that nobody has used, on this server."""
    url = _created(server, "chatsite_empty")
    with tempfile.TemporaryDirectory() as var:
        made = servers.manage(Path(var), "migrate", "-v0", DATABASE_URL=url)
    assert made.returncode == 0, made.stderr
    return url


def fresh(server: str) -> str:
    """The URL of a new database on this server, with the tables."""
    empty = _migrated(server)
    return _created(server, f"chatsite_{next(_sites)}", f"TEMPLATE {urlsplit(empty).path[1:]}")


def _created(url: str, name: str, how: str = "") -> str:
    """Make a database anew; gives its URL."""
    with _beside(url) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)".encode())
        connection.execute(f"CREATE DATABASE {name} {how}".encode())
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


def _beside(url: str) -> psycopg.Connection[tuple[Any, ...]]:
    """A connection to the same server, but to no database of a site."""
    other = urlunsplit(urlsplit(url)._replace(path="/postgres"))
    return psycopg.connect(other, autocommit=True)


def _query(query: str) -> bytes:
    return query.replace("%", "%%").replace("?", "%s").encode()
