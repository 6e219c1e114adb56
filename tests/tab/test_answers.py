"""A prompt and its answer, as the tab, the row and a reload show them."""

import asyncio
import json
import uuid
from pathlib import Path

import pytest

from chat import demo
from chat.rendering import render

from .conftest import Open
from .dom import letters_of
from .model import Model, tag
from .page import Page, reloaded
from .served import Person, Served, serve

WORDS = [
    *"long code table list math wide rtl cjk emoji hostile once slow blank think tool".split(),
    *("think inline", "tool call", "two tools", "tool whole", "tool repeated", "tool text"),
    *("hello", "no done", "bench tokens=2000", "echo x", "echo \u202eevil\u202c"),
    "echo **bold** <b>raw</b> `code`\n\n```\nopen fence",
    "echo \n\n    indented\n\tcode",
]


async def test_an_answer_arrives_in_the_order_of_the_contract(tab: Page, served: Served) -> None:
    key = str(uuid.uuid4())
    await tab.say({"type": "send", "key": key, "text": "list rate=400", "headers": {"x": "y"}})
    ack = await tab.first("ack")
    assert ack["key"] == key and ack["duplicate"] is False
    assert ack["conversation"] == str(tab.conversation)
    end = await tab.end(ack["generation"])
    types = [f["type"] for f in tab.frames if f["type"] not in ("sidebar", "title", "status")]
    assert types[:4] == ["snapshot", "ack", "message", "delta"]
    assert set(types[4:-1]) == {"delta"} and types[-1] == "end"
    message = next(f for f in tab.frames if f["type"] == "message")
    row = served.message(ack["message"])
    assert (message["message"], message["parent"]) == (row["id"], row["parent_id"])
    assert end["message"] == ack["message"] and end["position"] == len(row["text"])


async def test_the_end_tells_status_usage_and_timing_as_the_row_has_them(
    tab: Page, served: Served
) -> None:
    end = await tab.finished("think rate=300")
    row = served.generation(end["generation"])
    assert end["status"] == row["status"] == "complete" and row["finish_reason"] == "stop"
    usage = end["usage"]
    assert usage["source"] == row["usage_source"] == "provider"
    for name in ("prompt_tokens", "completion_tokens", "reasoning_tokens"):
        assert usage[name] == row[name] and usage[name] > 0
    assert usage["completion_tokens"] > usage["reasoning_tokens"]
    timing = end["timing"]
    assert 0 < timing["first_token_ms"] < timing["duration_ms"]
    assert 0 < timing["tokens_per_second"] < 1000
    assert row["created_at"] <= row["started_at"] <= row["first_token_at"] <= row["finished_at"]
    assert row["error_code"] == "" and row["stop_requested_at"] is None
    assert "error" not in end and "stop" not in end


async def test_status_frames_tell_each_phase_with_a_clock_that_never_goes_back(tab: Page) -> None:
    await tab.finished("think rate=150 start=0.3")
    told = [f for f in tab.frames if f["type"] == "status"]
    phases = list(dict.fromkeys(f["phase"] for f in told))
    assert phases[-2:] == ["reasoning", "writing"] and "waiting" in phases
    elapsed = [f["elapsed_ms"] for f in told]
    assert elapsed == sorted(elapsed) and [f["tokens"] for f in told][-1] > 0


async def test_how_long_it_reasoned_is_shown_as_after_a_reload(tab: Page) -> None:
    end = await tab.finished("think rate=100")
    label = f"#m{end['message']}-p0-label"
    assert tab.dom.text(label) == (await reloaded(tab)).text(label)


@pytest.mark.parametrize("pace", ["rate=0", "rate=2500"])
async def test_what_is_shown_is_the_row_rendered_and_what_a_reload_shows(
    pace: str, served: Served, open_tab: Open
) -> None:
    async def one(person: Person, word: str) -> None:
        page = await open_tab(person)
        text = f"{pace} {word}"
        end = await page.finished(text)
        row = served.message(end["message"])
        assert end["status"] == "complete", (word, end)
        if "think inline" not in word and "tool" not in word:
            assert row["text"] == demo.expected(text), word
        assert end["position"] == len(row["text"])
        if word != "two tools":  # whose text the calls stand in
            assert letters_of(render(row["text"])) in letters_of(page.dom.parts(row["id"])), word
        assert page.dom.turns() == (await reloaded(page)).turns(), word
        await page.connect()
        assert page.dom.turns() == (await reloaded(page)).turns(), word

    people = [served.person("alice") for index in range(len(WORDS))]
    async with asyncio.TaskGroup() as group:
        for person, word in zip(people, WORDS, strict=True):
            group.create_task(one(person, word))


async def test_an_answer_is_one_part_of_text_and_a_thinking_one_two(
    tab: Page, served: Served
) -> None:
    end = await tab.finished("think rate=0")
    parts = json.loads(served.message(end["message"])["parts"])
    assert [part["type"] for part in parts] == ["reasoning", "text"]
    inline = await tab.finished("think inline rate=0")
    again = json.loads(served.message(inline["message"])["parts"])
    assert [part["type"] for part in again] == ["reasoning", "text"]
    assert again[0]["text"].strip() == parts[0]["text"].strip()


async def test_the_title_is_the_first_line_of_the_first_prompt(tab: Page, served: Served) -> None:
    await tab.finished("\n  What   is\tthis?  \nA second line rate=0")
    await tab.finished("rate=0 list")
    row = served.row("SELECT * FROM chat_conversation WHERE id = ?", tab.conversation.hex)  # type: ignore[union-attr]
    assert row["title"] == "What is this?"
    assert (await reloaded(tab)).text("#title") == "What is this?"


async def test_a_second_answer_follows_the_first(tab: Page, served: Served, model: Model) -> None:
    first = await tab.finished("rate=0 hello")
    label = tag()
    second = await tab.finished(f"rate=0 hello tag={label}")
    assert served.message(second["message"])["text"] != served.message(first["message"])["text"]
    prompt = served.message(served.message(second["message"])["parent_id"])
    assert prompt["parent_id"] == first["message"]
    assert tab.dom.turns() == (await reloaded(tab)).turns() and len(tab.dom.turns()) == 4


async def test_a_sender_that_leaves_gets_its_answer_all_the_same(
    tab: Page, served: Served, open_tab: Open, model: Model
) -> None:
    label = tag()
    text = f"code rate=0 hold=20 tag={label}"
    generation = await tab.ask(text)
    await tab.shown(generation)
    await tab.close()
    await model.request(label, "held")
    await model.go(label)
    assert (await model.request(label, "ended"))["ended_by"] == "server"
    again = await open_tab(tab.person, tab.conversation)
    await again.connect()
    if served.generation(generation)["status"] != "complete":
        await again.end(generation)
    assert served.message(served.generation(generation)["message_id"])["text"] == demo.expected(
        text
    )


async def test_prompts_are_in_nobodys_log(tab: Page, served: Served) -> None:
    secret = uuid.uuid4().hex
    await tab.finished(f"echo {secret} rate=0")
    await tab.finished(f"error 400 {secret}")
    assert secret not in served.server.text()


async def test_with_nothing_configured_the_demo_model_answers(empty: Path, open_tab: Open) -> None:
    with serve(empty) as served:
        tab = await open_tab(served.person("alice"))
        end = await tab.finished("hello rate=0")
        assert served.message(end["message"])["text"] == demo.expected("hello")
        assert served.generation(end["generation"])["model"] == "demo"
        assert tab.dom.turns() == (await reloaded(tab)).turns()
        await tab.close()
        assert not served.complaints(warnings=True)
