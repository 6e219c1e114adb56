"""What is done to the site: every fault by its name, chosen by weight and by a seeded chance."""

import asyncio
import contextlib
import random
import signal
import time
from collections.abc import Awaitable, Callable

import psycopg
from redis.exceptions import RedisError

from . import websocket
from .drive import Room
from .outages import Plan
from .services import App
from .site import Site
from .tab import Tab

LIGHT = {
    "drop a tab": 30,
    "drop ten tabs": 3,
    "reload a tab": 8,
    "stop": 25,
    "same key twice": 12,
    "vanish in the handshake": 12,
}
HEAVY = {
    "kill -9 an app": 6,
    "SIGTERM an app": 4,
    "SIGSTOP an app": 2,
    "restart Redis": 3,
    "restart Redis empty": 3,
    "flush Redis": 2,
    "cut Redis connections": 6,
    "cut PostgreSQL connections": 6,
    "restart PostgreSQL": 3,
    "crash PostgreSQL": 1,
}
ORDERLY = {"rolling restart": 1}
"""What harms nobody; done only when it is asked for by name."""
CUT = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE pid <> pg_backend_pid() AND backend_type = 'client backend' AND random() < %s
"""
ZOMBIE_SECONDS = (12.5, 15.0)


class Faults:
    """Causes faults while it runs."""

    def __init__(self, site: Site, rooms: list[Room], plan: Plan, chance: random.Random) -> None:
        self.plan = plan
        self._site, self._rooms, self._chance = site, rooms, chance
        self._doing: set[asyncio.Task[None]] = set()
        self._redis, self._postgres, self._rolling = (asyncio.Lock() for _ in range(3))
        self._ways: dict[str, Callable[[], Awaitable[None]]] = {
            "drop a tab": self._drop,
            "drop ten tabs": self._drop_ten,
            "reload a tab": self._reload,
            "stop": self._stop,
            "same key twice": self._twice,
            "vanish in the handshake": self._vanish,
            "kill -9 an app": self._kill,
            "SIGTERM an app": self._terminate,
            "SIGSTOP an app": self._freeze,
            "restart Redis": lambda: self._restart_redis(empty=False),
            "restart Redis empty": lambda: self._restart_redis(empty=True),
            "flush Redis": self._flush_redis,
            "cut Redis connections": self._cut_redis,
            "cut PostgreSQL connections": self._cut_postgres,
            "restart PostgreSQL": lambda: self._restart_postgres(signal.SIGINT),
            "crash PostgreSQL": lambda: self._restart_postgres(signal.SIGQUIT),
            "rolling restart": self._roll,
        }

    async def keep_causing(self, weights: dict[str, int], pause: float) -> None:
        """Cause one of these faults after the other, until cancelled."""
        names, numbers = list(weights), list(weights.values())
        while names:
            await asyncio.sleep(pause * (0.5 + self._chance.random()))
            (name,) = self._chance.choices(names, numbers)
            task = asyncio.create_task(self._cause(name))
            self._doing.add(task)
            task.add_done_callback(self._doing.discard)

    async def heal(self) -> None:
        """Return when everything that was broken is whole again."""
        while self._doing:
            await asyncio.gather(*self._doing)

    async def _cause(self, name: str) -> None:
        await self._ways[name]()

    def _tabs(self) -> list[Tab]:
        return [tab for room in self._rooms for tab in room.tabs]

    async def _drop(self) -> None:
        if tabs := self._tabs():
            tab = self._chance.choice(tabs)
            tab.talk.tell(f"a tab at {tab.served_by} is dropped")
            self.plan.note("drop a tab")
            tab.drop()

    async def _drop_ten(self) -> None:
        tabs = self._tabs()
        for tab in self._chance.sample(tabs, min(10, len(tabs))):
            tab.drop()
        self.plan.note("drop ten tabs")

    async def _reload(self) -> None:
        if tabs := self._tabs():
            tab = self._chance.choice(tabs)
            tab.talk.tell(f"a tab at {tab.served_by} is reloaded")
            self.plan.note("reload a tab")
            tab.reload()

    async def _stop(self) -> None:
        rooms = [room for room in self._rooms if room.talk.running and room.tabs]
        if not rooms:
            return
        room = self._chance.choice(rooms)
        tab = self._chance.choice(room.tabs)
        answer = room.talk.running
        assert answer is not None
        room.talk.tell(f"stop of {answer.id} at {tab.served_by}")
        self.plan.note("stop")
        tab.stop(answer.id)

    async def _twice(self) -> None:
        room = self._chance.choice(self._rooms)
        if not room.twice:
            room.twice = True
            self.plan.note("same key twice")

    async def _vanish(self) -> None:
        room = self._chance.choice(self._rooms)
        path = f"/ws/conversations/{room.talk.id}/"
        shake = websocket.request(self._site.nginx.port, path, room.talk.session)
        cut = self._chance.choice([len(shake), len(shake), self._chance.randrange(len(shake))])
        with contextlib.suppress(OSError):
            _, writer = await asyncio.open_connection("127.0.0.1", self._site.nginx.port)
            writer.write(shake[:cut])
            await asyncio.sleep(self._chance.choice([0.0, 0.002, 0.01, 0.05]))
            writer.transport.abort()
        self.plan.note("vanish in the handshake")

    def _victim(self) -> App | None:
        steady = [app for app in self._site.apps if app.steady]
        return self._chance.choice(steady) if len(steady) > 1 else None

    async def _kill(self) -> None:
        if app := self._victim():
            app.harm("killed", signal.SIGKILL)
            self.plan.note("kill -9 an app", str(app.port))
            await app.end(signal.SIGKILL)
            await asyncio.sleep(self._chance.choice([0, 0, self._chance.uniform(0, 14)]))
            await self._bring_back(app)

    async def _terminate(self) -> None:
        if app := self._victim():
            self.plan.note("SIGTERM an app", str(app.port))
            await self._restart(app)

    async def _roll(self) -> None:
        if self._rolling.locked():
            return
        async with self._rolling:
            self.plan.note("rolling restart")
            for app in self._site.apps:
                await self._restart(app)

    async def _restart(self, app: App) -> None:
        app.harm("terminated", signal.SIGTERM)
        await app.end(signal.SIGTERM, 60)
        if app.process is None or app.process.returncode:
            self.plan.lines.append((time.time(), f"{app.port} ended badly"))
        await self._bring_back(app)

    async def _freeze(self) -> None:
        if app := self._victim():
            app.harm("stopped", signal.SIGSTOP)
            self.plan.note("SIGSTOP an app", str(app.port))
            await asyncio.sleep(self._chance.uniform(*ZOMBIE_SECONDS))
            app.harm("continued", signal.SIGCONT)
            await app.ready()

    async def _bring_back(self, app: App) -> None:
        self.plan.lines.append((time.time(), f"start {app.port}"))
        app.start()
        await app.ready()

    async def _restart_redis(self, *, empty: bool) -> None:
        if self._redis.locked():
            return
        async with self._redis:
            outage = self.plan.begin("redis", loses=empty)
            self.plan.note("restart Redis empty" if empty else "restart Redis")
            await self._site.redis.end(self._chance.choice([signal.SIGKILL, signal.SIGTERM]))
            await asyncio.sleep(self._chance.choice([0, 0.5, self._chance.uniform(0, 5)]))
            if empty:
                self._site.redis.forget()
            self._site.redis.start()
            await self._site.redis_ready()
            outage.until = time.time()

    async def _flush_redis(self) -> None:
        await self._tell_redis("flush Redis", "FLUSHALL")

    async def _cut_redis(self) -> None:
        kind = self._chance.choice(["normal", "pubsub"])
        await self._tell_redis("cut Redis connections", "CLIENT", "KILL", "TYPE", kind)

    async def _tell_redis(self, name: str, *command: str) -> None:
        if self._redis.locked():
            return
        async with self._redis:
            outage = self.plan.begin("redis", loses=name == "flush Redis")
            self.plan.note(name)
            with contextlib.suppress(RedisError, OSError):
                async with self._site.redis_client() as client:
                    await client.execute_command(*command)  # type: ignore[no-untyped-call]
            outage.until = time.time()

    async def _cut_postgres(self) -> None:
        if self._postgres.locked():
            return
        async with self._postgres:
            outage = self.plan.begin("postgres")
            self.plan.note("cut PostgreSQL connections")
            await self._site.rows(CUT, self._chance.choice([0.3, 1.0]))
            outage.until = time.time()

    async def _restart_postgres(self, how: signal.Signals) -> None:
        if self._postgres.locked():
            return
        async with self._postgres:
            outage = self.plan.begin("postgres")
            crash = how == signal.SIGQUIT
            self.plan.note("crash PostgreSQL" if crash else "restart PostgreSQL")
            await self._site.postgres.end(how)
            await asyncio.sleep(self._chance.choice([0, 0.5, self._chance.uniform(0, 4)]))
            self._site.postgres.start()
            with contextlib.suppress(psycopg.Error):
                await self._site.database_ready()
            outage.until = time.time()
