"""The SSE twin: the same frames as events, the same commands by POST."""

import asyncio
import contextlib
import json
import uuid
from collections.abc import AsyncIterator

import httpx2
import pytest

from chat.demo import expected

from .conftest import Open, eventually
from .events import EventPage, Events, without_sockets
from .model import Model, tag
from .page import Closed, Page, reloaded
from .served import Person, Served
from .test_slow_readers import MIB, memory


@pytest.fixture
async def plain(alice: Person) -> AsyncIterator[EventPage]:
    """Alice's tab on a new chat, where no WebSocket gets through."""
    async with without_sockets(alice) as page:
        yield page


async def test_an_answer_streams_and_ends_as_over_a_socket(
    plain: EventPage, model: Model, open_tab: Open, alice: Person
) -> None:
    label = tag()
    generation = await plain.ask(f"code rate=0 hold=100 tag={label}")
    await model.request(label, "held")
    await plain.shown(generation, 60)  # the words are here before the answer is
    beside = await open_tab(alice, plain.conversation)
    await model.go(label)
    for tab in (plain, beside):
        end = await tab.end(generation)
        assert end["status"] == "complete" and end["usage"]["source"] == "provider"
    assert plain.dom.turns() == beside.dom.turns() == (await reloaded(plain)).turns()
    message = plain.person.served.message(end["message"])
    assert message["text"] == expected("code")


async def test_stop_by_post_ends_it_for_every_tab(
    plain: EventPage, model: Model, open_tab: Open, alice: Person
) -> None:
    label = tag()
    generation = await plain.ask(f"long rate=0 hold=50 tag={label}")
    await model.request(label, "held")
    beside = await open_tab(alice, plain.conversation)
    await plain.say({"type": "stop", "generation": generation})
    for tab in (plain, beside):
        end = await tab.end(generation)
        assert end["status"] == "stopped" and end["stop"]["upstream_closed_ms"] is not None
    await model.request(label, "ended")


async def test_every_connection_begins_with_a_snapshot_that_is_complete_up_to_now(
    plain: EventPage, model: Model
) -> None:
    label = tag()
    generation = await plain.ask(f"list rate=0 hold=40 tag={label}")
    await model.request(label, "held")
    await plain.shown(generation, 100)
    for _ in range(3):
        await plain.connect()
        assert plain.frames[-1]["running"] == generation
    await model.go(label)
    assert (await plain.end(generation))["status"] == "complete"
    assert plain.dom.turns() == (await reloaded(plain)).turns()


async def test_the_same_key_by_post_and_by_socket_asks_once(
    plain: EventPage, open_tab: Open, alice: Person
) -> None:
    key = str(uuid.uuid4())
    first = await plain.command("send", text="rate=0 echo", key=key)
    await plain.end(first["generation"])
    beside: Page = await open_tab(alice, plain.conversation)
    again = await beside.command("send", text="rate=0 echo", key=key)
    assert again["duplicate"] and again["generation"] == first["generation"]


async def test_a_bad_post_hears_why_and_the_stream_goes_on(plain: EventPage) -> None:
    assert plain.events is not None
    empty = await plain.command("send", text="   ")
    assert empty["type"] == "notice" and empty["code"] == "invalid"
    long = await plain.command("send", text="x" * 100_001)
    assert long["code"] == "too_long"
    for nonsense in ({"message": "one"}, {"message": 10**30}, {}):
        assert (await plain.events.post("regenerate", **nonsense)).status_code == 400
        assert json.loads(await plain.events.recv())["code"] == "invalid"
    assert (await plain.finished("rate=0 echo still here"))["status"] == "complete"


async def said(person: Person, conversation: object, query: str = "") -> list[str]:
    """Everything that a stream says which ends by itself."""
    async with person.browser() as browser:
        got = await browser.get(f"/conversations/{conversation}/events?{query}")
    return [line.removeprefix("data: ") for line in got.text.splitlines() if "data: " in line]


async def test_strangers_and_guests_are_told_to_go(
    plain: EventPage, charlie: Person, served: Served
) -> None:
    await plain.finished("rate=0 echo private")
    *before, last = await said(charlie, plain.conversation)
    assert json.loads(last) == {"type": "close", "code": 4404} and not before
    guest = Person(served, 0, "nobody", "none")
    bye, last = await said(guest, plain.conversation)
    assert json.loads(bye)["reason"] == "signed_out" and json.loads(last)["code"] == 4401
    for query in ("from=", "from=x", "from=-1", "from=" + "9" * 40, "from=%00"):
        *before, last = await said(charlie, plain.conversation, query)
        assert json.loads(last)["code"] == 4404


async def test_a_stream_ends_when_the_person_signs_out(plain: EventPage, served: Served) -> None:
    await plain.finished("rate=0 echo")
    served.change("DELETE FROM django_session WHERE session_key = ?", plain.person.session)
    assert await plain.farewell() == 4401
    assert plain.frames[-1]["reason"] == "signed_out"


async def test_only_get_is_understood(alice: Person) -> None:
    async with alice.browser() as browser:
        for method in ("POST", "HEAD", "DELETE"):
            got = await browser.request(method, f"/conversations/{uuid.uuid4()}/events")
            assert got.status_code == 405 and got.headers["allow"] == "GET"


async def test_a_silent_stream_says_that_it_lives(hasty: Served) -> None:
    person = hasty.person()
    events = await Events(person.browser(), f"/conversations/{uuid.uuid4()}/", "").open()
    types = [json.loads(await events.recv())["type"] for _ in range(4)]
    assert types == ["snapshot", "pong", "pong", "pong"] and events.comments >= 3
    await events.close()


async def test_streams_that_are_left_are_forgotten(alice: Person, served: Served) -> None:
    async with httpx2.AsyncClient(base_url=served.server.url, trust_env=False) as browser:
        for _ in range(60):  # more than one person may have open
            address = f"/conversations/{uuid.uuid4()}/events"
            async with browser.stream("GET", address, headers={"Cookie": alice.cookie}) as got:
                lines = got.aiter_lines()
                while (line := await anext(lines)) and not line.startswith("event: "):
                    pass
                if line == "event: close":  # the server has not seen all of them leave yet
                    await asyncio.sleep(0.1)
                    continue
                assert line == "event: snapshot"
    page = EventPage(alice)
    while page.events is None or not page.frames:
        with contextlib.suppress(Closed):
            await page.load()
    assert (await page.finished("rate=0 echo"))["status"] == "complete"
    await page.close()


async def test_streams_that_nobody_reads_delay_nobody_and_cost_little(
    alice: Person, served: Served, open_tab: Open
) -> None:
    tab = await open_tab(alice)
    await tab.finished("rate=0 list")
    before = memory(served)
    path = f"/conversations/{tab.conversation}/events"
    writers = []
    for _ in range(10):
        reader, writer = await asyncio.open_connection("127.0.0.1", served.server.port, limit=4096)
        reader._transport.pause_reading()  # type: ignore[attr-defined]
        writer.write(f"GET {path} HTTP/1.1\r\nHost: x\r\nCookie: {alice.cookie}\r\n\r\n".encode())
        writers.append(writer)
    for _ in range(3):
        end = await tab.finished("bench tokens=6000 rate=3000")
        assert end["status"] == "complete" and end["timing"]["duration_ms"] < 15_000
    assert memory(served) - before < 60 * MIB
    for writer in writers:
        writer.transport.abort()
        with contextlib.suppress(OSError):
            await writer.wait_closed()
    await eventually(lambda: not served.complaints(warnings=True), "peace")
