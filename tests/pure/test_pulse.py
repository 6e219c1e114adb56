"""The pulse of a process: who writes waits while it is weak."""

import asyncio

from chat.pulse import Pulse


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


async def test_it_is_weak_when_the_last_confirmed_heartbeat_is_too_old() -> None:
    clock = Clock()
    pulse = Pulse(10, clock)
    clock.now += 10
    assert not pulse.weak
    await pulse.strong()
    clock.now += 0.1
    assert pulse.weak


async def test_whoever_waits_goes_on_after_a_heartbeat_that_began_lately() -> None:
    clock = Clock()
    pulse = Pulse(10, clock)
    clock.now += 15
    waiting = [asyncio.create_task(pulse.strong()) for _ in range(3)]
    await asyncio.sleep(0)
    # One that slept on its way says nothing of now.
    pulse.confirm(clock.now - 11)
    for _ in range(3):
        await asyncio.sleep(0)
    assert not any(task.done() for task in waiting)
    pulse.confirm(clock.now)
    await asyncio.gather(*waiting)
    assert not pulse.weak
