"""A whole site on loopback: PostgreSQL, Redis, nginx, the demo model and three app processes."""

import asyncio
import contextlib
import json
import signal
import subprocess
import sys
import urllib.request
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import psycopg
from psycopg.rows import dict_row
from redis.asyncio import Redis as RedisClient
from redis.exceptions import RedisError

from tests import servers

from .services import App, Demo, Harm, Nginx, Postgres, Redis, Service

APPS = 3
DRAIN_SECONDS = 8
PATIENCE = 60.0
WITNESS = """
CREATE TABLE chaos_endings (
    generation bigint, old text, new text, at timestamptz DEFAULT clock_timestamp());
CREATE FUNCTION chaos_witness() RETURNS trigger AS $$
BEGIN
    INSERT INTO chaos_endings (generation, old, new) VALUES (NEW.id, OLD.status, NEW.status);
    RETURN NEW;
END $$ LANGUAGE plpgsql;
CREATE TRIGGER chaos_witness AFTER UPDATE OF status ON chat_generation FOR EACH ROW
    WHEN (NEW.status NOT IN ('queued', 'running')) EXECUTE FUNCTION chaos_witness();
"""


class Site:
    """The running services, and the database beside them."""

    def __init__(self, directory: Path, drain_seconds: int = DRAIN_SECONDS) -> None:
        self.directory = directory
        self.postgres = Postgres(directory)
        self.redis = Redis(directory)
        self.demo = Demo(directory)
        settings = {
            "DATABASE_URL": self.postgres.url,
            "REDIS_URL": self.redis.url,
            "OPENAI_BASE_URL": f"{self.demo.address}/v1",
            "OPENAI_API_KEY": "chaos",
            "OPENAI_MODELS": "demo",
            "SECRET_KEY": "chaos " * 10,
            "DRAIN_SECONDS": str(drain_seconds),
        }
        ports = [servers.free_port() for _ in range(APPS)]
        self.apps = [App(directory, n, port, **settings) for n, port in enumerate(ports)]
        self.nginx = Nginx(directory, ports)
        self.sessions: list[str] = []
        self._settings = settings

    async def start(self, people: int) -> None:
        """Start everything; returns when every process serves."""
        for service in (self.postgres, self.redis, self.demo):
            service.start()
        await self.database_ready()
        await self.redis_ready()
        var = self.apps[0].var
        migrated = servers.manage(var, "migrate", "-v0", **self._settings)
        assert migrated.returncode == 0, migrated.stderr
        self.sessions = json.loads(self._run("bench.people", str(people)))
        await self.rows(WITNESS)
        for app in self.apps:
            app.start()
        for app in self.apps:
            await app.ready()
        self.nginx.start()
        await asyncio.to_thread(servers.wait_until, self.nginx.listens, "nginx")

    async def end(self) -> None:
        """End everything."""
        services: list[Service] = [self.nginx, *self.apps, self.demo, self.redis, self.postgres]
        for service in services:
            if service.running:
                service.send(signal.SIGCONT)
                how = signal.SIGQUIT if service is self.postgres else signal.SIGKILL
                if service is self.nginx:
                    how = signal.SIGTERM
                await service.end(how, 10)

    async def rows(self, query: str, *values: Any) -> list[dict[str, Any]]:
        """The rows that a query gives; while the database is away it is asked again."""
        async with asyncio.timeout(PATIENCE):
            while True:
                try:
                    return await self._rows(query, values)
                except psycopg.OperationalError:
                    await asyncio.sleep(0.2)

    async def _rows(self, query: str, values: tuple[Any, ...]) -> list[dict[str, Any]]:
        connected = await psycopg.AsyncConnection.connect(self.postgres.url, autocommit=True)
        async with connected as connection, connection.cursor(row_factory=dict_row) as cursor:
            await cursor.execute(query, values or None)
            return await cursor.fetchall() if cursor.description else []

    async def database_ready(self) -> None:
        """Return when PostgreSQL answers."""
        await self.rows("SELECT 1")

    async def redis_ready(self) -> None:
        """Return when Redis answers."""
        async with asyncio.timeout(PATIENCE):
            while True:
                with contextlib.suppress(RedisError, OSError):
                    async with self.redis_client() as client:
                        await client.ping()
                        return
                await asyncio.sleep(0.05)

    @contextlib.asynccontextmanager
    async def redis_client(self) -> AsyncIterator[RedisClient]:
        """A connection of our own."""
        client = RedisClient.from_url(self.redis.url)
        try:
            yield client
        finally:
            await client.aclose()

    async def requests(self) -> list[dict[str, Any]]:
        """What the demo model says of the last requests."""

        def read() -> Any:
            with urllib.request.urlopen(f"{self.demo.address}/demo/log", timeout=20) as response:
                return json.load(response)["requests"]

        found: list[dict[str, Any]] = await asyncio.to_thread(read)
        return found

    def owner(self, name: str | None) -> tuple[int, int]:
        """The pid and the port of a process by its name in the database."""
        pid = int((name or ":0").rpartition(":")[2])
        return pid, next((app.port for app in self.apps if pid in app.pids), 0)

    def harms(self, pid: int, since: float, until: float) -> list[Harm]:
        """What was done to a process in a time."""
        every = (harm for app in self.apps for harm in app.harms if harm.pid == pid)
        # What was told to end accepts a little more, and still has no longer than it was given.
        return [
            harm
            for harm in every
            if harm.at <= until + 0.5 and (harm.at >= since - 0.5 or harm.how == "terminated")
        ]

    def _run(self, module: str, *arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", module, *arguments],
            cwd=servers.ROOT,
            env=servers.environment(self.apps[0].var, **self._settings),
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout
