"""The upstream: the demo model as a process of its own, and what it says of each request."""

import asyncio
import bisect
import itertools
import json
import urllib.parse
import urllib.request
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from pathlib import Path
from typing import Any

from bench.process import Process, environment, free_port, python
from chat.demo.generated import expected_text
from chat.demo.tokens import cut

_numbers = itertools.count(1)


@dataclass(frozen=True)
class Prompt:
    """What the demo model is asked: so many tokens at so many a second (0: as fast as it goes)."""

    tokens: int
    rate: int
    hold: int = 0
    seed: int = 0
    tag: str = ""

    @classmethod
    def new(cls, tokens: int, rate: int, *, hold: int = 0) -> "Prompt":
        """A prompt with a tag and a text of its own."""
        number = next(_numbers)
        return cls(tokens, rate, hold, seed=number % 24, tag=f"bench-{number}")

    @property
    def text(self) -> str:
        """The words to send."""
        return (
            f"bench rate={self.rate} tokens={self.tokens} hold={self.hold} "
            f"seed={self.seed} stamps=1 tag={self.tag}"
        )

    @cached_property
    def answer(self) -> str:
        """The answer's text."""
        return expected_text(self.tokens, self.seed)

    @cached_property
    def _ends(self) -> list[int]:
        return list(accumulate(map(len, cut(self.answer))))

    def tokens_in(self, characters: int) -> int:
        """How many whole tokens the first `characters` characters of the answer hold."""
        return bisect.bisect_right(self._ends, characters)


@dataclass(frozen=True)
class Request:
    """What the model saw of one request; times as `perf_counter_ns()`."""

    tag: str
    received: int
    stamps: list[int]
    closed: int | None


class Model:
    """The running demo model."""

    def __init__(self, directory: Path) -> None:
        port = free_port()
        self.base_url = f"http://127.0.0.1:{port}/v1"
        self.port = port
        self.process = Process(
            python("-m", "chat.demo", "--port", str(port)),
            directory / "model.log",
            environment(),
        )
        self.process.wait_for(f"{self.base_url}/models")

    async def requests(self, tags: set[str]) -> dict[str, Request]:
        """The requests with these tags and the time of each of their tokens."""
        found = await self._log(stamps="1")
        return {r["tag"]: _request(r) for r in found if r["tag"] in tags}

    async def request(self, tag: str, state: str) -> Request:
        """The request with this tag once it is in a state: received, content, held or ended."""
        found = await self._log(tag=tag, wait=state)
        if not found:
            raise TimeoutError(f"the model saw no request {tag} that has {state}")
        return _request(found[-1])

    async def go(self, tag: str) -> None:
        """Let the request with this tag go on after its hold."""
        await asyncio.to_thread(self._read, f"/demo/go?tag={tag}", b"")

    async def _log(self, **query: str) -> list[dict[str, Any]]:
        found = await asyncio.to_thread(self._read, f"/demo/log?{urllib.parse.urlencode(query)}")
        requests: list[dict[str, Any]] = found["requests"]
        return requests

    def _read(self, path: str, body: bytes | None = None) -> Any:
        address = f"http://127.0.0.1:{self.port}{path}"
        with urllib.request.urlopen(address, body, timeout=60) as response:
            return json.load(response)


def _request(record: dict[str, Any]) -> Request:
    return Request(record["tag"], record["received"], record["stamps"], record["closed_by_client"])
