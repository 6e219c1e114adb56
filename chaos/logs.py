"""Errors in the logs of the app processes that no named outage explains."""

import re
import time
from dataclasses import dataclass
from pathlib import Path

from .outages import Plan

RECORD = re.compile(
    r"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d),(\d{3}) (DEBUG|INFO|WARNING|ERROR|CRITICAL) "
)
SAYS = re.compile(r"Traceback|Unhandled|Exception ignored|never (awaited|retrieved)")
START = "Chatsite is at "
ALLOWED = (
    # While PostgreSQL is away, and until a pool has noticed that each of its connections is gone.
    ("postgres", 20.0, re.compile(r"django\.db\.utils\.(OperationalError|InterfaceError): ")),
    ("postgres", 20.0, re.compile(r"psycopg\.(OperationalError|errors\.AdminShutdown): ")),
    ("redis", 3.0, re.compile(r"redis\.exceptions\.(ConnectionError|TimeoutError|BusyLoading)")),
)
"""The outage, how many seconds after its end, and how the last error of such a record begins."""


@dataclass
class Record:
    """A log record with its traceback."""

    at: float
    level: str
    lines: list[str]

    @property
    def is_problem(self) -> bool:
        """Whether it tells of an error."""
        if self.level in ("ERROR", "CRITICAL"):
            return True
        return any(SAYS.search(line) for line in self.lines)


def records(log: Path) -> list[Record]:
    """The records of a log; what was printed without a time goes with the one before."""
    found = [Record(0.0, "INFO", [])]
    for line in log.read_text(errors="replace").splitlines():
        if head := RECORD.match(line):
            at = time.mktime(time.strptime(head[1], "%Y-%m-%d %H:%M:%S")) + int(head[2]) / 1000
            found.append(Record(at, head[3], []))
        found[-1].lines.append(line)
    return found


def complaints(log: Path, plan: Plan) -> tuple[list[Record], int]:
    """The errors that nothing explains, and how many were explained by an outage."""
    problems = [record for record in records(log) if record.is_problem]
    unexplained = [record for record in problems if not _explained(record, plan)]
    return unexplained, len(problems) - len(unexplained)


def _explained(record: Record, plan: Plan) -> bool:
    said = (line for line in reversed(record.lines) if line[:1].strip() and START not in line)
    last = next(said, "")
    return any(
        pattern.match(last) and plan.away(service, record.at - after, record.at + 0.5)
        for service, after, pattern in ALLOWED
    )
