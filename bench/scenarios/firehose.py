"""One answer of 10,000 deltas as fast as the model can send it."""

import asyncio

from bench.meter import Meter
from bench.model import Prompt
from bench.page import shown
from bench.process import Process
from bench.rig import Metrics, Rig
from bench.scenarios.stall import Pings
from bench.site import Site
from bench.subjects import Subject

TOKENS = 10_000


async def measure(rig: Rig) -> Metrics:
    """Every subject; of the site also what goes to the tab, and for how long its loop was busy."""
    metrics: Metrics = {}
    for subject in rig.subjects:
        metrics |= await _measure(rig, subject, subject.process)
    return metrics | await _site(rig, rig.site)


async def _measure(rig: Rig, subject: Subject, process: Process) -> Metrics:
    prompt = Prompt.new(TOKENS, 0)
    answer = await subject.prepare(prompt, 0)
    meter = Meter(process, rig.model.process)
    answer.send()
    await answer.end()
    usage = meter.read()
    request = (await rig.model.requests({prompt.tag}))[prompt.tag]
    last = next(at for at, tokens in answer.arrivals() if tokens == TOKENS)
    rate = TOKENS / (last - request.stamps[0]) * 1e9
    rig.check(subject, [answer])
    rig.say(f"  {subject.name}: {rate:,.0f} deltas/s, {usage.server / TOKENS * 1e6:.0f} µs each")
    return {
        f"{subject.name}/firehose": rate,
        f"{subject.name}/firehose/cost": usage.server / TOKENS * 1e6,
    }


async def _site(rig: Rig, site: Site) -> Metrics:
    prompt = Prompt.new(TOKENS, 0)
    answer = await site.prepare(prompt, 0)
    async with Pings(site) as pings:
        await asyncio.sleep(0.2)
        answer.send()
        await answer.end()
    rig.check(site, [answer])
    ratio = answer.tab.bytes / len(shown([frame for _, frame in answer.tab.frames]).encode())
    rig.say(f"  Chatsite: longest wait of a ping {pings.longest:.0f} ms, {ratio:.1f} × the HTML")
    return {"firehose/stall": pings.longest, "firehose/bytes": ratio}
