"""Three processes, one site: what a person sees on any of them, and what survives the others."""

import asyncio
import signal
import tempfile
import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx2
import pytest

from chaos.site import Site
from chat import demo

from .cluster import Cluster
from .conftest import Open, eventually, together
from .model import Model, held, tag
from .page import Closed, Page, reloaded
from .served import Person

# Minutes of cutting on two cores: asked for by `make processes`.
slow = pytest.mark.processes


@pytest.fixture(scope="module")
def running() -> Iterator[Cluster]:
    """The site, started once."""
    with tempfile.TemporaryDirectory(prefix="chatsite-cluster-") as directory:
        # However slow the machine is: no answer of these tests outlasts the drain.
        site = Site(Path(directory), drain_seconds=60)
        try:
            asyncio.run(site.start(people=30))
            yield Cluster(site)
        finally:
            asyncio.run(site.end())


@pytest.fixture
async def cluster(running: Cluster) -> AsyncIterator[Cluster]:
    """The site, whole before and after."""
    yield running
    await running.heal()


@pytest.fixture
def alice(cluster: Cluster) -> list[Person]:
    """Alice, at each of the processes."""
    return cluster.people()


@pytest.fixture
def upstream(cluster: Cluster) -> Model:
    return Model(f"{cluster.site.demo.address}/v1")


async def asked(here: Page, text: str) -> int:
    """Ask, and wait for the first words."""
    generation = await here.ask(text)
    await here.shown(generation)
    return generation


async def same(*pages: Page) -> None:
    """Check that tabs show what a reload shows."""
    for page in pages:
        assert page.dom.turns() == (await reloaded(page)).turns()


async def test_a_tab_follows_what_another_process_writes(
    alice: list[Person], open_tab: Open, upstream: Model
) -> None:
    here = await open_tab(alice[0])
    label, generation = await held(here, upstream, "code")
    there = await open_tab(alice[1], here.conversation)
    assert there.frames[0]["running"] == generation
    await upstream.go(label)
    ends = [await page.end(generation) for page in (here, there)]
    assert there.of(generation) == ["delta", "end"]
    assert ends[0]["position"] == ends[1]["position"] == len(demo.expected("code"))
    await same(here, there)
    second = await there.ask("list rate=150")
    assert (await here.first("message"))["message"] > ends[0]["message"]
    await here.end(second)
    await there.end(second)
    await same(here, there)


async def test_stop_elsewhere_closes_the_model_and_brings_the_receipt(
    alice: list[Person], open_tab: Open, upstream: Model
) -> None:
    here = await open_tab(alice[0])
    label = tag()
    generation = await asked(here, f"long rate=50 tag={label}")
    there = await open_tab(alice[1], here.conversation)
    await there.say({"type": "stop", "generation": generation})
    for page in (here, there):
        end = await page.end(generation)
        assert end["status"] == "stopped"
        assert end["stop"]["requested_by"] == alice[0].name
        assert end["stop"]["upstream_closed_ms"] is not None
    assert (await upstream.request(label, "ended"))["ended_by"] == "client"
    await same(here, there)


async def test_a_first_prompt_on_two_processes_makes_one_conversation(
    alice: list[Person], open_tab: Open
) -> None:
    for _ in range(5):
        here = await open_tab(alice[0])
        there = await open_tab(alice[1])
        await there.join(here)
        first = {"key": str(uuid.uuid4()), "text": "list rate=400"}
        acks = await asyncio.gather(here.command("send", **first), there.command("send", **first))
        assert sorted(ack["duplicate"] for ack in acks) == [False, True]
        for page in (here, there):
            await page.end(acks[0]["generation"])
        await same(here, there)


@slow
async def test_a_second_prompt_elsewhere_is_told_busy(alice: list[Person], open_tab: Open) -> None:
    here = await open_tab(alice[0])
    generation = await asked(here, "silence start=0 code rate=0 hold=9")
    there = await open_tab(alice[1], here.conversation)
    told = await there.command("send", text="And this?")
    assert (told["type"], told["code"]) == ("notice", "busy")
    await here.say({"type": "stop", "generation": generation})
    await here.end(generation)


@slow
async def test_an_answer_is_continued_and_written_anew_by_another_process(
    cluster: Cluster, alice: list[Person], open_tab: Open
) -> None:
    here = await open_tab(alice[0])
    generation = await asked(here, "long rate=50")
    await here.say({"type": "stop", "generation": generation})
    end = await here.end(generation)
    there = await open_tab(alice[2], here.conversation)
    ack = await there.command("continue", message=end["message"])
    after = await there.end(ack["generation"])
    await here.end(ack["generation"])
    assert after["status"] == "complete" and after["position"] > end["position"]
    kept = demo.expected("long")[: end["position"]]
    assert (await cluster.generation(ack["generation"]))["text"].startswith(kept)
    await same(here, there)
    ack = await here.command("regenerate", message=end["message"])
    await here.say({"type": "stop", "generation": ack["generation"]})
    for page in (here, there):
        await page.end(ack["generation"])
    await same(here, there)


async def test_the_same_key_on_two_processes_is_asked_once(
    alice: list[Person], open_tab: Open, upstream: Model
) -> None:
    here = await open_tab(alice[0])
    await here.finished("list rate=0")
    there = await open_tab(alice[1], here.conversation)
    label, key = tag(), str(uuid.uuid4())
    text = f"code rate=0 hold=30 tag={label}"
    acks = await asyncio.gather(
        here.command("send", key=key, text=text), there.command("send", key=key, text=text)
    )
    assert [ack["type"] for ack in acks] == ["ack", "ack"]
    assert sorted(ack["duplicate"] for ack in acks) == [False, True]
    assert acks[0]["generation"] == acks[1]["generation"]
    # The second ack may come when a short answer is over.
    await upstream.request(label, "held")
    await upstream.go(label)
    for page in (here, there):
        await page.end(acks[0]["generation"])
    assert await upstream.requests(label) == 1
    await same(here, there)


@slow
async def test_signing_out_closes_the_tabs_at_other_processes(
    alice: list[Person], open_tab: Open
) -> None:
    there = await open_tab(alice[1])
    async with alice[0].browser() as browser:
        page = await browser.get("/")
        token = page.text.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
        browser.headers["Cookie"] += f"; csrftoken={browser.cookies['csrftoken']}"
        browser.cookies.clear()
        left = await browser.post("/accounts/logout/", data={"csrfmiddlewaretoken": token})
    assert left.status_code == 302
    assert await there.farewell() == 4401
    assert there.frames[-1] == {"type": "bye", "reason": "signed_out", "retry_ms": 0}


async def test_what_a_killed_process_wrote_is_ended_once_with_all_that_others_saw(
    cluster: Cluster, alice: list[Person], open_tab: Open
) -> None:
    here = await open_tab(alice[0])
    generation = await asked(here, "long rate=80")
    others = [await open_tab(person, here.conversation) for person in alice[1:]]
    for page in others:
        await page.shown(generation, 300)
    cluster.site.apps[0].harm("killed", signal.SIGKILL)
    ends = [await page.end(generation) for page in others]
    row = await cluster.generation(generation)
    assert row["status"] == "interrupted" and row["endings"] == 1
    # Both of the others may come to take it over; the first ending wins.
    assert row["attempt"] >= 2
    shown = [f["position"] for page in others for f in page.frames if f["type"] == "delta"]
    assert len(row["text"]) >= max(shown)
    assert demo.expected("long").startswith(row["text"])
    for end in ends:
        assert end["status"] == "interrupted" and end["position"] == len(row["text"])
    await same(*others)
    ack = await others[0].command("continue", message=ends[0]["message"])
    assert (await others[1].end(ack["generation"]))["status"] == "complete"
    here.vanish()


async def test_nothing_is_shown_that_can_die_with_its_process(
    cluster: Cluster, alice: list[Person], open_tab: Open
) -> None:
    here = await open_tab(alice[0])
    generation = await asked(here, "long rate=200")
    there = await open_tab(alice[1], here.conversation)
    await there.shown(generation)
    # Redis takes nothing more, and does not say so either.
    cluster.site.redis.send(signal.SIGSTOP)
    await asyncio.sleep(0.5)
    cluster.site.apps[0].harm("killed", signal.SIGKILL)
    cluster.site.redis.send(signal.SIGCONT)
    with pytest.raises(Closed):
        await here.end(generation)
    await there.end(generation)
    row = await cluster.generation(generation)
    assert len(row["text"]) >= max(f["position"] for f in here.frames if f["type"] == "delta")


async def test_a_process_that_slept_writes_nothing_into_what_was_taken_over(
    cluster: Cluster, alice: list[Person], open_tab: Open
) -> None:
    here = await open_tab(alice[0])
    generation = await asked(here, "long rate=80")
    there = await open_tab(alice[1], here.conversation)
    await there.shown(generation, 200)
    sleeper = cluster.site.apps[0]
    sleeper.harm("stopped", signal.SIGSTOP)
    end = await there.end(generation)
    before = await cluster.generation(generation)
    sleeper.harm("continued", signal.SIGCONT)
    await here.until(lambda frame: frame["type"] == "snapshot" and frame["running"] is None)
    second = await here.ask("list rate=0")
    await there.end(second)
    await here.end(second)
    after = await cluster.generation(generation)
    assert end["status"] == after["status"] == "interrupted" and after["endings"] == 1
    assert after["text"] == before["text"] and after["attempt"] == before["attempt"] >= 2
    # Nor does it show its own tabs any text that nobody will ever find again.
    shown = [
        f["position"] for f in here.frames if f.get("generation") == generation and "position" in f
    ]
    assert max(shown) <= len(before["text"])
    await same(here, there)


@slow
async def test_without_redis_local_tabs_go_on_and_the_site_says_degraded(
    cluster: Cluster, alice: list[Person], open_tab: Open
) -> None:
    here = await open_tab(alice[0])
    generation = await asked(here, "long rate=60")
    there = await open_tab(alice[1], here.conversation)
    await there.shown(generation)
    await cluster.site.redis.end(signal.SIGKILL)
    shown = here.frames[-1].get("position", 0)
    await here.shown(generation, shown + 100)
    async with httpx2.AsyncClient(trust_env=False, timeout=30) as client:
        url = f"http://127.0.0.1:{cluster.site.apps[0].port}/readyz"
        state = (await client.get(url)).json()["state"]
    assert state == "degraded"
    await cluster.heal()
    await here.say({"type": "stop", "generation": generation})
    for page in (here, there):
        assert (await page.end(generation))["status"] == "stopped"
    await same(here, there)


@slow
@pytest.mark.parametrize("how", ["flushed", "restarted empty", "restarted"])
async def test_a_redis_that_forgets_loses_nothing(
    how: str, cluster: Cluster, alice: list[Person], open_tab: Open
) -> None:
    here = await open_tab(alice[0])
    generation = await asked(here, "long rate=150")
    there = await open_tab(alice[1], here.conversation)
    await there.shown(generation, 200)
    redis = cluster.site.redis
    if how == "flushed":
        async with cluster.site.redis_client() as client:
            await client.flushall()
    else:
        await redis.end(signal.SIGKILL)
        if how == "restarted empty":
            redis.forget()
        await cluster.heal()
    late = await open_tab(alice[2], here.conversation)
    for page in (here, there, late):
        end = await page.end(generation)
        assert end["status"] == "complete" and end["position"] == len(demo.expected("long"))
    await same(here, there, late)


@slow
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGQUIT], ids=["restarted", "crashed"])
async def test_an_answer_goes_on_without_the_database_and_is_saved_afterwards(
    how: signal.Signals, cluster: Cluster, alice: list[Person], open_tab: Open
) -> None:
    here = await open_tab(alice[0])
    # It ends while its process may still write without having heard of the database.
    generation = await asked(here, "long rate=800")
    await cluster.site.postgres.end(how)
    await eventually(lambda: "could not be saved" in said(cluster), "a try to save")
    await cluster.heal()
    page = await open_tab(alice[1], here.conversation)
    row = await cluster.generation(generation)
    while row["status"] in ("queued", "running"):
        await asyncio.sleep(0.1)
        row = await cluster.generation(generation)
    assert row["status"] == "complete" and row["text"] == demo.expected("long")
    await page.connect()
    await same(page)


async def test_a_rolling_restart_cuts_no_answer(
    cluster: Cluster, alice: list[Person], open_tab: Open, upstream: Model
) -> None:
    tabs = [await open_tab(alice[0]) for _ in range(5)]
    waiting = [await held(tab, upstream, "table") for tab in tabs]

    async def moves(tab: Page, label: str, generation: int) -> None:
        with pytest.raises(Closed) as closed:
            await tab.end(generation)
        byes = [frame["reason"] for frame in tab.frames if frame["type"] == "bye"]
        assert closed.value.args[0] == 1012 and byes == ["deploy"]
        tab.person = alice[1]
        await tab.connect()
        assert tab.frames[-1]["running"] == generation
        await upstream.go(label)
        end = await tab.end(generation)
        assert end["status"] == "complete" and end["position"] == len(demo.expected("table"))
        await same(tab)

    app = cluster.site.apps[0]
    app.harm("terminated", signal.SIGTERM)
    await together(moves(tab, *asked) for tab, asked in zip(tabs, waiting, strict=True))
    await app.end(signal.SIGTERM, 60)
    assert app.process is not None and app.process.returncode == 0


def said(cluster: Cluster) -> str:
    """What all processes have logged."""
    return "".join(app.log.read_text() for app in cluster.site.apps)
