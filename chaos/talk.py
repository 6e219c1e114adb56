"""What was asked in one conversation, what must come of it, and what tabs were shown."""

import asyncio
import time
import uuid
from collections import defaultdict
from dataclasses import dataclass, field
from time import perf_counter_ns
from typing import Any

from chat import demo

UNFINISHED = ("queued", "running")


@dataclass
class Asked:
    """A command under its key."""

    type: str
    tag: str
    bench: str
    """What the model answers to the prompt itself."""
    expected: str
    since: float = field(default_factory=time.time)
    generations: set[int] = field(default_factory=set)


@dataclass
class Stopped:
    """Somebody pressed Stop: when (`perf_counter_ns`), and on which process's socket."""

    at: int
    port: int
    since: float = field(default_factory=time.time)


@dataclass
class Answer:
    """One generation, as it was seen."""

    id: int
    message: int
    asked: Asked
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    endings: set[str] = field(default_factory=set)
    stop: Stopped | None = None
    shown: int = 0
    """The most characters that a tab showed."""

    def show(self, position: int) -> None:
        """A tab shows so many characters."""
        self.shown = max(self.shown, position)


class Silences:
    """The longest time without text in each answer, as one tab sees it, in seconds."""

    def __init__(self) -> None:
        self.longest: defaultdict[int, float] = defaultdict(float)
        self._last: dict[int, float] = {}

    def end(self, generation: int) -> None:
        """Text came, or a page with all of it."""
        now = time.monotonic()
        silence = now - self._last.get(generation, now)
        self.longest[generation] = max(self.longest[generation], silence)
        self._last[generation] = now


class Talk:
    """A conversation."""

    def __init__(self, number: int, session: str) -> None:
        self.id = uuid.uuid4()
        self.number = number
        self.session = session
        self.asked: dict[str, Asked] = {}
        self.answers: dict[int, Answer] = {}
        self._endings: defaultdict[int, set[str]] = defaultdict(set)
        self.timeline: list[tuple[float, str]] = []
        self.turns = 0

    @property
    def name(self) -> str:
        """How its timeline is found."""
        return str(self.id)

    @property
    def running(self) -> Answer | None:
        """The last answer, while nobody has seen its end."""
        last = self.answers[max(self.answers)] if self.answers else None
        return last if last is not None and not last.ended.is_set() else None

    def tell(self, what: str) -> None:
        """Add a line to the timeline."""
        self.timeline.append((time.time(), what))

    def bench(self, key: str, tokens: int, rate: float, seed: int) -> str:
        """The prompt of a new question; remembers its answer."""
        tag = f"c{self.number}-{key[:8]}"
        text = demo.expected_text(tokens, seed)
        self.asked[key] = Asked("send", tag, text, text)
        return f"bench tokens={tokens} seed={seed} rate={rate:g} tag={tag}"

    def again(self, key: str, type: str, answer: Answer, saved: str) -> None:
        """Ask for another answer, or for the rest of one that was saved as `saved`."""
        before = answer.asked
        expected = before.bench
        if type == "continue" and saved:
            said = [{"role": "user", "content": "bench"}, {"role": "user", "content": "go on"}]
            expected = saved + demo.expected(said)
        self.asked[key] = Asked(type, before.tag, before.bench, expected)

    def acknowledged(self, ack: dict[str, Any]) -> Answer:
        """A command became a generation."""
        asked = self.asked[ack["key"]]
        id = ack["generation"]
        asked.generations.add(id)
        if id not in self.answers:
            self.answers[id] = Answer(id, ack["message"], asked, endings=self._endings[id])
            if self._endings[id]:
                self.answers[id].ended.set()
        return self.answers[id]

    def ended(self, generation: int, status: str) -> None:
        """A tab was shown the ending."""
        self._endings[generation].add(status)
        if answer := self.answers.get(generation):
            answer.ended.set()

    def stop(self, answer: Answer, port: int) -> None:
        """Remember the first Stop."""
        if answer.stop is None:
            answer.stop = Stopped(perf_counter_ns(), port)
