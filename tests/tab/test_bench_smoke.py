"""The benchmark works and finds every answer exact; how long things take is not a test's matter."""

from collections.abc import Iterator

import pytest

from bench import report
from bench.page import difference
from bench.rig import Rig, rig
from bench.scenarios import single, streams


@pytest.fixture(scope="module")
def running() -> Iterator[Rig]:
    with rig(people=12, quick=True) as started:
        yield started


async def test_a_prompt_reaches_the_model_and_its_answer_the_tab(running: Rig) -> None:
    metrics = await single.measure(running, count=2)
    assert metrics["Chatsite/reached"] > 0
    assert metrics["Chatsite/first"] > 0
    assert not running.problems


async def test_every_answer_of_every_subject_is_exact(running: Rig) -> None:
    running.streams = (3,)
    metrics = await streams.measure(running, seconds=1.0)
    assert running.answers >= 3 * len(running.subjects)
    assert not running.problems
    assert not running.site.problems()
    assert all(metrics[f"{subject.name}/3/cost"] >= 0 for subject in running.subjects)
    assert metrics["Chatsite/3/p50"] > 0


def test_a_page_that_lacks_a_word_is_noticed() -> None:
    delta = (
        b'{"type":"delta","content":"<hx-partial hx-target=\\"#m2-p0-tail\\" '
        b'hx-swap=\\"innerHTML\\"><p>Hello</p>\\n</hx-partial>"}'
    )
    assert difference([delta], "Hello") == ""
    assert difference([delta], "Hello world").startswith("HTML differs at 8")


def test_figures_are_medians_with_their_range() -> None:
    found = report.figures([{"Chatsite/first": value} for value in (3.0, 0.5, 0.9)])
    assert str(found["Chatsite/first"]) == "0.90 (0.50–3.0)"
    assert [mark for _, _, mark in report.lines(found)] == ["met"]


def test_some_figures_are_better_when_they_are_more() -> None:
    def marks(streams: float) -> list[str]:
        return [mark for _, _, mark in report.lines(report.figures([{"holds": streams}]))]

    assert marks(200) == ["MISSED"]
    assert marks(300) == ["met, goal missed"]
    assert marks(400) == ["met"]
