"""A tab that comes back while an answer of 10,000 tokens is being written."""

from time import perf_counter_ns

from bench.meter import Meter
from bench.model import Prompt
from bench.quantiles import median
from bench.rig import Metrics, Rig

SHOWN = 10_000
# Of the last line it may not be clear yet what it will be.
UNCLEAR = 40
PERSON = 0


async def measure(rig: Rig) -> Metrics:
    """Connect again and again while the model pauses behind its 10,000th token."""
    prompt = Prompt.new(SHOWN + 100, 0, hold=SHOWN)
    answer = await rig.site.prepare(prompt, PERSON)
    answer.send()
    await rig.model.request(prompt.tag, "held")
    await answer.shows(SHOWN - UNCLEAR)
    times, sizes = [], []
    meter = Meter(rig.site.process, rig.model.process)
    for _ in range(5 if rig.quick else 20):
        began = perf_counter_ns()
        tab = await rig.site.open(answer.tab.conversation, PERSON)
        times.append((tab.frames[0][0] - began) / 1e6)
        sizes.append(tab.bytes)
        tab.socket.abort()
    usage = meter.read()
    await rig.model.go(prompt.tag)
    await answer.end()
    rig.check(rig.site, [answer])
    loop = usage.loop / len(times) * 1000
    rig.say(
        f"  snapshot: {median(times):.1f} ms, {loop:.1f} ms of the loop, {sizes[0] / 1e3:.0f} kB"
    )
    return {"snapshot/ms": median(times), "snapshot/max": max(times), "snapshot/loop": loop}
