"""What the site holds: memory, files, tasks, keys of Redis, connections to PostgreSQL."""

import asyncio
import contextlib
import os
import signal
from dataclasses import dataclass
from pathlib import Path

from redis.exceptions import RedisError

from .services import App
from .site import Site

TELL_SECONDS = 0.5
PAGE = os.sysconf("SC_PAGE_SIZE")
CONNECTIONS = "SELECT count(*) AS n FROM pg_stat_activity WHERE backend_type = 'client backend'"


@dataclass(frozen=True)
class Held:
    """What one process holds; memory in MB."""

    memory: float
    files: int
    tasks: int

    def __str__(self) -> str:
        return f"{self.memory:.0f} MB {self.files} files {self.tasks} tasks"


@dataclass(frozen=True)
class Figures:
    """What all hold at one moment: None for a process that is away, or a Redis."""

    apps: dict[str, Held | None]
    keys: int | None
    connections: int

    def __str__(self) -> str:
        apps = "; ".join(f"{name} {held or 'away'}" for name, held in self.apps.items())
        return f"{apps}; {self.keys} Redis keys, {self.connections} database connections"


async def measure(site: Site) -> Figures:
    """Look now."""
    with contextlib.suppress(OSError, ProcessLookupError):
        for app in site.apps:
            if app.steady:
                app.send(signal.SIGUSR1)
    await asyncio.sleep(TELL_SECONDS)
    keys = None
    with contextlib.suppress(RedisError, OSError):
        async with site.redis_client() as client:
            keys = int(await client.dbsize())
    (row,) = await site.rows(CONNECTIONS)
    apps = {app.name: _held(app) for app in site.apps}
    return Figures(apps, keys, row["n"] - 1)


def _held(app: App) -> Held | None:
    tasks = app.var / "tasks"
    if not app.steady or app.process is None or not tasks.exists():
        return None
    process = Path(f"/proc/{app.process.pid}")
    try:
        memory = int((process / "statm").read_text().split()[1]) * PAGE / 1e6
        files = len(list((process / "fd").iterdir()))
    except OSError:
        return None
    return Held(memory, files, int(tasks.read_text() or 0))
