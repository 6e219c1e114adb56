"""Tools of real MCP servers: asked for, allowed, denied, dead and stopped."""

import asyncio
import json
import sys
import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests import servers

from .conftest import Open, heard
from .model import Model
from .page import Frame, Page, reloaded
from .served import Person, Served, serve

SECRET = "told to nobody else"


@pytest.fixture(scope="module")
def http_port() -> Iterator[int]:
    """The port of an MCP server over HTTP."""
    with servers.mcp() as port:
        yield port


@pytest.fixture(scope="module")
def site(empty: Path, model: Model, http_port: int) -> Iterator[Served]:
    """A site with two MCP servers, which it knows when it has their tools."""
    variables = {"MCP_COMMANDS": "true", "MCP_TEST_SECRET": SECRET}
    settings = {"DJANGO_SETTINGS_MODULE": "tests.tab.with_mcp", **variables}
    with serve(empty, OPENAI_BASE_URL=model.base_url, **settings) as served:
        command = f"{sys.executable} -m tests.mcp_server stdio"
        add_server(served, name="local", transport="stdio", command=command)
        add_server(served, name="web", transport="http", url=f"http://127.0.0.1:{http_port}/mcp")
        yield served


def add_server(served: Served, **fields: str) -> None:
    """A row of a server, as an administrator would add it."""
    row = {"url": "", "command": "", "headers": "", "variables": "MCP_TEST_SECRET", **fields}
    at = "2026-01-01 00:00:00"
    names = ", ".join(row)
    marks = ", ".join("?" for _ in row)
    served.change(
        f"INSERT INTO chat_mcpserver ({names}, enabled, created_at, updated_at)"  # noqa: S608
        f" VALUES ({marks}, TRUE, ?, ?)",
        *row.values(),
        at,
        at,
    )


@pytest.fixture
async def tools(site: Served) -> AsyncIterator[Served]:
    """The site, once the tools of both servers can be offered."""
    site.complaints(warnings=True)
    alice = site.person("alice")
    async with alice.browser() as browser:
        await until_offered(browser, "web_add", "local_add")
    yield site
    heard(site)


async def offered(browser: httpx2.AsyncClient) -> list[str]:
    """The names of the tools that a new chat offers."""
    page = (await browser.get("/")).text
    return [each.split('"')[0] for each in page.split('name="shown" value="')[1:]]


@pytest.fixture
def alice(tools: Served) -> Person:
    return tools.person("alice")


async def until_offered(browser: httpx2.AsyncClient, *names: str) -> None:
    """Return when a new chat offers these tools."""
    async with asyncio.timeout(servers.PATIENCE):
        while not set(names) <= set(await offered(browser)):  # noqa: ASYNC110 (another process)
            await asyncio.sleep(0.2)


def calls(served: Served, message: int) -> list[dict[str, Any]]:
    parts: list[dict[str, Any]] = json.loads(served.message(message)["parts"])
    return [part for part in parts if part["type"] == "tool_call"]


async def asked(tab: Page, generation: int) -> str:
    """The question of a tool that waits for permission, once its card shows it."""
    await tab.until(lambda frame: "data-ask=" in frame.get("content", ""))
    return str(tab.dom.attribute("[data-ask]", "data-ask"))


async def allowed(tab: Page, text: str, choice: str = "once") -> Frame:
    """Ask for a tool, say this to its question, and wait for the end of the answer."""
    generation = await tab.ask(f"{text} rate=0")
    ask = await asked(tab, generation)
    await tab.say({"type": "allow", "ask": ask, "choice": choice})
    return await tab.end(generation)


async def used(tab: Page, name: str) -> list[str]:
    """Ask for a tool and allow it; gives what it said, nothing if it was not offered."""
    generation = await tab.ask(f"use {name} rate=0")
    while (frame := await tab.next())["type"] != "end":
        if "data-ask=" in frame.get("content", ""):
            ask = tab.dom.attribute("[data-ask]", "data-ask")
            await tab.say({"type": "allow", "ask": ask, "choice": "once"})
    assert frame["generation"] == generation
    return [call["result"] for call in calls(tab.person.served, frame["message"])]


@pytest.mark.parametrize("server", ["web", "local"])
async def test_a_tool_of_a_server_runs_when_it_is_allowed(
    server: str, tab: Page, tools: Served
) -> None:
    end = await allowed(tab, f"use {server}_add")
    (call,) = calls(tools, end["message"])
    assert (call["result"], call["error"]) == ("14", False)
    assert tab.dom.turns() == (await reloaded(tab)).turns()
    assert "data-ask" not in tab.dom.parts(end["message"])


async def test_always_asks_once_in_this_conversation_and_again_in_another(
    tab: Page, tools: Served, open_tab: Open
) -> None:
    await allowed(tab, "use web_add", "always")
    end = await tab.finished("use web_add rate=0")
    assert calls(tools, end["message"])[0]["result"] == "14"
    other = await open_tab(tab.person)
    denied = await allowed(other, "use web_add", "deny")
    (call,) = calls(tools, denied["message"])
    assert call["state"] == "denied" and call["error"]
    assert "Not allowed" in other.dom.text(f"#m{denied['message']}-p0-label")
    assert denied["status"] == "complete", "the model is told, and answers"


async def test_the_question_survives_a_reload_and_is_answered_by_a_plain_post_of_its_owner_only(
    tab: Page, tools: Served, open_tab: Open
) -> None:
    generation = await tab.ask("use web_add rate=0")
    ask = await asked(tab, generation)
    await tab.close()
    again = await open_tab(tab.person, tab.conversation)
    assert again.dom.attribute("[data-ask]", "data-ask") == ask
    stranger = tools.person("charlie")
    for person, status in ((stranger, 404), (tab.person, 302)):
        async with person.browser() as browser:
            fields = {"csrfmiddlewaretoken": await tools.token(browser), "ask": ask}
            posted = await browser.post(f"/c/{tab.conversation}/allow/once", data=fields)
        assert posted.status_code == status
    assert (await again.end(generation))["status"] == "complete"


async def test_an_answer_in_the_database_is_enough(tab: Page, tools: Served) -> None:
    generation = await tab.ask("use web_add rate=0")
    ask = uuid.UUID(await asked(tab, generation))
    tools.change(
        "INSERT INTO chat_toolpermission (generation_id, ask, choice, created_at)"
        " VALUES (?, ?, 'once', ?)",
        generation,
        ask.hex,
        "2026-01-01 00:00:00",
    )
    assert (await tab.end(generation))["status"] == "complete"


async def test_stop_works_while_a_tool_asks_and_while_it_hangs(tab: Page, tools: Served) -> None:
    for text, choice in (("use web_add", ""), ("use local_hang", "once")):
        generation = await tab.ask(f"{text} rate=0")
        ask = await asked(tab, generation)
        assert [f["phase"] for f in tab.frames if f["type"] == "status"][-1] == "tool"
        if choice:
            await tab.say({"type": "allow", "ask": ask, "choice": choice})
            await tab.until(lambda frame: "Running" in frame.get("content", ""))
        await tab.say({"type": "stop", "generation": generation})
        end = await tab.end(generation)
        assert end["status"] == "stopped" and end["stop"]["upstream_closed_ms"] < 1000
        (call,) = calls(tools, end["message"])
        assert call["result"] is None and call["state"] == "stopped"
        assert tab.dom.turns() == (await reloaded(tab)).turns()


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("local_secret", SECRET + " -"),
        ("web_broken", "Error executing tool"),
        ("web_hang", "did not answer within 5 s"),
        ("local_die", "Connection closed"),
        ("web_long", "of which these are the first"),
    ],
)
async def test_whatever_a_server_does_becomes_a_result(
    name: str, said: str, tab: Page, tools: Served
) -> None:
    end = await allowed(tab, f"use {name}")
    (call,) = calls(tools, end["message"])
    assert said in call["result"] and len(call["result"]) < 31_000
    assert end["status"] == "complete"


async def test_a_dead_server_comes_back(tab: Page, tools: Served) -> None:
    await allowed(tab, "use local_die", "always")
    async with asyncio.timeout(servers.PATIENCE), tab.person.browser() as browser:
        results: list[str] = []
        while results != ["14"]:
            # What is offered may still be what the dead one had, and be gone a moment later.
            await until_offered(browser, "local_add")
            results = await used(tab, "local_add")


async def test_tools_are_switched_off_for_a_conversation(tab: Page, tools: Served) -> None:
    key = str(uuid.uuid4())
    off = {"calculate": False, "web_add": False}
    await tab.say({"type": "send", "key": key, "text": "use calculate rate=0", "tools": off})
    end = await tab.end((await tab.first("ack", key=key))["generation"])
    assert not calls(tools, end["message"]), "it was not offered"
    async with tab.person.browser() as browser:
        fields = {"csrfmiddlewaretoken": await tools.token(browser)}
        address = f"/conversations/{tab.conversation}/tools"
        shown = {**fields, "shown": ["calculate", "web_add", "nonsense"], "tool": "calculate"}
        assert (await browser.post(address, data=shown)).status_code == 302
    row = tools.row("SELECT tools FROM chat_conversation WHERE id = ?", _hex(tab))
    assert json.loads(row["tools"]) == {"calculate": True, "web_add": False}
    end = await tab.finished("calculate 6*7 rate=0")
    assert calls(tools, end["message"])[0]["result"] == "42"


def _hex(tab: Page) -> str:
    assert tab.conversation is not None
    return tab.conversation.hex
