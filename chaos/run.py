"""One run: a site, tabs that talk, faults for a bounded time, and then the truth."""

import asyncio
import contextlib
import random
import shutil
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from . import growth, logs
from .counts import Counts
from .drive import Pace, Room
from .faults import HEAVY, LIGHT, ORDERLY, Faults
from .outages import Plan
from .site import Site
from .verify import Times, Verifier

LOOK_SECONDS = 1.0
READ_SECONDS = 20.0
CALM_SECONDS = 5.0


@dataclass
class Setting:
    """What to do, and how hard."""

    seed: int
    seconds: float = 120
    faults: int = 0
    """End after so many; 0: only the time counts."""
    only: frozenset[str] = frozenset()
    rooms: int = 50
    people: int = 10
    heavy_pause: float = 4.0
    light_pause: float = 0.6
    pace: Pace = field(default_factory=Pace)
    slowness: float = 1.0
    """How many times longer than on a quiet machine things may take."""


@dataclass
class Result:
    """What came of it."""

    setting: Setting
    counts: Counts
    plan: Plan
    times: Times
    growth: list[str]
    stops: list[tuple[float, bool, bool]]
    """Milliseconds from Stop to the closed upstream, whether elsewhere, whether calm."""
    generations: int
    connects: int
    frames: int
    silences: list[float]
    """The longest time without text in each answer, as each tab saw it, in seconds."""
    conversations: int
    excused: int
    timelines: dict[str, list[tuple[float, str]]]


class Run:
    """A run under way."""

    def __init__(self, setting: Setting, directory: Path, say: Callable[[str], None]) -> None:
        self.setting, self.say = setting, say
        self.counts, self.plan = Counts(), Plan()
        self.site = Site(directory)
        self.chance = random.Random(setting.seed)
        self.verifier = Verifier(self.site, self.plan, self.counts, setting.slowness)
        self.rooms: list[Room] = []
        self.growth: list[str] = []
        self.requests: dict[int, dict[str, Any]] = {}
        self._timelines: dict[str, list[tuple[float, str]]] = {}
        self._going = True

    async def go(self) -> Result:
        """Do it all; the site is gone afterwards."""
        try:
            await self.site.start(self.setting.people)
            await self._drive()
            excused = self._read_logs()
        finally:
            await self.site.end()
        return self._result(excused)

    async def _drive(self) -> None:
        setting = self.setting
        self.rooms = [
            Room(n, self.site, self.counts, random.Random(self.chance.random()), setting.pace)
            for n in range(setting.rooms)
        ]
        self.plan.lines.append((time.time(), "the tabs open"))
        talking = [
            asyncio.create_task(room.run(lambda: self._going, self._verify)) for room in self.rooms
        ]
        beside = [asyncio.create_task(work) for work in (self._look(), self._read_requests())]
        await asyncio.sleep(CALM_SECONDS)
        await self._measure("start")
        await self._break()
        self._going = False
        self.say("Healing, and waiting for the last endings")
        await asyncio.gather(*talking)
        for task in beside:
            task.cancel()
        await asyncio.gather(*beside, return_exceptions=True)
        await self._remember_requests()
        await self._measure("end")

    async def _break(self) -> None:
        setting = self.setting
        faults = Faults(self.site, self.rooms, self.plan, random.Random(self.chance.random()))
        asked = setting.only or LIGHT.keys() | HEAVY.keys()
        light, heavy = (
            {name: n for name, n in kinds.items() if name in asked}
            for kinds in (LIGHT, HEAVY | ORDERLY)
        )
        causing = [
            asyncio.create_task(faults.keep_causing(light, setting.light_pause)),
            asyncio.create_task(faults.keep_causing(heavy, setting.heavy_pause)),
        ]
        began, middle = time.monotonic(), False
        while (passed := time.monotonic() - began) < setting.seconds:
            if setting.faults and self.plan.done.total() >= setting.faults:
                break
            if not middle and passed > setting.seconds / 2:
                middle = True
                await self._measure("middle")
            await asyncio.sleep(LOOK_SECONDS)
        for task in causing:
            task.cancel()
        await asyncio.gather(*causing, return_exceptions=True)
        await faults.heal()

    async def _look(self) -> None:
        said, told = time.monotonic(), 0
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            now = time.monotonic()
            for goal, what, conversation in self.counts.cases[told:]:
                self.say(f"! {goal}: {what} {conversation}")
            told = len(self.counts.cases)
            for room in self.rooms:
                for tab in room.tabs:
                    tab.look(now)
            if now - said > 15:
                said = now
                self.say(self._progress())

    def _progress(self) -> str:
        tabs = [tab for room in self.rooms for tab in room.tabs]
        running = sum(room.talk.running is not None for room in self.rooms)
        return (
            f"{self.plan.done.total()} faults, {sum(tab.whole for tab in tabs)} of {len(tabs)} "
            f"tabs whole, {running} answers running, {self.verifier.verified} conversations "
            f"verified, violations: {dict(self.counts.of)}"
        )

    async def _verify(self, room: Room) -> None:
        await self.verifier.verify(room)
        if any(case[2] == room.talk.name for case in self.counts.cases):
            self._timelines[room.talk.name] = room.talk.timeline

    async def _measure(self, when: str) -> None:
        line = f"{when}: {await growth.measure(self.site)}"
        self.growth.append(line)
        self.say(line)

    async def _read_requests(self) -> None:
        while True:
            await asyncio.sleep(READ_SECONDS)
            await self._remember_requests()

    async def _remember_requests(self) -> None:
        with contextlib.suppress(OSError):
            self.requests |= {each["number"]: each for each in await self.site.requests()}

    def _read_logs(self) -> int:
        excused = 0
        for app in self.site.apps:
            found, explained = logs.complaints(app.log, self.plan)
            excused += explained
            for record in found:
                self.counts.note("errors in logs", "\n".join([app.name, *record.lines[:40]]))
        return excused

    def _stops(self) -> list[tuple[float, bool, bool]]:
        closed: dict[str, list[int]] = {}
        for request in self.requests.values():
            if request["closed_by_client"]:
                closed.setdefault(request["tag"], []).append(request["closed_by_client"])
        took = []
        for tag, at, saved, elsewhere, calm in self.verifier.times.stops:
            # An answer that is written anew has the same tag.
            after = [moment for moment in closed.get(tag, []) if at <= moment <= saved]
            if after:
                took.append(((min(after) - at) / 1e6, elsewhere, calm))
        return took

    def _result(self, excused: int) -> Result:
        return Result(
            setting=self.setting,
            counts=self.counts,
            plan=self.plan,
            times=self.verifier.times,
            growth=self.growth,
            stops=self._stops(),
            generations=sum(room.generations for room in self.rooms),
            connects=sum(room.connects for room in self.rooms),
            frames=sum(room.frames for room in self.rooms),
            silences=[silence for room in self.rooms for silence in room.silences],
            conversations=self.verifier.verified,
            excused=excused,
            timelines=self._timelines,
        )


async def run(setting: Setting, say: Callable[[str], None], keep: bool = False) -> Result:
    """Run in a directory of its own, which is kept if anything was counted and `keep` is set."""
    directory = Path(tempfile.mkdtemp(prefix="chatsite-chaos-"))
    try:
        result = await Run(setting, directory, say).go()
    except BaseException:
        say(f"The logs are in {directory}")
        raise
    if keep and not result.counts.all_zero:
        say(f"The logs are in {directory}")
    else:
        shutil.rmtree(directory, ignore_errors=True)
    return result
