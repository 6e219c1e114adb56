"""Importing over HTTP: a file is sent, comes in beside everything else, and is told about."""

import asyncio
import json
from typing import Any

import httpx2

from tests.pure.exports import chatgpt, claude, open_webui

from .conftest import Open
from .served import Person


async def sent(browser: httpx2.AsyncClient, token: str, data: bytes) -> httpx2.Response:
    """Send a file to be imported."""
    return await browser.post(
        "/import/",
        data={"csrfmiddlewaretoken": token},
        files={"file": ("conversations.json", data, "application/json")},
    )


async def ended(browser: httpx2.AsyncClient) -> str:
    """The list of imports, once none is going on."""
    async with asyncio.timeout(30):
        while True:
            shown = (await browser.get("/import/", headers={"HX-Request": "true"})).text
            if "data-going-on" not in shown:
                return " ".join(shown.split())
            await asyncio.sleep(0.05)


async def test_a_file_comes_in_once_and_is_reported(alice: Person, charlie: Person) -> None:
    items: list[Any] = [chatgpt(), claude(), open_webui(), {"title": "no messages"}, 5]
    data = json.dumps(items).encode()
    async with alice.browser() as browser, charlie.browser() as stranger:
        token = await alice.served.token(browser)
        assert (await sent(browser, token, data)).status_code == 302
        report = await ended(browser)
        assert "3 conversations brought in (14 messages), 2 skipped" in report
        assert "Left out:" in report
        page = (await browser.get("/search/?q=sun")).text
        assert "The <mark>sun</mark>" in page
        await sent(browser, token, data)
        assert "0 conversations brought in, 3 were here already" in await ended(browser)
        query = "SELECT id FROM chat_conversation WHERE owner_id = ?"
        assert len(alice.served.rows(query, alice.id)) == 3
        assert "conversations.json" not in (await stranger.get("/import/")).text


async def test_what_was_exported_here_comes_back_to_somebody_else(
    alice: Person, charlie: Person, open_tab: Open
) -> None:
    tab = await open_tab(alice)
    await tab.finished("echo going abroad")
    async with alice.browser() as browser, charlie.browser() as other:
        saved = (await browser.get("/conversations/export.json")).content
        await sent(other, await alice.served.token(other), saved)
        assert "1 conversation brought in (2 messages)" in await ended(other)
        query = "SELECT id, title FROM chat_conversation WHERE owner_id = ?"
        row = alice.served.row(query, charlie.id)
        assert row["title"] == "echo going abroad"
        again = await other.get("/conversations/export.json")
        (conversation,) = again.json()["conversations"]
        assert conversation["messages"][0]["text"] == "echo going abroad"
        assert conversation["messages"][1]["generations"][0]["usage"]["completion_tokens"] > 0


async def test_files_that_are_none_are_refused_with_a_sentence(alice: Person) -> None:
    refused = {
        b"not json": "The file is no JSON",
        json.dumps([claude("cut")]).encode() + b"]": "The file is no JSON",
        b"PK\x05\x06" + b"\0" * 18: "There are no conversations in the zip file.",
        b"[" * 300_000: "The file is no JSON",
    }
    async with alice.browser() as browser:
        token = await alice.served.token(browser)
        for data, sentence in refused.items():
            await sent(browser, token, data)
            assert sentence in await ended(browser)
        empty = await browser.post("/import/", data={"csrfmiddlewaretoken": token})
        assert empty.status_code == 400
        assert "Choose a file first." in empty.text
        query = "SELECT state FROM chat_import WHERE owner_id = ?"
        assert {row["state"] for row in alice.served.rows(query, alice.id)} == {"failed"}
