"""So many answers at once, each at 50 tokens a second: what a delta costs, how late it is shown."""

import asyncio
import random

from bench.goals import SDK
from bench.meter import Meter, Usage
from bench.model import Prompt, Request
from bench.page import visible
from bench.quantiles import median, percentile
from bench.rig import Metrics, Rig
from bench.subjects import Answer, Subject

RATE = 50
# Beginning and ending cost more than streaming: not all at once, and none within the window.
SPREAD_EACH, BEGUN_EACH = 0.01, 0.04
SETTLE = 1.0
SECONDS = 5.0
# The byte relays are compared at every number up to this, the SDK's up to that of its own end.
COMPARED, COMPARED_SDK = 200, 100
PROMPT = 150.0


async def measure(rig: Rig, seconds: float = 0) -> Metrics:
    """Every subject with every number of streams, one after the other."""
    metrics: Metrics = {}
    seconds = seconds or (3.0 if rig.quick else SECONDS)
    for count in rig.streams:
        for subject in _compared(rig, count):
            metrics |= await _measure(rig, subject, count, seconds)
        _compare(metrics, count)
    in_time = [count for count in rig.streams if metrics[f"Chatsite/{count}/p99"] <= PROMPT]
    return metrics | {"holds": float(max(in_time, default=0))}


def _compared(rig: Rig, count: int) -> list[Subject]:
    """The site, and whom it is compared with at this number of streams."""
    most = {SDK: COMPARED_SDK, rig.site.name: count}
    return [subject for subject in rig.subjects if count <= most.get(subject.name, COMPARED)]


async def _measure(rig: Rig, subject: Subject, count: int, seconds: float) -> Metrics:
    tokens = round(RATE * (BEGUN_EACH * count + SETTLE + seconds + rig.slack))
    async with Streams(rig, subject, count, tokens) as streams:
        await asyncio.sleep(SETTLE)
        meter = Meter(subject.process, rig.model.process)
        await asyncio.sleep(seconds)
        usage = meter.read()
    requests = await rig.model.requests({a.prompt.tag for a in streams.answers})
    unasked = sum(answer.prompt.tag not in requests for answer in streams.answers)
    if unasked and subject is not rig.site:
        rig.say(f"  {subject.name}/{count}: overwhelmed, never asked for {unasked} of the answers")
        return {}
    begins, ends = meter.began, meter.began + round(usage.wall * 1e9)
    over = sum(request.stamps[-1] < ends for request in requests.values())
    if over:
        rig.say(f"  {subject.name}/{count}: {over} answers ended too early, begun too slowly")
    late = [
        each
        for answer in streams.answers
        for each in lateness(answer, requests[answer.prompt.tag], begins, ends)
    ]
    if not late and subject is not rig.site:
        rig.say(f"  {subject.name}/{count}: overwhelmed, read nothing that was sent meanwhile")
        return {}
    updates = sum(begins <= at < ends for answer in streams.answers for at, _ in answer.arrivals())
    return _metrics(rig, f"{subject.name}/{count}", late, updates, usage)


def _metrics(
    rig: Rig, name: str, late: list[tuple[float, bool]], updates: int, usage: Usage
) -> Metrics:
    added = [milliseconds for milliseconds, visible in late if visible]
    cost = usage.server / len(late) * 1e6
    shares = {
        "server": usage.server,
        "model": usage.model,
        "clients": usage.clients,
        "others": usage.others,
    }
    said = ", ".join(f"{who} {cpu / usage.wall:.0%}" for who, cpu in shares.items())
    rig.say(
        f"  {name}: {len(late)} deltas, {cost:.0f} µs each, added p50 {median(added):.1f} "
        f"p99 {percentile(added, 0.99):.1f} ms; CPU: {said}"
    )
    return {
        f"{name}/cost": cost,
        f"{name}/loop": usage.loop / len(late) * 1e6,
        f"{name}/p50": median(added),
        f"{name}/p99": percentile(added, 0.99),
        f"{name}/max": max(added),
        f"{name}/p99/all": percentile([milliseconds for milliseconds, _ in late], 0.99),
        f"{name}/visible": len(added) / len(late),
        f"{name}/updates": updates / usage.wall / 1000,
        f"{name}/coalesced": len(late) / updates,
        f"{name}/cost/update": usage.server / updates * 1e6,
        **{f"{name}/share/{who}": cpu / usage.wall for who, cpu in shares.items()},
    }


def _compare(metrics: Metrics, count: int) -> None:
    ours = metrics[f"Chatsite/{count}/cost"]
    for name in [name for name in metrics if name.endswith(f"/{count}/cost")]:
        subject = name.split("/", 1)[0]
        if subject != "Chatsite":
            metrics[f"ratio/{subject}/{count}"] = ours / metrics[name]


def lateness(answer: Answer, request: Request, begins: int, ends: int) -> list[tuple[float, bool]]:
    """By how many milliseconds each token that was sent between two times was late to be shown.

    With it comes whether it shows anything by itself. One never shown raises LookupError.
    """
    late: list[tuple[float, bool]] = []
    arrivals = iter(answer.arrivals())
    shown_at, shown = 0, 0
    tokens = zip(request.stamps, visible(answer.prompt.answer), strict=True)
    for number, (sent, alone) in enumerate(tokens, 1):
        while shown < number:
            step = next(arrivals, None)
            if step is None:
                raise LookupError(f"token {number} of {answer.prompt.text} was never shown")
            shown_at, shown = step
        if begins <= sent < ends:
            late.append(((shown_at - sent) / 1e6, alone))
    return late


class Streams:
    """Answers that are being written while this context is open; checked at its end."""

    def __init__(self, rig: Rig, subject: Subject, count: int, tokens: int) -> None:
        self.answers: list[Answer] = []
        self._rig, self._subject = rig, subject
        self._count, self._tokens = count, tokens

    async def __aenter__(self) -> "Streams":
        for person in range(self._count):
            prompt = Prompt.new(self._tokens, RATE)
            self.answers.append(await self._subject.prepare(prompt, person))
        # In no order, and at no multiple of the pace.
        order = random.sample(self.answers, self._count)
        for answer in order:
            answer.send()
            await asyncio.sleep(SPREAD_EACH * random.uniform(0.5, 1.5))  # noqa: S311
        await asyncio.gather(*(answer.first.wait() for answer in self.answers))
        return self

    async def __aexit__(self, *failed: object) -> None:
        await asyncio.gather(*(answer.end() for answer in self.answers))
        self._rig.check(self._subject, self.answers)
