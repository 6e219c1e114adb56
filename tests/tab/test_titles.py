"""The model gives a conversation its title, and never another than the person's."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from .conftest import Open, eventually, heard
from .page import Page
from .served import Person, Served, serve
from .test_listing import post, row
from .titling import Titler, titling


@pytest.fixture(scope="module")
def titler() -> Iterator[Titler]:
    with titling() as titler:
        yield titler


@pytest.fixture(scope="module")
def titled_site(empty: Path, titler: Titler) -> Iterator[Served]:
    """A site whose model gives titles."""
    with serve(
        empty, OPENAI_BASE_URL=titler.base_url, OPENAI_MODELS="teller", TITLES="model"
    ) as served:
        yield served


@pytest.fixture
def served(titled_site: Served, titler: Titler) -> Iterator[Served]:
    titled_site.complaints(warnings=True)
    titler.title, titler.wishes, titler.answered = "A title", [], 0
    yield titled_site
    heard(titled_site)


async def test_after_the_first_answer_every_tab_is_told_a_title(
    alice: Person, tab: Page, served: Served, titler: Titler, open_tab: Open
) -> None:
    other = await open_tab(alice)
    titler.title = "**“Crossing the Alps.”**\nBecause"
    await tab.finished("How did Hannibal cross the Alps, and with how many elephants?")
    for each in (tab, other):
        told = {"conversation": str(tab.conversation), "title": "Crossing the Alps"}
        await each.first("title", **told)
    assert row(served, tab.conversation)["title"] == "Crossing the Alps"
    (wish,) = titler.wishes
    assert [message["role"] for message in wish["messages"]] == ["user", "assistant", "user"]
    await tab.finished("And the elephants?")
    await tab.drained()
    assert len(titler.wishes) == 1, "one title is enough"


async def test_a_person_who_names_it_meanwhile_keeps_their_name(
    tab: Page, served: Served, titler: Titler
) -> None:
    titler.held.clear()
    await tab.finished("What is it called?")
    await eventually(lambda: len(titler.wishes) == 1, "the wish")
    await tab.finished("The wish is in nobody's way")
    await post(tab.person, tab.conversation, "rename", title="My own name")
    titler.held.set()
    await eventually(lambda: titler.answered == 1, "the title that comes too late")
    await tab.finished("and again")
    assert row(served, tab.conversation)["title"] == "My own name"


@pytest.mark.parametrize("title", [None, "", "***\n\n"])
async def test_a_model_without_a_title_leaves_that_of_the_prompt(
    tab: Page, served: Served, titler: Titler, title: str | None
) -> None:
    titler.title = title
    await tab.finished("The prompt itself")
    await eventually(lambda: len(titler.wishes) > 0, "the wish")
    await tab.finished("More")
    await eventually(lambda: titler.answered == 2, "the second wish")
    assert row(served, tab.conversation)["title"] == "The prompt itself"
    assert row(served, tab.conversation)["title_source"] == "prompt"


async def test_a_temporary_chat_wants_no_title(tab: Page, served: Served, titler: Titler) -> None:
    await tab.finished("Between us", temporary=True)
    await tab.finished("and more")
    assert not titler.wishes


async def test_a_wish_keeps_no_server_from_ending(
    tab: Page, served: Served, titler: Titler
) -> None:
    titler.held.clear()
    await tab.finished("The last prompt")
    await eventually(lambda: len(titler.wishes) == 1, "the wish")
    assert await asyncio.to_thread(served.server.stop) == 0
    assert row(served, tab.conversation)["title"] == "The last prompt"
    titler.held.set()
