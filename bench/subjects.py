"""What is measured: anything that can be asked a prompt and then shows an answer grow."""

import asyncio
from typing import Protocol

from bench.model import Prompt
from bench.process import Process


class Answer(Protocol):
    """One answer as a client sees it; times as `perf_counter_ns()`."""

    prompt: Prompt
    first: asyncio.Event

    @property
    def sent(self) -> int:
        """When it was asked for."""

    def send(self) -> None:
        """Ask; what is slow and not to be measured has been done before."""

    def stop(self) -> int:
        """Ask for its end; gives the time just before."""

    async def end(self) -> None:
        """Return when it has ended."""

    def arrivals(self) -> list[tuple[int, int]]:
        """When how many tokens of the answer were there."""

    def problem(self) -> str:
        """What is wrong with the answer; "" if it is exactly the expected one."""


class Subject(Protocol):
    """A server between the clients and the model."""

    name: str
    process: Process

    async def prepare(self, prompt: Prompt, person: int) -> Answer:
        """An answer that can be asked for, in the name of the person of this number."""
