"""How long the server's event loop lets others wait: pings on sockets of uninvolved people."""

import asyncio
import contextlib
import json
import uuid
from time import perf_counter_ns

from bench.site import Site, Tab

SOCKETS = 5
SECONDS = 0.025
BYSTANDERS = 50


class Pings:
    """Pings every 5 ms while this context is open; `longest` is in milliseconds."""

    def __init__(self, site: Site) -> None:
        self.longest = 0.0
        self._site = site
        self._tabs: list[Tab] = []
        self._pinging: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> "Pings":
        for number in range(SOCKETS):
            self._tabs.append(await self._site.open(uuid.uuid4(), BYSTANDERS + number))
        self._pinging = [asyncio.create_task(self._ping(n, t)) for n, t in enumerate(self._tabs)]
        return self

    async def __aexit__(self, *failed: object) -> None:
        await asyncio.sleep(0.1)
        for task in self._pinging:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
        for tab in self._tabs:
            tab.socket.abort()
            self.longest = max(self.longest, _longest(tab))

    async def _ping(self, number: int, tab: Tab) -> None:
        await asyncio.sleep(number * SECONDS / SOCKETS)
        while True:
            frame = {"type": "ping", "n": perf_counter_ns()}
            tab.socket.send(json.dumps(frame).encode())
            await asyncio.sleep(SECONDS)


def _longest(tab: Tab) -> float:
    pongs = [(at, json.loads(frame)) for at, frame in tab.frames if b'"pong"' in frame]
    return max(((at - pong["n"]) / 1e6 for at, pong in pongs), default=0.0)
