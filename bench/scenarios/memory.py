"""What finished answers leave behind in the server's memory."""

import asyncio

from bench.rig import Metrics, Rig
from bench.scenarios.streams import Streams

ANSWERS, TOKENS = 200, 200
# The first answers fill what the allocator, the caches and the database keep anyway.
BEFORE = 2


async def measure(rig: Rig) -> Metrics:
    """Write many answers, and as many again; in the first run only."""
    if rig.run:
        return {}
    count = ANSWERS // 4 if rig.quick else ANSWERS
    sizes = [await _after(rig, count) for _ in range(BEFORE + 1)]
    left = sizes[-1] - sizes[-2]
    rig.say(f"  {count} answers leave {left:.1f} MB; {sizes[-1]:.0f} MB in all")
    return {"site/left": left, "site/memory/used": sizes[-1]}


async def _after(rig: Rig, count: int) -> float:
    async with Streams(rig, rig.site, count, TOKENS):
        pass
    await asyncio.sleep(1)
    return rig.site.process.memory()
