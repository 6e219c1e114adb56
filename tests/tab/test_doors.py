"""Who may open a socket, who is shown out, and with which code."""

import asyncio
import contextlib
import json
import re
import uuid
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests import servers

from .conftest import Open, eventually
from .page import Closed, Page, check
from .served import PASSWORD, Person, Served, raw


@contextlib.asynccontextmanager
async def knock(served: Served, path: str, **headers: str) -> Any:
    """A socket opened by hand, with these headers."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    async with connect(
        served.server.ws_url + path, additional_headers=named, compression=None, proxy=None
    ) as socket:
        yield socket


async def turned_away(socket: ClientConnection) -> tuple[list[str], int]:
    """What the server says until it closes, and the code."""
    said: list[str] = []
    async with asyncio.timeout(servers.PATIENCE):
        try:
            while True:
                frame = json.loads(await socket.recv())
                check(frame)
                said.append(frame["type"])
        except ConnectionClosed as closed:
            return said, closed.rcvd.code if closed.rcvd else 1006


async def answer_to(served: Served, path: str, **headers: str) -> tuple[list[str], int]:
    """What is said to who knocks so, and the code of the close, or the status of a refusal."""
    try:
        async with knock(served, path, **headers) as socket:
            return await turned_away(socket)
    except InvalidStatus as refused:
        return [], refused.response.status_code


def path_of(conversation: object = None) -> str:
    return f"/ws/conversations/{conversation or uuid.uuid4()}/"


async def test_an_unknown_conversation_is_an_empty_snapshot(tab: Page) -> None:
    assert tab.frames[0]["running"] is None
    assert tab.frames[0]["conversation"] == str(tab.conversation)
    assert tab.dom.turns() == []


@pytest.mark.parametrize("cookie", ["", "sessionid=", "sessionid=unknown", "sessionid=%00", "=;;="])
async def test_who_is_not_signed_in_is_told_so_with_4401(cookie: str, served: Served) -> None:
    headers = {"Cookie": cookie} if cookie else {}
    async with knock(served, path_of(), Origin=served.server.url, **headers) as socket:
        said, code = await turned_away(socket)
    assert code == 4401 and set(said) <= {"bye"}
    assert not served.complaints(warnings=True)


async def test_another_persons_conversation_is_4404_and_says_nothing(
    tab: Page, served: Served, charlie: Person
) -> None:
    await tab.finished("rate=0 list")
    path = path_of(tab.conversation)
    async with knock(served, path, Origin=served.server.url, Cookie=charlie.cookie) as socket:
        said, code = await turned_away(socket)
    assert (said, code) == ([], 4404)


async def test_a_new_chat_that_somebody_else_takes_first_stays_theirs(
    tab: Page, served: Served, charlie: Person
) -> None:
    async with tab.twin(charlie) as his:
        await tab.finished("rate=0 echo secret")
        with contextlib.suppress(Closed):
            for command in ("send", "regenerate", "continue"):
                told = await his.command(command, text="mine", message=2)
                assert told.get("code") in ("gone", "invalid"), told
            await his.say({"type": "stop"})
            await his.drained()
        assert {frame["type"] for frame in his.frames} <= {"snapshot", "notice", "pong"}
        assert "secret" not in str(his.frames)


@pytest.mark.parametrize(
    "origin",
    [
        None,
        "",
        "null",
        "http://evil.example",
        "http://127.0.0.1:1",
        "http://localhost.evil.example",
        "//",
        "http://",
        "http://[",
        "http://[::1",
        "javascript:alert(1)",
        "http://user:password@{host}",
        "http://{host}.evil.example",
        "http://{host}:80:80",
        "http://{host}@evil.example",
        "x" * 5000,
    ],
)
async def test_a_page_of_another_origin_is_turned_away(
    origin: str | None, served: Served, alice: Person
) -> None:
    host = f"127.0.0.1:{served.server.port}"
    headers = {} if origin is None else {"Origin": origin.replace("{host}", host)}
    said, code = await answer_to(served, path_of(), Cookie=alice.cookie, **headers)
    assert said == [] and code in (4403, 400, 403)
    assert not served.complaints(warnings=True)


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "[", "a b", "127.0.0.1:x"])
async def test_a_host_that_is_not_ours_is_turned_away(
    host: str, served: Served, alice: Person
) -> None:
    asked = (
        f"GET {path_of()} HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\n"
        "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        f"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nCookie: {alice.cookie}\r\n\r\n"
    )
    answer = await raw(served, asked.encode())
    assert answer.startswith((b"HTTP/1.1 400", b"HTTP/1.1 403")) or b"\x11\x33" in answer
    assert b'"snapshot"' not in answer
    assert not served.complaints(warnings=True)


@pytest.mark.parametrize(
    "path",
    [
        *("/", "/ws/", "/ws/%%00/", "/ws/conversations/", "/ws/conversations/1/"),
        *("/ws/conversations/../../", "/ws/conversations/%s", "/ws/conversations/%s/x"),
        "//ws/conversations/%s/",
    ],
)
async def test_an_unknown_address_is_refused(path: str, served: Served, alice: Person) -> None:
    path = path % uuid.uuid4() if "%s" in path else path.replace("%%", "%")
    told = await answer_to(served, path, Cookie=alice.cookie, Origin=served.server.url)
    assert told in (([], 4404), ([], 404), ([], 403), ([], 400))
    assert not served.complaints(warnings=True)


@pytest.mark.parametrize("start", ["", "0", "-1", "x", "1" * 30, "%00", "%ff", "1&from=2", "٣"])
async def test_a_senseless_start_gets_the_last_screen(
    start: str, tab: Page, served: Served
) -> None:
    await tab.finished("rate=0 list")
    path = f"{path_of(tab.conversation)}?from={start}"
    async with knock(served, path, Cookie=tab.person.cookie, Origin=served.server.url) as socket:
        snapshot = json.loads(await socket.recv())
    before = tab.dom.turns()
    tab.dom.swap(snapshot["content"])
    assert tab.dom.turns() == before


@pytest.mark.parametrize("how", ["deleted", "expired", "deactivated", "another password"])
async def test_a_session_that_ended_ends_the_socket_at_the_next_command(
    how: str, tab: Page, served: Served
) -> None:
    person = tab.person
    if how == "deleted":
        served.change("DELETE FROM django_session WHERE session_key = ?", person.session)
    elif how == "expired":
        served.change(
            "UPDATE django_session SET expire_date = '2020-01-01' WHERE session_key = ?",
            person.session,
        )
    elif how == "deactivated":
        served.change("UPDATE auth_user SET is_active = FALSE WHERE id = ?", person.id)
    else:
        served.change("UPDATE auth_user SET password = 'x' WHERE id = ?", person.id)
    with contextlib.suppress(Closed):
        await tab.say({"type": "send", "key": str(uuid.uuid4()), "text": "hello"})
    assert await tab.farewell() == 4401
    assert tab.frames[-1]["type"] == "bye" and tab.frames[-1]["reason"] == "signed_out"
    assert not served.generations(tab.conversation)  # type: ignore[arg-type]
    with pytest.raises(AssertionError, match="bye"):
        await tab.connect()
    assert await tab.farewell() == 4401


async def test_a_session_that_ended_ends_idle_sockets_within_seconds(
    tab: Page, served: Served
) -> None:
    served.change("DELETE FROM django_session WHERE session_key = ?", tab.person.session)
    async with asyncio.timeout(15):
        assert await tab.farewell() == 4401
    assert tab.frames[-1]["reason"] == "signed_out"


async def test_signing_out_closes_the_sockets_of_this_browser_and_no_others(
    tab: Page, served: Served, open_tab: Open, charlie: Person
) -> None:
    generation = await tab.ask("stall rate=0")
    second = await open_tab(tab.person)
    elsewhere = await open_tab(tab.person.again(), tab.conversation)
    stranger = await open_tab(charlie)
    async with tab.person.browser() as browser:
        token = await served.token(browser)
        posted = await browser.post("/accounts/logout/", data={"csrfmiddlewaretoken": token})
        assert posted.status_code == 302
    for page in (tab, second):
        assert await page.farewell() == 4401
        assert page.frames[-1]["reason"] == "signed_out"
    await elsewhere.drained()
    await stranger.drained()
    assert served.generation(generation)["status"] in ("queued", "running")
    await elsewhere.say({"type": "stop", "generation": generation})
    assert (await elsewhere.end(generation))["status"] == "stopped"


async def test_somebody_who_logs_in_at_the_form_can_chat(served: Served, open_tab: Open) -> None:
    person = served.person("dora")
    person.session = "none"
    async with person.browser() as browser:
        browser.headers.pop("Cookie")
        page = await browser.get("/accounts/login/")
        found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.text)
        assert found
        posted = await browser.post(
            "/accounts/login/",
            data={"csrfmiddlewaretoken": found[1], "login": person.name, "password": PASSWORD},
        )
        assert posted.status_code == 302, posted.text
        person.session = browser.cookies["sessionid"]
    tab = await open_tab(person)
    assert (await tab.finished("rate=0 list"))["status"] == "complete"


async def test_more_sockets_than_allowed_are_turned_away_until_one_closes(
    narrow: Served, open_tab: Open
) -> None:
    alice = narrow.person("alice")
    tabs = [await open_tab(alice) for _ in range(5)]
    with pytest.raises(Closed) as closed:
        async with tabs[0].twin():
            pass
    assert closed.value.args[0] == 4429
    assert not narrow.complaints(warnings=True)
    tabs[1].vanish()

    async def let_in() -> bool:
        try:
            async with tabs[0].twin():
                return True
        except Closed:
            return False

    async with asyncio.timeout(servers.PATIENCE):
        while not await let_in():  # noqa: ASYNC110 (the other process sets no event)
            await asyncio.sleep(0.05)


async def test_a_deleted_conversation_is_gone_in_every_tab_and_its_answer_stops(
    tab: Page, served: Served, open_tab: Open
) -> None:
    generation = await tab.ask("long rate=100")
    await tab.shown(generation)
    second = await open_tab(tab.person, tab.conversation)
    async with tab.person.browser() as browser:
        token = await served.token(browser)
        posted = await browser.post(
            f"/conversations/{tab.conversation}/delete", data={"csrfmiddlewaretoken": token}
        )
    assert posted.status_code == 302
    for page in (tab, second):
        assert await page.farewell() == 4404
    await eventually(lambda: served.generation(generation)["status"] == "stopped", "the stop")


async def test_rows_that_vanish_under_a_running_answer_hurt_nobody(
    tab: Page, served: Served
) -> None:
    generation = await tab.ask("long rate=100")
    await tab.shown(generation)
    assert tab.conversation
    served.forget(tab.conversation)
    ended = await tab.until(lambda f: f["type"] in ("end", "snapshot"))
    assert ended["type"] in ("end", "snapshot")
    await tab.drained()
