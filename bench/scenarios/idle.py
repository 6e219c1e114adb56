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
    first, start = rig.site.first_start, rig.site.start
    rig.say(
        f"  first start {first:.1f} s, start {start:.1f} s, {before:.0f} MB; "
        f"{count} idle tabs: {each:.0f} kB each"
    )
    return {"site/first": first, "site/start": start, "site/memory": before, "site/tab": each}
