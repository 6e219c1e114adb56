"""A database that is slow, or away: words go on, nothing is lost, and everybody is told."""

import asyncio
import contextlib
import sqlite3
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from chat import demo
from tests import servers

from .conftest import Open, eventually
from .model import Model, held, tag
from .page import Closed, reloaded
from .rows import DATABASE
from .served import ALONE, Served, serve


@contextlib.contextmanager
def locked(served: Served) -> Iterator[None]:
    """The database, locked by somebody else for writing."""
    other = sqlite3.connect(served.server.var / DATABASE, timeout=20, isolation_level=None)
    with contextlib.closing(other):
        other.execute("BEGIN IMMEDIATE")
        try:
            yield
        finally:
            other.execute("ROLLBACK")


@pytest.fixture
def alone(empty: Path, model: Model) -> Iterator[Served]:
    """A site on SQLite, which has one lock for all that is written."""
    with serve(empty, OPENAI_BASE_URL=model.base_url, **ALONE) as served:
        yield served


@pytest.fixture
def own(empty: Path, model: Model) -> Iterator[Served]:
    """A site whose database the test may take away."""
    with serve(empty, OPENAI_BASE_URL=model.base_url) as served:
        yield served


async def test_who_leaves_while_the_server_waits_for_its_database_is_not_complained_of(
    alone: Served,
) -> None:
    port, cookie = alone.server.port, alone.person().cookie
    address = f"/conversations/{uuid.uuid4()}/events"
    alone.server.kill()
    alone.complaints(warnings=True)
    with locked(alone):
        starting = asyncio.create_task(asyncio.to_thread(alone.server.start))
        await eventually(lambda: servers.listens(port), "the port", servers.STARTING)
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(f"GET {address} HTTP/1.1\r\nHost: x\r\nCookie: {cookie}\r\n\r\n".encode())
        writer.write_eof()
        assert await reader.read() == b"", "it saw that we left"
        writer.close()
    await starting
    # When it ends, it has told of every task that failed.
    assert alone.server.stop() == 0
    assert not alone.complaints(warnings=False)


async def test_words_go_on_while_the_database_is_locked(
    alone: Served, model: Model, open_tab: Open
) -> None:
    tab = await open_tab(alone.person("alice"))
    label, generation = await held(tab, model, "code")
    with locked(alone):
        await model.go(label)
        await tab.shown(generation, len(demo.expected("code")))
        assert not [frame for frame in tab.frames if frame["type"] == "end"]
    end = await tab.end(generation)
    assert end["status"] == "complete"
    assert tab.dom.turns() == (await reloaded(tab)).turns()
    assert not alone.complaints(warnings=True)


async def test_commands_wait_for_a_locked_database_and_are_carried_out(
    alone: Served, open_tab: Open
) -> None:
    tabs = [await open_tab(alone.person("alice")) for _ in range(6)]
    other, carol = await open_tab(alone.person("bob")), alone.person("carol")
    with locked(alone):
        asking = [asyncio.create_task(tab.finished("list rate=0")) for tab in tabs]
        for _ in range(20):
            await other.drained()
        # There are more commands than threads: reading must not wait behind them.
        await open_tab(carol)
        assert not any(task.done() for task in asking)
    ends = await asyncio.gather(*asking)
    assert {end["status"] for end in ends} == {"complete"}
    assert not alone.complaints(warnings=True)


async def test_an_answer_whose_ending_cannot_be_saved_is_saved_later(
    own: Served, model: Model, open_tab: Open
) -> None:
    tab = await open_tab(own.person("alice"))
    label, generation = await held(tab, model, "code")
    with own.away():
        await model.go(label)
        await tab.shown(generation, len(demo.expected("code")))
        await eventually(lambda: "could not be saved" in own.server.text(), "it was tried")
        notice = await tab.command("send", text="and this?")
        assert notice["type"] == "notice" and notice["retry_ms"] > 0
        assert not [frame for frame in tab.frames if frame["type"] == "end"]
    end = await tab.end(generation)
    assert end["status"] == "complete"
    row = own.generation(generation)
    assert own.message(row["message_id"])["text"] == demo.expected("code")
    assert (await tab.finished("list rate=0"))["status"] == "complete"
    assert tab.dom.turns() == (await reloaded(tab)).turns()


async def test_what_the_database_never_takes_is_tried_with_pauses_and_ends_as_failed(
    alone: Served, open_tab: Open
) -> None:
    tab = await open_tab(alone.person("alice"))
    alone.change(
        "CREATE TRIGGER never BEFORE UPDATE OF finished_at ON chat_generation"
        " BEGIN SELECT RAISE(ABORT, 'never'); END"
    )
    began = time.monotonic()
    generation = await tab.ask("blank rate=0")
    tries = "cannot be saved"
    await eventually(lambda: alone.server.text().count(tries) >= 3, "the third try")
    assert time.monotonic() - began > 0.25
    alone.change("DROP TRIGGER never")
    end = await tab.end(generation)
    assert (end["status"], end["error"]["code"]) == ("failed", "internal")
    assert (await tab.finished("list rate=0"))["status"] == "complete"


async def test_a_tab_that_comes_while_the_database_is_away_may_come_again(
    own: Served, open_tab: Open
) -> None:
    tab = await open_tab(own.person("alice"))
    await tab.finished("list rate=0")
    with own.away():
        with contextlib.suppress(Closed, AssertionError):
            await tab.connect()
            code = await tab.farewell()
            assert code in (1011, 1012, 1013)
        async with tab.person.browser() as browser:
            assert (await browser.get("/healthz")).status_code == 200
    await tab.connect()
    assert tab.dom.turns() == (await reloaded(tab)).turns()


async def test_a_prompt_whose_acceptance_nobody_heard_of_is_answered(
    served: Served, model: Model, open_tab: Open
) -> None:
    label = tag()
    tab = await open_tab(served.person("alice"))
    end = await tab.finished(f"list rate=0 tag={label}")
    id = end["generation"]
    await tab.close()
    # As after a commit whose reply was lost: there are rows, and nobody who writes.
    served.change("UPDATE chat_message SET text = '', parts = '[]' WHERE id = ?", end["message"])
    served.change("UPDATE chat_generation SET status = 'queued' WHERE id = ?", id)
    await eventually(lambda: served.generation(id)["status"] == "complete", "the answer")
    assert served.message(end["message"])["text"] == demo.expected("list")
    assert await model.requests(label) == 2
    await tab.connect()
    assert tab.dom.turns() == (await reloaded(tab)).turns()
