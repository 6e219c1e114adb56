"""Tabs that stop reading beside tabs that read, and what both cost: `python -m chaos.slow`."""

import argparse
import asyncio
import shutil
import socket
import sys
import tempfile
import time
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bench.quantiles import percentile

from . import growth, websocket
from .growth import Figures
from .site import Site
from .visitor import Visitor

STREAMS = 10
PROMPT = "bench tokens=2000 rate=100"
SMALL = 4096
MOST_KB = 512
"""What a tab that does not read may cost: the buffers of its connection, and no more."""


@asynccontextmanager
async def asleep(site: Site, session: str, conversation: uuid.UUID) -> AsyncIterator[None]:
    """A tab that opens and never reads; straight at a process, so that no proxy reads for it."""
    port = site.apps[conversation.int % len(site.apps)].port
    loop = asyncio.get_running_loop()
    with socket.socket() as sleeper:
        sleeper.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL)
        sleeper.setblocking(False)
        await loop.sock_connect(sleeper, ("127.0.0.1", port))
        path = f"/ws/conversations/{conversation}/"
        await loop.sock_sendall(sleeper, websocket.request(port, path, session))
        assert b"101" in await loop.sock_recv(sleeper, 16)
        yield


async def read(site: Site, session: str, conversation: uuid.UUID) -> list[float]:
    """Ask once and read to the end; gives the milliseconds between frames."""
    tab = Visitor(site.nginx.port, session, conversation)
    await tab.come()
    ack = await tab.ask(PROMPT)
    gaps, last = [], 0.0
    while True:
        frame = await tab.until(lambda frame: frame["type"] in ("delta", "end"))
        now = time.perf_counter()
        if last:
            gaps.append((now - last) * 1000)
        last = now
        if frame["type"] == "end":
            assert frame["status"] == "complete" and frame["generation"] == ack["generation"]
            tab.leave(politely=True)
            return gaps


async def round_of(site: Site, sleepers: int) -> tuple[list[float], Figures]:
    """All streams once, each before the eyes of so many that do not read."""
    talks = [(session, uuid.uuid4()) for session in site.sessions[:STREAMS]]
    reading = [asyncio.create_task(read(site, *talk)) for talk in talks]
    await asyncio.sleep(2)
    visits = [asleep(site, *talk) for talk in talks for _ in range(sleepers)]
    for visit in visits:
        await visit.__aenter__()
    await asyncio.wait(reading)
    held = await growth.measure(site)
    for visit in visits:
        await visit.__aexit__(None, None, None)
    return [gap for task in reading for gap in task.result()], held


async def _main(sleepers: int) -> int:
    directory = Path(tempfile.mkdtemp(prefix="chatsite-slow-"))
    site = Site(directory)
    try:
        await site.start(people=STREAMS)
        await round_of(site, 0)
        figures = []
        for each in (0, sleepers):
            gaps, held = await round_of(site, each)
            memory = sum(app.memory for app in held.apps.values() if app is not None)
            figures.append(memory)
            spread = ", ".join(
                f"p{share} {percentile(gaps, share / 100):.0f}" for share in (50, 99)
            )
            print(
                f"{each} of {each + 1} tabs of each answer asleep: {len(gaps)} gaps between frames"
            )
            print(f"  of those who read, ms: {spread}, longest {max(gaps):.0f}; {held}", flush=True)
    finally:
        await site.end()
        shutil.rmtree(directory, ignore_errors=True)
    cost = (figures[1] - figures[0]) * 1000 / (sleepers * STREAMS)
    print(f"each of {sleepers * STREAMS} tabs that do not read costs {cost:.0f} kB of memory")
    return 1 if cost > MOST_KB else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m chaos.slow", description=__doc__)
    parser.add_argument("--asleep", type=int, default=20, help="tabs of each answer")
    sys.exit(asyncio.run(_main(parser.parse_args().asleep)))
