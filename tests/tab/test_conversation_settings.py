"""Settings on the wire: with the first prompt of a new chat, and told to every tab."""

import asyncio
import json
import uuid
from pathlib import Path

from chat import demo
from tests import servers

from .conftest import Open
from .dom import Dom
from .page import Page, visit
from .served import Person, Served, serve

CHOSEN = {"system_prompt": " Speak as a pirate. ", "params": {"temperature": 0.5, "seed": 7}}


def kept(served: Served, conversation: uuid.UUID | None) -> tuple[str, object]:
    assert conversation
    query = "SELECT system_prompt, params FROM chat_conversation WHERE id = ?"
    row = served.row(query, conversation.hex)
    return row["system_prompt"], json.loads(row["params"])


async def test_the_settings_of_a_new_chat_go_with_its_first_prompt_only(
    served: Served, tab: Page
) -> None:
    end = await tab.finished("echo one rate=0", settings=CHOSEN)
    wanted = ("Speak as a pirate.", {"temperature": 0.5, "seed": 7})
    assert kept(served, tab.conversation) == wanted
    assert json.loads(served.generation(end["generation"])["params"]) == CHOSEN["params"]
    end = await tab.finished(
        "echo two rate=0", settings={"system_prompt": "Other"}, params={"seed": 8}
    )
    assert kept(served, tab.conversation) == wanted
    params = json.loads(served.generation(end["generation"])["params"])
    assert params == {"temperature": 0.5, "seed": 8}
    assert kept(served, tab.conversation) == wanted, "what one prompt asks for is its own"


async def test_bad_settings_are_refused_and_leave_nothing(served: Served, tab: Page) -> None:
    for wrong in (
        5,
        "{",
        "[]",
        {"system_prompt": 1},
        {"system_prompt": "x" * 20_001},
        {"params": {"temperature": 9}},
        {"params": {"nonsense": 1}},
        {"other": 1},
    ):
        notice = await tab.command("send", text="echo no", settings=wrong)
        assert (notice["type"], notice["code"]) == ("notice", "invalid"), wrong
    query = "SELECT count(*) AS n FROM chat_conversation WHERE id = ?"
    assert tab.conversation and served.row(query, tab.conversation.hex)["n"] == 0


async def test_every_tab_hears_of_other_settings_and_of_another_model(
    alice: Person, charlie: Person, tab: Page, open_tab: Open
) -> None:
    await tab.finished("echo one rate=0")
    other = await open_tab(alice, tab.conversation)
    async with alice.browser() as browser:
        token = await alice.served.token(browser)
        for path, fields, differs in (
            (f"/c/{tab.conversation}/settings/", {"seed": "7"}, True),
            (f"/conversations/{tab.conversation}/model", {"model": "demo-thinker"}, True),
            (f"/c/{tab.conversation}/settings/", {"seed": ""}, False),
        ):
            answer = await browser.post(path, data={**fields, "csrfmiddlewaretoken": token})
            assert answer.status_code in (204, 302), answer.text
            model = "demo-thinker" if "model" in fields or not differs else "demo"
            said = {"conversation": str(tab.conversation), "model": model, "differs": differs}
            for page in (tab, other):
                await page.first("settings", **said)


async def test_the_models_of_a_server_that_starts_late_are_offered_soon(empty: Path) -> None:
    port = servers.free_port()
    with serve(empty, OPENAI_BASE_URL=f"http://127.0.0.1:{port}/v1") as served:
        async with visit(served.person("alice")) as page:
            assert not page.dom.has("#model option")
            model = await demo.serve("127.0.0.1", port)
            async with asyncio.timeout(servers.PATIENCE):
                while not (await fresh(page)).has("#model option"):
                    await page.drained()
        await model.close()


async def fresh(page: Page) -> Dom:
    """A new chat of the same person."""
    async with page.person.browser() as browser:
        return Dom((await browser.get("/")).text)
