"""What the site holds: memory, files, tasks, keys of Redis, connections to PostgreSQL."""

import asyncio
import contextlib
import os
import signal
from pathlib import Path

from redis.exceptions import RedisError

from .services import App
from .site import Site

TELL_SECONDS = 0.5
PAGE = os.sysconf("SC_PAGE_SIZE")
CONNECTIONS = "SELECT count(*) AS n FROM pg_stat_activity WHERE backend_type = 'client backend'"


async def measure(site: Site) -> str:
    """One line of figures."""
    with contextlib.suppress(OSError, ProcessLookupError):
        for app in site.apps:
            if app.steady:
                app.send(signal.SIGUSR1)
    await asyncio.sleep(TELL_SECONDS)
    apps = "; ".join(_app(app) for app in site.apps)
    keys = "?"
    with contextlib.suppress(RedisError, OSError):
        async with site.redis_client() as client:
            keys = str(await client.dbsize())
    (row,) = await site.rows(CONNECTIONS)
    return f"{apps}; {keys} Redis keys, {row['n'] - 1} database connections"


def _app(app: App) -> str:
    if not app.steady or app.process is None:
        return f"{app.name} away"
    process = Path(f"/proc/{app.process.pid}")
    try:
        memory = int((process / "statm").read_text().split()[1]) * PAGE / 1e6
        files = len(list((process / "fd").iterdir()))
    except OSError:
        return f"{app.name} gone"
    tasks = app.var / "tasks"
    count = tasks.read_text() if tasks.exists() else "?"
    return f"{app.name} {memory:.0f} MB {files} files {count} tasks"
