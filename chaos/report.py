"""A result in words."""

import time
from collections.abc import Sequence

from bench.quantiles import percentile

from .counts import GOALS
from .run import Result

CASES = 12
TIMELINES = 3
LINES = 70


def text(result: Result) -> str:
    """What was done, what was counted, how long things took, and what grew."""
    lines = [f"\nSEED={result.setting.seed}: {result.plan.done.total()} faults"]
    lines += [f"  {number:5} {name}" for name, number in result.plan.done.most_common()]
    lines += [
        f"{result.generations} generations in {result.conversations} conversations",
        f"{result.connects} connects, {result.frames} frames",
        f"endings: {result.times.statuses}",
        "",
    ]
    lines += [f"  {result.counts.of[goal]:5} {goal}" for goal in GOALS]
    lines += ["", *_times(result), "", *result.growth]
    return "\n".join(lines)


def failure(result: Result) -> str:
    """The first cases, with the timeline of their conversations."""
    lines = [f"SEED={result.setting.seed} was not all zero:"]
    told: list[str] = []
    for goal, what, conversation in result.counts.cases[:CASES]:
        lines.append(f"- {goal}: {what} {conversation}")
        if conversation in result.timelines and conversation not in told:
            told.append(conversation)
    for conversation in told[:TIMELINES]:
        lines += ["", f"Conversation {conversation}:"]
        lines += _timeline(result, result.timelines[conversation])
    return "\n".join(lines)


def _times(result: Result) -> list[str]:
    times = result.times
    elsewhere = [took for took, other, _ in result.stops if other]
    calm = [took for took, other, quiet in result.stops if other and quiet]
    here = [took for took, other, _ in result.stops if not other]
    return [
        f"kill -9 to the honest ending, s: {_spread(times.kill_to_ending)}",
        f"longest time without text in an answer, s: {_spread(result.silences)}",
        f"stop to upstream closed, ms: same process {_spread(here)}",
        f"  other process, nothing else broken {_spread(calm)}",
        f"  other process, all {_spread(elsewhere)}",
        f"died while Redis was without its log (only checkpoints count): {times.double_faults}",
        f"errors in logs that an outage explains: {result.excused}",
    ]


def _spread(values: Sequence[float]) -> str:
    if not values:
        return "none"
    ordered = sorted(values)
    shares = " ".join(f"p{n}={percentile(ordered, n / 100):.1f}" for n in (50, 95, 99))
    return f"n={len(ordered)} {shares} max={ordered[-1]:.1f}"


def _timeline(result: Result, own: list[tuple[float, str]]) -> list[str]:
    first, last = own[0][0] - 5, own[-1][0] + 5
    faults = [(at, f"* {what}") for at, what in result.plan.lines if first < at < last]
    both = sorted([*faults, *own])
    return [f"  {_clock(at)} {what}" for at, what in both[-LINES:]]


def _clock(at: float) -> str:
    return time.strftime("%H:%M:%S", time.localtime(at)) + f".{int(at % 1 * 1000):03}"
