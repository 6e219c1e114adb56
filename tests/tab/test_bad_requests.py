"""Senseless and forbidden requests over HTTP: the right status, and no error in the log."""

import asyncio
import contextlib
import json
import re
import uuid
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest

from .page import Page, reloaded
from .served import Person, Served, raw

COMMANDS = ("send", "stop", "regenerate", "continue", "rename", "delete")
MIB = 1024 * 1024


@pytest.fixture
async def client(alice: Person) -> AsyncIterator[httpx2.AsyncClient]:
    """Alice's browser, with a CSRF token as a header of every request."""
    async with alice.browser() as browser:
        browser.headers["X-CSRFToken"] = await alice.served.token(browser)
        yield browser


def address(conversation: object, command: str) -> str:
    return f"/conversations/{conversation}/{command}"


async def test_plain_forms_do_what_sockets_do(tab: Page, served: Served) -> None:
    async with tab.person.browser() as browser:
        browser.headers["X-CSRFToken"] = await served.token(browser)

        async def post(command: str, **fields: Any) -> httpx2.Response:
            if command != "stop":
                fields["key"] = str(uuid.uuid4())
            posted = await browser.post(address(tab.conversation, command), data=fields)
            assert posted.status_code == 302, posted.text[:500]
            assert posted.headers["Location"] == f"/c/{tab.conversation}/"
            return posted

        await post("send", text="stall rate=0")
        message = await tab.first("message")
        generation = served.generations(tab.conversation)[-1]["id"]  # type: ignore[arg-type]
        await tab.shown(generation)
        await post("stop")
        assert (await tab.end(generation))["status"] == "stopped"
        for command in ("continue", "regenerate"):
            await post(command, message=str(message["message"]))
            generation = served.generations(tab.conversation)[-1]["id"]  # type: ignore[arg-type]
            await post("stop", generation=str(generation))
            assert (await tab.end(generation))["status"] == "stopped"
    assert tab.dom.turns() == (await reloaded(tab)).turns()


async def test_the_same_key_posted_twice_asks_once(
    tab: Page, served: Served, client: httpx2.AsyncClient
) -> None:
    data = {"key": str(uuid.uuid4()), "text": "rate=0 list"}
    posts = [client.post(address(tab.conversation, "send"), data=data) for _ in range(4)]
    answers = await asyncio.gather(*posts)
    assert {answer.status_code for answer in answers} == {302}
    assert len(served.generations(tab.conversation)) == 1  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({}, 400),
        ({"text": "hello"}, 400),
        ({"text": "hello", "key": "nonsense"}, 400),
        ({"text": "hello", "key": "\x00"}, 400),
        ({"text": " ", "key": str(uuid.uuid4())}, 400),
        ({"text": "x" * 100_001, "key": str(uuid.uuid4())}, 413),
        ({"text": "hello", "key": str(uuid.uuid4()), "parent": "99999999"}, 400),
        ({"text": "hello", "key": str(uuid.uuid4()), "parent": "-1"}, 400),
        ({"text": "hello", "key": str(uuid.uuid4()), "parent": "9" * 30}, 400),
        ({"text": "hello", "key": str(uuid.uuid4()), "params": "x"}, 400),
        ({"text": "hello", "key": str(uuid.uuid4()), "model": "m" * 300}, 400),
        ({"type": "stop", "text": " ", "key": str(uuid.uuid4())}, 400),
    ],
)
async def test_a_senseless_form_is_refused_with_a_page(
    fields: dict[str, str], status: int, client: httpx2.AsyncClient, served: Served
) -> None:
    conversation = uuid.uuid4()
    posted = await client.post(address(conversation, "send"), data=fields)
    assert posted.status_code == status
    assert "Not sent" in posted.text and "Traceback" not in posted.text
    query = "SELECT 1 FROM chat_conversation WHERE id = ?"
    assert not served.rows(query, conversation.hex)
    (back,) = re.findall(r'<a class="button" href="([^"]+)"', posted.text)
    assert (await client.get(back)).status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\x00\xff\xfe",
        b"%",
        b"=&=&=%zz",
        b"text=%ff%fe&key=%00",
        b"text=%ED%A0%80&key=x",
        b"&" * 10_000,
        b'{"type": "send"}',
    ],
)
@pytest.mark.parametrize(
    "type", ["application/x-www-form-urlencoded", "multipart/form-data", "application/json", "x"]
)
async def test_a_broken_body_is_refused(body: bytes, type: str, client: httpx2.AsyncClient) -> None:
    path = address(uuid.uuid4(), "send")
    posted = await client.post(path, content=body, headers={"Content-Type": type})
    assert posted.status_code == 400


@pytest.mark.parametrize("size", [3 * MIB, 20 * MIB])
async def test_a_huge_body_is_refused(size: int, client: httpx2.AsyncClient) -> None:
    path = address(uuid.uuid4(), "send")
    with contextlib.suppress(httpx2.TransportError):
        posted = await client.post(path, data={"text": "x" * size, "key": "x"})
        assert posted.status_code in (400, 413)
    many = await client.post(path, content="&".join(f"a{n}=1" for n in range(20_000)))
    assert many.status_code in (400, 413)
    assert (await client.get("/")).status_code == 200


@pytest.mark.parametrize("command", COMMANDS)
async def test_a_post_without_its_token_is_forbidden(
    command: str, tab: Page, served: Served
) -> None:
    end = await tab.finished("rate=0 list")
    before = served.rows("SELECT * FROM chat_conversation WHERE owner_id = ?", tab.person.id)
    fields = {"text": "x", "title": "x", "key": str(uuid.uuid4()), "message": str(end["message"])}
    async with tab.person.browser() as browser:
        for headers in ({}, {"X-CSRFToken": "x" * 32}, {"Origin": "http://evil.example"}):
            path = address(tab.conversation, command)
            posted = await browser.post(path, data=fields, headers=headers)
            assert posted.status_code == 403
    after = served.rows("SELECT * FROM chat_conversation WHERE owner_id = ?", tab.person.id)
    assert after == before


@pytest.mark.parametrize("command", COMMANDS)
async def test_another_persons_conversation_is_not_found(
    command: str, tab: Page, served: Served, charlie: Person
) -> None:
    generation = await tab.ask("stall rate=0")
    message = served.generation(generation)["message_id"]
    fields = {"text": "x", "title": "x", "key": str(uuid.uuid4()), "message": str(message)}
    async with charlie.browser() as browser:
        browser.headers["X-CSRFToken"] = await served.token(browser)
        assert (await browser.get(f"/c/{tab.conversation}/")).status_code == 404
        posted = await browser.post(address(tab.conversation, command), data=fields)
        assert posted.status_code == 404
        assert "stall" not in posted.text
    row = served.generation(generation)
    assert row["status"] in ("queued", "running") and row["stop_requested_at"] is None
    await tab.say({"type": "stop"})
    await tab.end(generation)


@pytest.mark.parametrize("command", COMMANDS[1:])
async def test_a_conversation_that_does_not_exist_is_not_found(
    command: str, client: httpx2.AsyncClient
) -> None:
    fields = {"text": "x", "title": "x", "key": str(uuid.uuid4()), "message": "1"}
    posted = await client.post(address(uuid.uuid4(), command), data=fields)
    assert posted.status_code == (400 if command in ("regenerate", "continue") else 404)


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS"])
async def test_commands_take_posts_only(method: str, client: httpx2.AsyncClient) -> None:
    for command in COMMANDS:
        got = await client.request(method, address(uuid.uuid4(), command))
        assert got.status_code == 405 and got.headers["Allow"] == "POST"


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
async def test_pages_are_only_read(method: str, tab: Page, client: httpx2.AsyncClient) -> None:
    await tab.finished("rate=0 list")
    for path in ("/", f"/c/{tab.conversation}/", "/conversations/"):
        assert (await client.request(method, path)).status_code == 405


async def test_a_head_request_gets_the_status_and_no_body(
    tab: Page, client: httpx2.AsyncClient
) -> None:
    await tab.finished("rate=0 list")
    for path in ("/", f"/c/{tab.conversation}/", "/conversations/", "/healthz", "/readyz"):
        got = await client.head(path)
        assert got.status_code == 200 and got.content == b"", path


@pytest.mark.parametrize(
    "path",
    [
        "/c/",
        "/c/1/",
        "/c/not-a-uuid/",
        "/c/%00/",
        "/c/00000000-0000-0000-0000-00000000000g/",
        "/c/{id}/x",
        "/c/{id}/",
        "/conversations/1/send",
        "/conversations/%2e%2e/send",
        "/%ff%fe",
        "/..%2f..%2fetc/passwd",
        "/static/../chatsite/settings.py",
        "/static/%2e%2e/%2e%2e/manage.py",
        "/" + "a" * 5000,
        "/healthz/",
        "/admin/../c/",
    ],
)
async def test_what_is_not_there_is_not_found(path: str, client: httpx2.AsyncClient) -> None:
    got = await client.get(path.replace("{id}", str(uuid.uuid4())))
    assert got.status_code == 404 and "Traceback" not in got.text


@pytest.mark.parametrize(
    "query",
    ["before=1", "before=x&open=x", "before=%00", "before=%ff", "before={id}&open={id}", "&&==%"],
)
async def test_a_senseless_page_of_the_list_is_the_first(
    query: str, client: httpx2.AsyncClient
) -> None:
    got = await client.get(f"/conversations/?{query.replace('{id}', str(uuid.uuid4()))}")
    assert got.status_code == 200


async def test_nobody_gets_in_without_signing_in(served: Served, tab: Page) -> None:
    await tab.finished("rate=0 list")
    async with httpx2.AsyncClient(base_url=served.server.url, trust_env=False) as nobody:
        for path in ("/", f"/c/{tab.conversation}/", "/conversations/"):
            got = await nobody.get(path)
            assert got.status_code == 302
            assert got.headers["Location"].startswith("/accounts/login/")


async def test_a_title_is_cut_and_cleaned(
    tab: Page, served: Served, client: httpx2.AsyncClient
) -> None:
    await tab.finished("rate=0 list")
    path = address(tab.conversation, "rename")
    for title, kept in (
        ("  A \n new\x00 title ", "A new title"),
        ("t" * 500, "t" * 200),
        ("", "t" * 200),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
    ):
        assert (await client.post(path, data={"title": title})).status_code == 302
        row = served.row("SELECT * FROM chat_conversation WHERE owner_id = ?", tab.person.id)
        assert row["title"] == kept
    got = await client.get(f"/c/{tab.conversation}/")
    assert "<script>alert" not in got.text


async def test_a_theme_that_does_not_exist_changes_nothing(client: httpx2.AsyncClient) -> None:
    for theme in ("dark", "x", "", "dark; Path=/admin", "\x00"):
        got = await client.post("/theme", data={"theme": theme})
        assert got.status_code == 302
        assert ("theme=" in got.headers.get("Set-Cookie", "")) == (theme == "dark")
    for referer in ("http://evil.example/", "//evil.example", "javascript:alert(1)", "\\\\evil"):
        got = await client.post("/theme", data={"theme": "dark"}, headers={"Referer": referer})
        assert got.headers["Location"] == "/"


async def test_requests_that_are_no_http_hurt_nobody(served: Served, alice: Person) -> None:
    for request in (
        b"\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: \x00\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 2000 + b"\r\n",
        b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: " + b"y" * 100_000 + b"\r\n\r\n",
        b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: -1\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 99999999999999\r\n\r\nx",
        b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: \xff\xfe=\x01\r\n\r\n",
        b"GET /ws/conversations/ HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 99\r\n\r\n",
    ):
        answer = await raw(served, request)
        assert b"Traceback" not in answer and not answer.startswith(b"HTTP/1.1 5"), request[:80]
    async with alice.browser() as browser:
        assert (await browser.get("/")).status_code == 200


async def test_health_is_told_in_json(served: Served) -> None:
    async with httpx2.AsyncClient(base_url=served.server.url, trust_env=False) as anybody:
        assert (await anybody.get("/healthz")).text == "ok"
        ready = await anybody.get("/readyz")
    assert ready.status_code == 200 and json.loads(ready.text)["state"] == "ready"
