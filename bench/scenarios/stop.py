"""Stop: from the client's command to the moment when the model sees its connection closed."""

import asyncio
import random

from bench.model import Prompt
from bench.quantiles import median, percentile
from bench.rig import Metrics, Rig
from bench.scenarios.streams import BEGUN_EACH, RATE, Streams
from bench.subjects import Answer

STOPS = 50
BESIDE = 200
STOP_SECONDS = 0.6


async def measure(rig: Rig) -> Metrics:
    """Stops on an idle server, and beside two hundred streams."""
    stops = 10 if rig.quick else STOPS
    metrics = _metrics(rig, "idle", [await _stop(rig, n) for n in range(stops)])
    tokens = round(RATE * (BEGUN_EACH * BESIDE + stops * STOP_SECONDS))
    async with Streams(rig, rig.site, BESIDE, tokens):
        busy = [await _stop(rig, BESIDE + n) for n in range(stops)]
    return metrics | _metrics(rig, str(BESIDE), busy)


async def _stop(rig: Rig, person: int) -> float:
    answer = await rig.site.prepare(Prompt.new(2000, RATE), person)
    answer.send()
    await answer.first.wait()
    await asyncio.sleep(random.uniform(0, 0.1))  # noqa: S311
    asked = answer.stop()
    await answer.end()
    request = await rig.model.request(answer.prompt.tag, "ended")
    rig.answers += 1
    if request.closed is None or not _is_partial(answer):
        rig.problems.append(f"stop of {answer.prompt.text}: no partial answer, or not closed")
        return float("inf")
    return (request.closed - asked) / 1e6


def _is_partial(answer: Answer) -> bool:
    """Whether less than the whole answer was shown."""
    return 0 < answer.arrivals()[-1][1] < answer.prompt.tokens


def _metrics(rig: Rig, name: str, times: list[float]) -> Metrics:
    p50, p99 = median(times), percentile(times, 0.99)
    rig.say(f"  stop, {name}: p50 {p50:.1f} p99 {p99:.1f} ms of {len(times)}")
    return {f"stop/{name}/p50": p50, f"stop/{name}/p99": p99}
