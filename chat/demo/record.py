"""What happened to each request: read by tests and by the benchmark at /demo/log."""

import asyncio
import itertools
from array import array
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from time import perf_counter_ns
from typing import Any

KEPT = 1000
STAMPS_KEPT = 20_000
STATES = ("received", "content", "held", "ended")


@dataclass(slots=True)
class Record:
    """One completion request; times are `time.perf_counter_ns()`, the same in all processes here.

    `began` is its first byte, `received` its last. `ended_by` is `server` (an answer or its fault
    was complete), `client` (seen to close the connection at `closed_by_client`) or `limit`.
    """

    number: int
    began: int
    received: int
    tag: str = ""
    model: str = ""
    status: int | None = None
    first_byte: int | None = None
    first_content: int | None = None
    last_chunk: int | None = None
    closed_by_client: int | None = None
    ended: int | None = None
    ended_by: str = ""
    held: bool = False
    chunks: int = 0
    tokens: int = 0
    stamps: "array[int]" = field(default_factory=lambda: array("q"))

    def json(self, *, stamps: bool = False) -> dict[str, Any]:
        """Return JSON-able values; the sending time of every token only if asked for."""
        fields = {name: getattr(self, name) for name in self.__slots__}
        fields["stamps"] = list(self.stamps) if stamps else []
        return fields

    def has(self, state: str) -> bool:
        """Return whether the request has come to this state."""
        if state == "held":
            return self.held
        return {
            "received": True,
            "content": self.first_content is not None,
            "ended": self.ended is not None,
        }[state]


class Log:
    """The last records, and those who wait for something to happen to one."""

    def __init__(self) -> None:
        self.records: deque[Record] = deque(maxlen=KEPT)
        self._numbers = itertools.count(1)
        self._waiting: set[asyncio.Event] = set()

    def begin(self, began: int) -> Record:
        """Add a record of a request whose last byte has just been read."""
        record = Record(next(self._numbers), began or perf_counter_ns(), perf_counter_ns())
        self.records.append(record)
        return record

    def tell(self) -> None:
        """Wake those who wait: a record came to a new state."""
        for event in self._waiting:
            event.set()

    def find(self, wanted: Callable[[Record], bool]) -> list[Record]:
        """Return the records, oldest first, for which `wanted` is true."""
        return [record for record in self.records if wanted(record)]

    async def wait(self, wanted: Callable[[Record], bool], seconds: float) -> list[Record]:
        """Return the wanted records as soon as there is one, or none after so many seconds."""
        event = asyncio.Event()
        self._waiting.add(event)
        try:
            async with asyncio.timeout(seconds):
                while not (found := self.find(wanted)):
                    event.clear()
                    await event.wait()
                return found
        except TimeoutError:
            return []
        finally:
            self._waiting.discard(event)


def as_json(records: Iterable[Record], *, stamps: bool = False) -> dict[str, Any]:
    """Return what /demo/log says."""
    requests = [record.json(stamps=stamps) for record in records]
    return {"now": perf_counter_ns(), "requests": requests}
