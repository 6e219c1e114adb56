"""What streaming costs, as ratios within one run: times depend on the machine, these hardly do.

The margins are wide (twice what is measured and more); what they catch is work that was added for
every delta or every frame.
"""

from collections.abc import Iterator

import pytest

from bench.goals import BYTES
from bench.model import Prompt
from bench.page import shown
from bench.rig import Rig, rig
from bench.scenarios import streams

STREAMS = 40


@pytest.fixture(scope="module")
def running() -> Iterator[Rig]:
    with rig(people=STREAMS, quick=True) as started:
        started.relays = [relay for relay in started.relays if relay.name == BYTES]
        yield started


async def test_a_delta_costs_hardly_more_than_passing_its_bytes_on(running: Rig) -> None:
    running.streams = (STREAMS,)
    metrics = await streams.measure(running, seconds=3.0)
    assert not running.problems
    assert metrics[f"ratio/{BYTES}/{STREAMS}"] < 3
    assert metrics[f"Chatsite/{STREAMS}/coalesced"] > 0.9, "more frames than deltas"


async def test_a_fast_answer_is_sent_in_few_frames_and_bytes(running: Rig) -> None:
    prompt = Prompt.new(3000, 0)
    answer = await running.site.prepare(prompt, 0)
    answer.send()
    await answer.end()
    html = shown([frame for _, frame in answer.tab.frames])
    assert answer.tab.bytes < 4 * len(html.encode())
    assert len(answer.tab.frames) < prompt.tokens / 2
