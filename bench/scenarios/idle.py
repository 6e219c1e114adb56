"""How long the server takes to start, and what a tab costs that only looks on."""

import asyncio
import uuid

from bench.rig import Metrics, Rig

TABS = 2000


async def measure(rig: Rig) -> Metrics:
    """Open many tabs of different people, wait, and let them go; in the first run only."""
    if rig.answers:
        # Memory that was used once is used again: only a new server tells what a tab needs.
        return {}
    count = TABS // 10 if rig.quick else TABS
    before = rig.site.process.memory()
    tabs = [await rig.site.open(uuid.uuid4(), person) for person in range(count)]
    await asyncio.sleep(1)
    each = (rig.site.process.memory() - before) * 1000 / count
    for tab in tabs:
        tab.socket.abort()
    rig.say(
        f"  start {rig.site.start:.1f} s, {before:.0f} MB; {count} idle tabs: {each:.0f} kB each"
    )
    return {"site/start": rig.site.start, "site/memory": before, "site/tab": each}
