"""Renaming, pinning, archiving, deleting and seeing: told to every tab, refused to strangers."""

import re
import uuid
from typing import Any

import httpx2
import pytest

from .conftest import Open
from .model import Model, tag
from .page import Closed, Page
from .served import Person, Served

COMMANDS = "rename pin unpin archive unarchive delete restore seen".split()
GONE = 4404


async def post(person: Person, conversation: object, what: str, **fields: str) -> httpx2.Response:
    """The answer to a plain form."""
    async with person.browser() as browser:
        fields["csrfmiddlewaretoken"] = await person.served.token(browser)
        address = f"/conversations/{conversation}/{what}"
        return await browser.post(address, data=fields, headers={"Referer": str(browser.base_url)})


async def get(person: Person, address: str) -> httpx2.Response:
    async with person.browser() as browser:
        return await browser.get(address)


def row(served: Served, conversation: uuid.UUID | None) -> dict[str, Any]:
    assert conversation is not None
    query = "SELECT * FROM chat_conversation WHERE id = ?"
    return served.row(query, conversation.hex)


@pytest.fixture
async def asked(tab: Page) -> Page:
    """Alice's tab, in which a question was answered."""
    await tab.finished("echo Hello")
    over = {"conversation": str(tab.conversation), "running": False}
    # The list hears of it first where Redis has to take what is shown.
    if not any({"type": "sidebar", **over}.items() <= frame.items() for frame in tab.frames):
        await tab.first("sidebar", **over)
    return tab


async def test_what_is_done_to_a_row_is_saved_and_told_to_other_tabs(
    asked: Page, served: Served, open_tab: Open
) -> None:
    alice, id = asked.person, asked.conversation
    other = await open_tab(alice)
    before = row(served, id)["updated_at"]
    for what, column, value in (
        ("pin", "pinned", 1),
        ("unpin", "pinned", 0),
        ("archive", "archived", 1),
        ("unarchive", "archived", 0),
    ):
        assert (await post(alice, id, what)).status_code == 302
        assert row(served, id)[column] == value
        hint = await other.first("sidebar", conversation=str(id))
        assert hint["moved"]
    assert (await post(alice, id, "rename", title="  A \0 name  ")).status_code == 302
    assert (await other.first("title", conversation=str(id)))["title"] == "A name"
    assert row(served, id)["title_source"] == "person"
    await post(alice, id, "rename", title=" ")
    assert row(served, id)["title"] == "A name"
    assert row(served, id)["updated_at"] == before


async def test_a_deleted_conversation_is_gone_until_it_is_brought_back(
    asked: Page, served: Served, open_tab: Open
) -> None:
    alice, id = asked.person, asked.conversation
    other = await open_tab(alice)
    answer = await post(alice, id, "delete")
    assert answer.headers["location"] == f"/conversations/{id}/"
    assert (await other.first("sidebar", conversation=str(id)))["deleted"]
    assert await asked.farewell() == GONE
    assert (await get(alice, f"/c/{id}/")).status_code == 404
    for what in ("delete", "rename", "pin", "archive"):
        assert (await post(alice, id, what, title="x")).status_code == 404, what
    with pytest.raises(Closed, match=str(GONE)):
        await asked.connect()
    refused = await post(alice, id, "send", key=str(uuid.uuid4()), text="echo no")
    assert refused.status_code == 404
    page = (await get(alice, f"/conversations/{id}/")).text
    assert "Undo" in page
    assert (await post(alice, id, "restore")).headers["location"] == f"/c/{id}/"
    assert (await get(alice, f"/c/{id}/")).status_code == 200
    assert (await post(alice, id, "restore")).status_code == 404
    back = await open_tab(alice, id)
    await back.finished("echo again")
    assert served.rows("SELECT * FROM chat_message WHERE conversation_id = ?", id.hex if id else "")


async def test_deleting_stops_what_is_being_written(
    tab: Page, model: Model, served: Served
) -> None:
    label = tag()
    generation = await tab.ask(f"long rate=0 hold=5 tag={label}")
    await model.request(label, "held")
    await post(tab.person, tab.conversation, "delete")
    assert (await model.request(label, "ended"))["ended_by"] == "client"
    assert await tab.farewell() == GONE
    assert served.generation(generation)["status"] in ("running", "stopped")


async def test_strangers_find_nothing(asked: Page, charlie: Person, served: Served) -> None:
    before = row(served, asked.conversation)
    for what in COMMANDS:
        answer = await post(charlie, asked.conversation, what, title="x")
        assert answer.status_code == 404, what
        assert (await post(charlie, uuid.uuid4(), what, title="x")).status_code == 404
    assert (await get(charlie, f"/conversations/{asked.conversation}/")).status_code == 404
    assert str(asked.conversation) not in (await get(charlie, "/archived/")).text
    assert row(served, asked.conversation) == before


async def test_an_answer_is_unseen_until_a_page_says_that_it_was_seen(
    asked: Page, served: Served, open_tab: Open
) -> None:
    alice, id = asked.person, asked.conversation
    assert row(served, id)["unseen"]
    other = await open_tab(alice)
    assert f'class="row unseen" data-conversation="{id}"' in (await get(alice, "/")).text
    assert (await get(alice, f"/conversations/{id}/seen")).status_code == 204
    assert (await other.first("sidebar", conversation=str(id)))["unseen"] is False
    assert not row(served, id)["unseen"]
    assert (await post(alice, id, "seen")).status_code == 204
    await asked.finished("echo and more")
    assert (await other.first("sidebar", running=False))["unseen"] is True
    await post(alice, id, "delete")
    assert (await post(alice, id, "seen")).status_code == 204  # its page had not heard of it
    assert not row(served, id)["unseen"]


async def test_a_temporary_chat_is_in_no_list_and_told_to_none(
    alice: Person, tab: Page, served: Served, open_tab: Open
) -> None:
    await tab.finished("echo in secret", temporary=True)
    assert row(served, tab.conversation)["temporary"]
    await tab.drained()
    assert not [frame for frame in tab.frames if frame["type"] == "sidebar"]
    assert "in secret" not in (await get(alice, "/conversations/")).text
    page = (await get(alice, f"/c/{tab.conversation}/")).text
    assert "Temporary chat" in page
    assert 'name="temporary"' not in page
    await tab.finished("echo more")
    plain = await open_tab(alice)
    await plain.finished("echo for the list")
    await plain.finished("echo still", temporary=True)
    assert not row(served, plain.conversation)["temporary"]


async def test_the_plain_form_begins_a_temporary_chat_too(alice: Person, served: Served) -> None:
    page = (await get(alice, "/")).text
    assert re.search(r'<input[^>]*name="temporary"[^>]*form="composer"', page)
    id = uuid.uuid4()
    key = str(uuid.uuid4())
    answer = await post(alice, id, "send", key=key, text="echo hush", temporary="on")
    assert answer.status_code == 302
    assert row(served, id)["temporary"]
