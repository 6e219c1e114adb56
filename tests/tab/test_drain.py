"""The server told to end: it drains, goes on serving meanwhile, and leaves a clean log."""

import asyncio
import contextlib
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from websockets.exceptions import InvalidHandshake

from chat import demo
from tests import servers

from .conftest import DRAIN, Open, eventually
from .model import Model, held
from .page import Closed, Page, reloaded
from .served import ALONE, Served, serve


@pytest.fixture
def patient(empty: Path, model: Model) -> Iterator[Served]:
    """One whose drain outlasts every test, however slow the machine is."""
    variables = {"OPENAI_BASE_URL": model.base_url, "DRAIN_SECONDS": "600", **ALONE}
    with serve(empty, **variables) as served:
        yield served


async def gone(own: Served) -> int:
    """Wait until the process has ended; gives its exit status."""
    process = own.server.process
    assert process is not None
    await eventually(lambda: process.poll() is not None, "the server's end", servers.PATIENCE)
    return int(process.returncode)


async def test_requests_at_the_very_end_do_not_keep_the_process(own: Served, mine: Page) -> None:
    await mine.end(await mine.ask("echo pinned rate=0"))
    async with mine.person.browser() as browser:
        token = await own.token(browser)
        answered: list[int] = []

        async def pin_on() -> None:
            with contextlib.suppress(httpx2.HTTPError):
                while True:
                    path = f"/conversations/{mine.conversation}/pin"
                    answer = await browser.post(path, data={"csrfmiddlewaretoken": token})
                    answered.append(answer.status_code)

        pinning = [asyncio.create_task(pin_on()) for _ in range(4)]
        await eventually(lambda: len(answered) >= 8, "answers to requests")
        own.server.signal(signal.SIGTERM)
        assert await gone(own) == 0
        await asyncio.gather(*pinning)
    assert set(answered) <= {302, 503}


async def test_a_drain_lets_short_answers_end_and_saves_long_ones(
    own: Served, open_tab: Open, model: Model
) -> None:
    short, long, idle = [await open_tab(own.person("alice")) for _ in range(3)]
    label, ended = await held(short, model, "list")
    cut = await long.ask("long rate=60")
    await long.shown(cut)
    own.server.signal(signal.SIGTERM)
    began = time.monotonic()
    refused = await idle.until_draining()
    assert refused["retry_ms"] > 0
    await model.go(label)
    end = await short.end(ended)
    assert end["status"] == "complete"
    end = await long.end(cut)
    assert end["status"] == "interrupted" and end["position"] > 0
    assert time.monotonic() - began > DRAIN - 0.5
    for page in (short, long, idle):
        assert await page.farewell() == 1012
        bye = page.frames[-1]
        assert (bye["type"], bye["reason"]) == ("bye", "deploy") and bye["retry_ms"] > 0
    assert await gone(own) == 0
    assert not own.complaints(warnings=True)
    rows = [own.generation(id) for id in (ended, cut)]
    assert [row["status"] for row in rows] == ["complete", "interrupted"]
    assert own.message(rows[1]["message_id"])["text"] == demo.expected("long")[: end["position"]]
    own.server.start()
    for page in (short, long):
        await page.connect()
        assert page.dom.turns() == (await reloaded(page)).turns()


async def test_while_it_drains_it_goes_on_serving(patient: Served, open_tab: Open) -> None:
    mine = await open_tab(patient.person("alice"))
    generation = await mine.ask("long rate=60")
    await mine.shown(generation)
    patient.server.signal(signal.SIGTERM)
    await mine.until_draining()
    late = await open_tab(mine.person, mine.conversation)
    assert late.frames[0]["running"] == generation
    await late.first("delta")
    async with mine.person.browser() as browser:
        assert (await browser.get("/healthz")).status_code == 200
        assert (await browser.get("/readyz")).status_code == 503
        token = await patient.token(browser)
        posted = await browser.post(
            f"/conversations/{mine.conversation}/send",
            data={"csrfmiddlewaretoken": token, "text": "x", "key": str(mine.conversation)},
        )
        assert posted.status_code == 503
    await late.say({"type": "stop", "generation": generation})
    end = await mine.end(generation)
    assert end["status"] == "stopped"
    assert await mine.farewell() == await late.farewell() == 1012
    assert await gone(patient) == 0
    assert not patient.complaints(warnings=False)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_an_idle_server_ends_at_once_even_if_told_twice(
    number: signal.Signals, patient: Served, open_tab: Open
) -> None:
    mine = await open_tab(patient.person("alice"))
    patient.server.signal(number)
    patient.server.signal(number)
    assert await mine.farewell() == 1012
    # `gone` waits for a fraction of the drain.
    assert await gone(patient) == 0
    assert not patient.complaints(warnings=True)


async def told_twice(served: Served, mine: Page, text: str, number: signal.Signals) -> None:
    """Check that it saves what it writes when it is told to end once more while it drains."""
    generation = await mine.ask(text)
    await mine.shown(generation)
    served.server.signal(number)
    await mine.until_draining()
    served.server.signal(number)
    assert (await mine.end(generation))["status"] == "interrupted"
    assert await mine.farewell() == 1012
    assert await gone(served) == 0
    assert not served.complaints(warnings=True)


async def test_told_twice_while_it_drains_it_still_saves(own: Served, mine: Page) -> None:
    await told_twice(own, mine, "long rate=60", signal.SIGTERM)


async def test_a_second_ctrl_c_saves_at_once_what_is_written(
    patient: Served, open_tab: Open
) -> None:
    mine = await open_tab(patient.person("alice"))
    await told_twice(patient, mine, "stall rate=0", signal.SIGINT)


async def test_tabs_that_come_and_go_while_it_ends_leave_nothing_in_the_log(
    own: Served, mine: Page, open_tab: Open
) -> None:
    others = [await open_tab(mine.person) for _ in range(10)]
    for other in others[:5]:
        other.vanish()
    own.server.signal(signal.SIGTERM)
    for other in others[5:]:
        other.vanish()
    for _ in range(20):
        try:
            async with mine.twin() as page:
                page.vanish()
        except (OSError, InvalidHandshake, Closed, EOFError):
            break
    assert await gone(own) == 0
    assert not own.complaints(warnings=True)
