"""Regenerate, continue and edit: siblings, paths, and the same page in every tab."""

import asyncio
import json
import uuid
from typing import Any

import pytest

from chat import demo

from .conftest import Open
from .model import Model, tag
from .page import Frame, Page, reloaded
from .served import Served


async def acked(tab: Page, type: str, **fields: Any) -> Frame:
    """Send a command that is accepted and wait for the end of its answer."""
    ack = await tab.command(type, **fields)
    assert ack["type"] == "ack", ack
    return await tab.end(ack["generation"])


async def stop_in_the_middle(tab: Page, model: Model, text: str = "code") -> Frame:
    """Ask, and stop in the middle of the answer."""
    label = tag()
    generation = await tab.ask(f"{text} rate=0 hold=40 tag={label}")
    await model.request(label, "held")
    await tab.shown(generation, 100)
    await tab.say({"type": "stop", "generation": generation})
    return await tab.end(generation)


def leaf(served: Served, tab: Page) -> int:
    """The message that ends the path shown."""
    assert tab.conversation
    row = served.row("SELECT * FROM chat_conversation WHERE id = ?", tab.conversation.hex)
    return int(row["leaf_id"])


async def test_regenerate_writes_a_sibling_and_shows_it_in_every_tab(
    tab: Page, served: Served, open_tab: Open
) -> None:
    first = await tab.finished("list rate=0")
    second = await open_tab(tab.person, tab.conversation)
    ack = await tab.command("regenerate", message=first["message"])
    assert ack["type"] == "ack" and ack["message"] != first["message"]
    ends = await asyncio.gather(tab.end(ack["generation"]), second.end(ack["generation"]))
    # A tab whose snapshot showed the end already is not shown it again.
    assert {**ends[0], "content": ""} == {**ends[1], "content": ""}
    for page in (tab, second):
        last = [f for f in page.frames if f["type"] in ("snapshot", "message")][-1]
        assert last["type"] == "snapshot"
        assert page.dom.turns() == (await reloaded(tab)).turns()
        assert len(page.dom.turns()) == 2
    old, new = served.message(first["message"]), served.message(ack["message"])
    assert old["parent_id"] == new["parent_id"] and old["text"] == new["text"]
    assert leaf(served, tab) == ack["message"]


async def test_an_earlier_answer_is_regenerated_in_its_place(tab: Page, served: Served) -> None:
    first = await tab.finished("list rate=0")
    await tab.finished("table rate=0")
    end = await acked(tab, "regenerate", message=first["message"])
    assert leaf(served, tab) == end["message"]
    assert len(tab.dom.turns()) == 2
    assert tab.dom.turns() == (await reloaded(tab)).turns()
    assert len(served.generations(tab.conversation)) == 3  # type: ignore[arg-type]


@pytest.mark.parametrize(("text", "tokens"), [("code", 40), ("think", 220), ("table", 60)])
async def test_continue_goes_on_in_the_same_message(
    text: str, tokens: int, tab: Page, served: Served, model: Model, open_tab: Open
) -> None:
    label = tag()
    generation = await tab.ask(f"{text} rate=0 hold={tokens} tag={label}")
    await model.request(label, "held")
    await tab.shown(generation)
    await tab.say({"type": "stop", "generation": generation})
    first = await tab.end(generation)
    kept = served.message(first["message"])
    second = await open_tab(tab.person, tab.conversation)
    ack = await tab.command("continue", message=first["message"])
    assert ack["type"] == "ack" and ack["message"] == first["message"]
    end, other = await asyncio.gather(tab.end(ack["generation"]), second.end(ack["generation"]))
    assert end == other and end["status"] == "complete"
    row = served.message(first["message"])
    assert row["text"].startswith(kept["text"]) and len(row["text"]) > len(kept["text"])
    assert end["position"] == len(row["text"])
    before, after = json.loads(kept["parts"]), json.loads(row["parts"])
    assert [part["type"] for part in after][: len(before)] == [part["type"] for part in before]
    assert len(tab.dom.turns()) == 2
    assert tab.dom.turns() == second.dom.turns() == (await reloaded(tab)).turns()
    statuses = [each["status"] for each in served.generations(tab.conversation)]  # type: ignore[arg-type]
    assert statuses == ["stopped", "complete"]


async def test_a_continued_answer_that_fails_keeps_what_it_had(
    tab: Page, served: Served, model: Model
) -> None:
    first = await stop_in_the_middle(tab, model)
    kept = served.message(first["message"])["text"]
    ack = await tab.command("continue", message=first["message"], model="no-such-model")
    end = await tab.end(ack["generation"])
    assert end["status"] == "failed" and end["position"] == len(kept)
    assert served.message(first["message"])["text"] == kept
    assert tab.dom.turns() == (await reloaded(tab)).turns()


@pytest.mark.parametrize("case", ["complete", "a prompt", "not the last", "unknown"])
async def test_only_a_last_answer_that_was_cut_short_is_continued(
    case: str, tab: Page, served: Served, model: Model
) -> None:
    if case == "complete":
        message = (await tab.finished("list rate=0"))["message"]
    else:
        message = (await stop_in_the_middle(tab, model))["message"]
    if case == "a prompt":
        message = served.message(message)["parent_id"]
    elif case == "not the last":
        await tab.finished("list rate=0")
    elif case == "unknown":
        message = 2**62
    before = served.generations(tab.conversation)  # type: ignore[arg-type]
    notice = await tab.command("continue", message=message)
    assert (notice["type"], notice["code"]) == ("notice", "invalid")
    assert served.generations(tab.conversation) == before  # type: ignore[arg-type]


async def test_an_edited_prompt_is_a_sibling_and_every_tab_shows_its_path(
    tab: Page, served: Served, open_tab: Open
) -> None:
    first = await tab.finished("echo one rate=0")
    second = await tab.finished("echo two")
    other = await open_tab(tab.person, tab.conversation)
    end = await acked(tab, "send", text="echo rather three", parent=first["message"])
    await other.end(end["generation"])
    edited = served.message(served.message(end["message"])["parent_id"])
    assert edited["parent_id"] == first["message"]
    assert served.message(second["message"])["text"]
    for page in (tab, other):
        assert page.dom.turns() == (await reloaded(tab)).turns()
        assert len(page.dom.turns()) == 4 and "rather three" in "".join(page.dom.turns())
        assert "two" not in "".join(page.dom.turns())


@pytest.mark.parametrize("parent", [None, ""])
async def test_a_null_or_empty_parent_is_the_root(parent: Any, tab: Page, served: Served) -> None:
    await tab.finished("echo one", parent=parent)
    end = await acked(tab, "send", text="echo edited", parent=parent)
    prompt = served.message(served.message(end["message"])["parent_id"])
    assert prompt["parent_id"] is None
    assert len(tab.dom.turns()) == 2 and tab.dom.turns() == (await reloaded(tab)).turns()


@pytest.mark.parametrize("type", ["send", "regenerate", "continue"])
async def test_messages_that_are_not_here_are_refused_and_change_nothing(
    type: str, tab: Page, served: Served, open_tab: Open, model: Model
) -> None:
    stranger = await open_tab(served.person("charlie"))
    theirs = (await stop_in_the_middle(stranger, model))["message"]
    own_other = await open_tab(tab.person)
    elsewhere = (await stop_in_the_middle(own_other, model))["message"]
    mine = (await tab.finished("echo here rate=0"))["message"]
    before = served.rows("SELECT * FROM chat_message ORDER BY id")
    field = "parent" if type == "send" else "message"
    prompt = served.message(mine)["parent_id"]
    for id in (theirs, elsewhere, prompt, 2**62):
        fields = {field: id, **({"text": "list"} if type == "send" else {})}
        notice = await tab.command(type, **fields)
        assert notice["code"] == "invalid", (id, notice)
    assert served.rows("SELECT * FROM chat_message ORDER BY id") == before


async def test_an_unknown_parent_in_a_new_chat_makes_no_conversation(
    tab: Page, served: Served
) -> None:
    notice = await tab.command("send", text="hello", parent=12345678)
    assert notice["code"] == "invalid" and tab.conversation
    query = "SELECT * FROM chat_conversation WHERE id = ?"
    assert not served.rows(query, tab.conversation.hex)


async def test_commands_that_change_the_path_while_an_answer_runs_are_busy(
    tab: Page, served: Served, model: Model
) -> None:
    first = await tab.finished("echo one rate=0")
    label = tag()
    generation = await tab.ask(f"code rate=0 hold=40 tag={label}")
    await model.request(label, "held")
    regenerate = await tab.command("regenerate", message=first["message"])
    edit = await tab.command("send", text="x", parent=first["message"])
    assert regenerate["code"] == edit["code"] == "busy"
    await model.go(label)
    assert (await tab.end(generation))["status"] == "complete"
    assert len(tab.dom.turns()) == 4 and tab.dom.turns() == (await reloaded(tab)).turns()


async def test_regenerating_twice_with_one_key_asks_once(tab: Page, served: Served) -> None:
    first = await tab.finished("list rate=0")
    key = str(uuid.uuid4())
    for _ in range(2):
        await tab.say({"type": "regenerate", "key": key, "message": first["message"]})
    acks = [await tab.first("ack"), await tab.first("ack")]
    assert [ack["duplicate"] for ack in acks] == [False, True]
    assert len(served.generations(tab.conversation)) == 2  # type: ignore[arg-type]


async def test_what_the_model_is_told_is_the_path_and_no_reasoning(
    tab: Page, served: Served, model: Model
) -> None:
    await tab.finished("think rate=0")
    failed = await tab.finished("error 400")
    label = tag()
    await acked(tab, "send", text=f"hello rate=0 tag={label}")
    request = await model.request(label, "ended")
    assert failed["status"] == "failed" and request["status"] == 200
    end = await tab.finished("rate=0 hello")
    assert end["usage"]["prompt_tokens"] > 0
    assert served.message(end["message"])["text"] == demo.expected(
        [{"role": "user", "content": "x"}, {"role": "user", "content": "hello"}]
    )


async def test_a_model_chosen_once_is_kept_for_the_conversation(tab: Page, served: Served) -> None:
    first = await tab.finished("rate=0 list", model="demo-thinker")
    second = await tab.finished("rate=0 list")
    rows = [served.generation(end["generation"]) for end in (first, second)]
    assert [row["model"] for row in rows] == ["demo-thinker", "demo-thinker"]


async def test_params_reach_the_model_and_the_row(tab: Page, served: Served) -> None:
    end = await tab.finished("list rate=0", params={"max_tokens": 5, "temperature": 0.5})
    assert end["status"] == "truncated" and end["usage"]["completion_tokens"] == 5
    row = served.generation(end["generation"])
    assert json.loads(row["params"]) == {"max_tokens": 5, "temperature": 0.5}
    assert row["finish_reason"] == "length"
