"""The results of several runs: printed, kept as JSON, and written into the documentation."""

import json
import os
import platform
import time
from dataclasses import dataclass
from pathlib import Path

from bench.goals import COLUMNS, LINES, SUBJECTS, Line, shown
from bench.process import ROOT
from bench.quantiles import median
from bench.rig import Metrics

RESULTS = ROOT / "bench" / "results"
DOCUMENT = ROOT / "docs" / "performance.md"
BEGIN, END = "<!-- figures: written by `make bench` -->", "<!-- end of the figures -->"


@dataclass(frozen=True)
class Figure:
    """The median of some runs, and the least and the most."""

    median: float
    least: float
    most: float

    def __str__(self) -> str:
        if self.least == self.most:
            return shown(self.median)
        return f"{shown(self.median)} ({shown(self.least)}–{shown(self.most)})"


def figures(runs: list[Metrics]) -> dict[str, Figure]:
    """Every metric of some runs."""
    values = {name: [run[name] for run in runs if name in run] for run in runs for name in run}
    return {name: Figure(median(each), min(each), max(each)) for name, each in values.items()}


def lines(found: dict[str, Figure]) -> list[tuple[Line, Figure, str]]:
    """The lines for which there is a figure, and whether it is good enough."""
    known = [(line, found[line.metric]) for line in LINES if line.metric in found]
    return [(line, figure, line.mark(figure.median)) for line, figure in known]


def text(found: dict[str, Figure]) -> str:
    """The lines for a terminal."""
    rows = [
        f"{line.says:<52} {figure!s:>24} {line.unit:<9} {line.limit(line.must):>9} {mark}".rstrip()
        for line, figure, mark in lines(found)
    ]
    return "\n".join(rows)


def markdown(found: dict[str, Figure], runs: int) -> str:
    """The tables for the documentation."""
    rows = [
        f"Median of {runs} runs (least–most).",
        "",
        "| | | must | goal | |",
        "|---|---|---|---|---|",
    ]
    rows += [
        f"| {line.says} | {figure} {line.unit} | {line.limit(line.must)} "
        f"| {line.limit(line.goal)} | {mark} |"
        for line, figure, mark in lines(found)
    ]
    rows += ["", f"| | {' | '.join(SUBJECTS)} |", "|---" * (len(SUBJECTS) + 1) + "|"]
    for says, metric in COLUMNS:
        cells = [found.get(f"{subject}/{metric}") for subject in SUBJECTS]
        if any(cells):
            rows.append(f"| {says} | {' | '.join(str(cell or '–') for cell in cells)} |")
    foreign = "".join(
        f" {who} used {_most(found, share):.0%} of a core at most."
        for who, share in (("The model", "model"), ("The clients", "clients"), ("Others", "others"))
    )
    first = os.sched_getscheduler(0) != os.SCHED_OTHER
    priority = " Measured at real-time priority." if first else ""
    rows += ["", f"Machine: {machine()}{foreign}{priority}"]
    return "\n".join(rows)


def machine() -> str:
    """What this was measured on."""
    info = Path("/proc/cpuinfo").read_text()
    names = [line.partition(":")[2].strip() for line in info.splitlines() if "model name" in line]
    return (
        f"{names[0] if names else platform.machine()}, {os.cpu_count()} cores, "
        f"Linux {platform.release()}, Python {platform.python_version()}."
    )


def save(runs: list[Metrics], problems: list[str]) -> Path:
    """Write the JSON result; gives where."""
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{time.strftime('%Y%m%d-%H%M%S')}.json"
    result = {"machine": machine(), "load": os.getloadavg(), "runs": runs, "problems": problems}
    path.write_text(json.dumps(result, indent=1))
    return path


def document(found: dict[str, Figure], runs: int) -> None:
    """Put the tables into the documentation, between their marks."""
    before, _, rest = DOCUMENT.read_text().partition(BEGIN)
    after = rest.partition(END)[2]
    DOCUMENT.write_text(f"{before}{BEGIN}\n\n{markdown(found, runs)}\n\n{END}{after}")


def _most(found: dict[str, Figure], who: str) -> float:
    shares = [found[name].median for name in found if name.endswith(f"/share/{who}")]
    return max(shares, default=0.0)
