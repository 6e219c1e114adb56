"""Conversations that go on and on: somebody asks in one of the tabs, and waits for the end."""

import asyncio
import random
import time
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from .counts import Counts
from .site import Site
from .tab import Frame, Tab
from .talk import Answer, Talk

TURNS = 6
PATIENCE = 90.0
SAVED = "SELECT m.text FROM chat_message m WHERE m.id = %s"


@dataclass
class Pace:
    """How much is asked: tokens of an answer, tokens per second, seconds between; in how many."""

    tokens: tuple[int, int] = (40, 200)
    rate: tuple[float, float] = (10, 20)
    pause: float = 1.0
    tabs: int = 4


class Room:
    """The tabs of one conversation at a time."""

    def __init__(
        self, number: int, site: Site, counts: Counts, chance: random.Random, pace: Pace
    ) -> None:
        self.number = number
        self.tabs: list[Tab] = []
        self.twice = False
        self.asked = 0
        self.duplicates = 0
        self.generations = 0
        self.connects = 0
        self.frames = 0
        self.silences: list[float] = []
        self._site, self._counts, self._chance, self._pace = site, counts, chance, pace
        self._lives: list[asyncio.Task[None]] = []
        self._session = site.sessions[number % len(site.sessions)]
        self.talk = Talk(number, self._session)

    async def run(
        self, going: Callable[[], bool], verify: Callable[["Room"], Awaitable[None]]
    ) -> None:
        """Talk while it is `going`, and have every conversation verified at its end."""
        while going():
            await self.open()
            while going() and self.talk.turns < TURNS:
                await self.ask()
                await asyncio.sleep(self._pace.pause * self._chance.random())
            await verify(self)
            await self.close()

    async def open(self) -> None:
        """Open the tabs of a new conversation."""
        self.talk = Talk(self.number, self._session)
        port = self._site.nginx.port
        self.tabs = [
            Tab(port, self.talk, self._counts, self._chance) for _ in range(self._pace.tabs)
        ]
        self._lives = [asyncio.create_task(tab.live()) for tab in self.tabs]
        await self._until(lambda: any(tab.whole for tab in self.tabs), "a tab")

    async def close(self) -> None:
        """Close the tabs."""
        for life in self._lives:
            life.cancel()
        await asyncio.gather(*self._lives, return_exceptions=True)
        for tab in self.tabs:
            tab.drop()
        self.generations += len(self.talk.answers)
        self.connects += sum(tab.connects for tab in self.tabs)
        self.frames += sum(tab.frames for tab in self.tabs)
        self.silences += (each for tab in self.tabs for each in tab.silences.longest.values())
        self.tabs = []

    async def ask(self) -> None:
        """Give one command, and wait for its ending."""
        key = str(uuid.UUID(int=self._chance.getrandbits(128), version=4))
        command = await self._command(key)
        tab = self._chance.choice([tab for tab in self.tabs if tab.whole] or self.tabs)
        self.talk.tell(f"{command['type']} {key[:8]} at {tab.served_by}")
        futures = [tab.command(key, **command)]
        if self.twice:
            self.twice = False
            self.duplicates += 1
            other = self._chance.choice([each for each in self.tabs if each is not tab])
            futures.append(other.command(key, **command))
        self.asked += 1
        try:
            async with asyncio.timeout(PATIENCE):
                answers = await asyncio.gather(*futures)
        except TimeoutError:
            self._violation("commands without an answer", f"{command['type']} {key}")
            return
        self.talk.turns += 1
        acks = [answer for answer in answers if answer["type"] == "ack"]
        if acks:
            await self._ending(key, acks)
        else:
            self.talk.tell(f"refused: {answers[0]['code']}")
            await asyncio.sleep(0.5)

    async def _ending(self, key: str, acks: list[Frame]) -> None:
        if len({ack["generation"] for ack in acks}) > 1:
            self._violation("keys that asked twice", f"{key}: {acks}")
        answer = self.talk.answers[acks[0]["generation"]]
        self.talk.tell(f"generation {answer.id} begins")
        began = time.time()
        try:
            async with asyncio.timeout(PATIENCE):
                await answer.ended.wait()
        except TimeoutError:
            self._violation("answers without an ending", f"generation {answer.id} in any tab")
        took = time.time() - began
        self.talk.tell(f"generation {answer.id} ends {sorted(answer.endings)} after {took:.1f} s")

    async def _command(self, key: str) -> Frame:
        last = self.talk.answers[max(self.talk.answers)] if self.talk.answers else None
        chance = self._chance.random()
        if last is not None and last.endings & {"stopped", "interrupted"} and chance < 0.5:
            return await self._again(key, "continue", last)
        if last is not None and chance > 0.92:
            return await self._again(key, "regenerate", last)
        tokens, rate = self._chance.randint(*self._pace.tokens), self._rate()
        prompt = self.talk.bench(key, tokens, rate, self._chance.randrange(20))
        return {"type": "send", "text": prompt}

    async def _again(self, key: str, type: str, last: Answer) -> Frame:
        (row,) = await self._site.rows(SAVED, last.message)
        self.talk.again(key, type, last, row["text"])
        return {"type": type, "message": last.message}

    def _rate(self) -> float:
        low, high = self._pace.rate
        return round(self._chance.uniform(low, high), 1)

    async def _until(self, true: Callable[[], bool], what: str) -> None:
        try:
            async with asyncio.timeout(PATIENCE):
                while not true():  # noqa: ASYNC110 - tabs tell nobody
                    await asyncio.sleep(0.1)
        except TimeoutError:
            self._violation("commands without an answer", f"{what} never came")

    def _violation(self, goal: str, what: str) -> None:
        self.talk.tell(f"{goal}: {what}")
        self._counts.note(goal, what, self.talk.name)
