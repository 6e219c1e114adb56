"""When which service was away, and what was done: a plan to read a failure by."""

import time
from collections import Counter
from dataclasses import dataclass, field


@dataclass
class Outage:
    """A time in which a service was cut, away or without its data."""

    service: str
    since: float
    loses: bool = False
    until: float | None = None


@dataclass
class Plan:
    """All that was done."""

    done: Counter[str] = field(default_factory=Counter)
    lines: list[tuple[float, str]] = field(default_factory=list)
    outages: list[Outage] = field(default_factory=list)

    def note(self, kind: str, what: str = "") -> None:
        """A fault was caused."""
        self.done[kind] += 1
        self.lines.append((time.time(), f"{kind} {what}".strip()))

    def begin(self, service: str, *, loses: bool = False) -> Outage:
        """A service is about to be hurt, and perhaps to lose what it has."""
        outage = Outage(service, time.time(), loses)
        self.outages.append(outage)
        return outage

    def away(self, service: str, since: float, until: float, *, loses: bool = False) -> bool:
        """Whether a service was away, or lost what it had, at any moment of a time."""
        return any(
            outage.service == service
            and (outage.loses or not loses)
            and outage.since <= until
            and (outage.until is None or outage.until >= since)
            for outage in self.outages
        )
