"""One prompt at a time on an idle server: how soon the model is asked, and its first word shown."""

import asyncio

from bench.model import Prompt
from bench.quantiles import median, percentile
from bench.rig import Metrics, Rig
from bench.subjects import Subject


async def measure(rig: Rig, count: int = 0) -> Metrics:
    """Every subject, one after the other."""
    metrics: Metrics = {}
    for subject in rig.subjects:
        metrics |= await _measure(rig, subject, count or (10 if rig.quick else 30))
    return metrics


async def _measure(rig: Rig, subject: Subject, count: int) -> Metrics:
    asked, first = [], []
    for person in range(count):
        answer = await subject.prepare(Prompt.new(4, 50), person)
        await asyncio.sleep(0.02)
        answer.send()
        await answer.end()
        request = (await rig.model.requests({answer.prompt.tag}))[answer.prompt.tag]
        asked.append((request.received - answer.sent) / 1e6)
        first.append((answer.arrivals()[0][0] - request.stamps[0]) / 1e6)
        rig.check(subject, [answer])
    rig.say(
        f"  {subject.name}: model reached after {median(asked):.1f} ms, "
        f"first delta {median(first):.2f} ms"
    )
    return {
        f"{subject.name}/reached": median(asked),
        f"{subject.name}/reached/p99": percentile(asked, 0.99),
        f"{subject.name}/first": median(first),
        f"{subject.name}/first/p99": percentile(first, 0.99),
    }
