"""Thousands of short answers and connects, and what the processes hold: `python -m chaos.soak`."""

import argparse
import asyncio
import contextlib
import itertools
import shutil
import sys
import tempfile
import time
import uuid
from collections import Counter
from pathlib import Path

from chat import demo

from . import growth
from .growth import Figures
from .site import Site
from .visitor import Left, Visitor

PROMPT = "bench tokens=12 rate=0"
CHARACTERS = len(demo.expected_text(12, 0))
TURNS = 2
"""Answers of one connection; every second one has another tab that watches."""
VISITS = 3
"""Connections of one conversation, each to whichever process nginx chooses."""
WARM = 0.1
LOG_SECONDS = 62
"""So long Redis keeps a log after its end."""
MEMORY_MB, FILES, TASKS, CONNECTIONS = 10.0, 8, 8, 8
"""By how much a figure may grow between the start and the end: threads and pools fill late."""


class Soak:
    """Visitors of a site, until they have asked often enough."""

    def __init__(self, site: Site) -> None:
        self.answers = 0
        self.connects = 0
        self.wrong: Counter[str] = Counter()
        self._site = site
        self._numbers = itertools.count()

    async def ask(self, answers: int, visitors: int) -> None:
        """Ask so often, by so many at a time; everybody has left afterwards."""
        until = self.answers + answers
        await asyncio.gather(*(self._visit(until, number) for number in range(visitors)))

    async def _visit(self, until: int, number: int) -> None:
        session = self._site.sessions[number % len(self._site.sessions)]
        while self.answers < until:
            conversation = uuid.uuid4()
            for visit in range(VISITS):
                try:
                    await self._ask_twice(session, conversation, watched=visit % 2 == 1)
                except (Left, OSError, TimeoutError) as error:
                    self.wrong[f"{type(error).__name__} {error}"] += 1

    async def _ask_twice(self, session: str, conversation: uuid.UUID, *, watched: bool) -> None:
        tabs = [Visitor(self._site.nginx.port, session, conversation) for _ in range(1 + watched)]
        try:
            for tab in tabs:
                await tab.come()
                self.connects += 1
            for _ in range(TURNS):
                await self._ask(tabs)
        finally:
            for tab in tabs:
                tab.leave(politely=next(self._numbers) % 2 == 0)

    async def _ask(self, tabs: list[Visitor]) -> None:
        told = await tabs[0].ask(PROMPT)
        if told["type"] != "ack":
            self.wrong[f"notice {told['code']}"] += 1
            return
        for end in [await tab.end(told["generation"]) for tab in tabs]:
            if (end["status"], end["position"]) != ("complete", CHARACTERS):
                self.wrong[f"{end['status']} with {end['position']} characters"] += 1
        self.answers += 1


async def soak(site: Site, answers: int, visitors: int) -> dict[str, Figures]:
    """Ask, and look at the start, in the middle, at the end, and when Redis has forgotten."""
    held = {}
    work = Soak(site)
    shares = {"start": WARM, "middle": 0.5, "end": 0.5}
    for when, share in shares.items():
        began = time.monotonic()
        before = work.answers
        await work.ask(round(answers * share), visitors)
        rate = (work.answers - before) / (time.monotonic() - began)
        await asyncio.sleep(2)
        held[when] = await growth.measure(site)
        told = f"{when}, {work.answers} answers, {work.connects} connects, {rate:.0f} answers/s"
        print(f"{told}: {held[when]}", flush=True)
    await asyncio.sleep(LOG_SECONDS)
    held["a minute later"] = await growth.measure(site)
    print(f"a minute later: {held['a minute later']}")
    print(f"went wrong: {dict(work.wrong) or 'nothing'}")
    if work.wrong:
        raise SystemExit(1)
    return held


def grown(before: Figures, after: Figures) -> list[str]:
    """What has grown more than it may, in words."""
    found = []
    for name, then in before.apps.items():
        now = after.apps[name]
        if then is None or now is None:
            found.append(f"{name} was away")
            continue
        if now.memory - then.memory > MEMORY_MB:
            found.append(f"memory of {name}")
        if now.files - then.files > FILES:
            found.append(f"files of {name}")
        if now.tasks - then.tasks > TASKS:
            found.append(f"tasks of {name}")
    if after.connections - before.connections > CONNECTIONS:
        found.append("connections to the database")
    if after.keys:
        found.append("keys of Redis")
    return found


async def _main(answers: int, visitors: int) -> int:
    directory = Path(tempfile.mkdtemp(prefix="chatsite-soak-"))
    site = Site(directory)
    try:
        await site.start(people=visitors)
        held = await soak(site, answers, visitors)
    finally:
        with contextlib.suppress(ProcessLookupError):
            await site.end()
        shutil.rmtree(directory, ignore_errors=True)
    found = grown(held["start"], held["a minute later"])
    print(f"grown: {', '.join(found) or 'nothing'}")
    return 1 if found else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m chaos.soak", description=__doc__)
    parser.add_argument("--answers", type=int, default=10_000)
    parser.add_argument("--visitors", type=int, default=48, help="how many ask at a time")
    given = parser.parse_args()
    sys.exit(asyncio.run(_main(given.answers, given.visitors)))
