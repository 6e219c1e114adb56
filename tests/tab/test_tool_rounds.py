"""Rounds of tools: run, told to the model, shown, limited, and stopped in the middle."""

import asyncio
import json
import uuid
from typing import Any

from .conftest import Open
from .model import Model, tag
from .page import Page, reloaded
from .served import Served


def parts(served: Served, message: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(served.message(message)["parts"])
    return found


def calls(served: Served, message: int) -> list[dict[str, Any]]:
    return [part for part in parts(served, message) if part["type"] == "tool_call"]


async def same_after_a_reload(tab: Page) -> None:
    assert tab.dom.turns() == (await reloaded(tab)).turns()


async def test_a_call_is_run_and_the_model_answers_with_its_result(
    tab: Page, served: Served, model: Model
) -> None:
    label = tag()
    end = await tab.finished(f"calculate 17*24 rate=0 tag={label}")
    (call,) = calls(served, end["message"])
    assert (call["name"], call["result"], call["error"]) == ("calculate", "408", False)
    assert served.message(end["message"])["text"].count("**408**") == 1
    assert await model.requests(label) == 2
    assert end["status"] == "complete" and end["usage"]["source"] == "provider"
    told = [(await model.request(label, "ended"))["tokens"]]
    assert end["usage"]["completion_tokens"] > told[0], "the usage of both rounds"
    phases = [f["phase"] for f in tab.frames if f["type"] == "status"]
    assert phases[-1] == "writing"
    assert "Calculator" in tab.dom.text(f"#m{end['message']}-p0-label")
    await same_after_a_reload(tab)


async def test_parallel_calls_are_all_run(tab: Page, served: Served) -> None:
    end = await tab.finished("two tools rate=0")
    clock, product = calls(served, end["message"])
    assert json.loads(clock["result"])["timezone"] == "Europe/Berlin"
    assert product["result"] == "408" and clock["round"] == product["round"] == 0
    await same_after_a_reload(tab)
    again = await tab.finished("rate=0 hello")
    assert again["status"] == "complete", "the calls are part of the history"


async def test_bad_arguments_and_unknown_tools_are_told_to_the_model(
    tab: Page, served: Served
) -> None:
    end = await tab.finished("bad tool rate=0")
    bad, missing = calls(served, end["message"])
    assert bad["error"] and bad["result"] == "The arguments are not JSON."
    assert missing["error"] and "no tool of this name" in missing["result"]
    assert "not JSON" in served.message(end["message"])["text"]
    assert "Failed" in tab.dom.text(f"#m{end['message']}-p0-label")
    await same_after_a_reload(tab)


async def test_rounds_have_a_limit_and_then_an_answer(tab: Page, served: Served) -> None:
    end = await tab.finished("tools for ever rate=0")
    made = calls(served, end["message"])
    assert [call["round"] for call in made] == list(range(10))
    assert "I had to stop after 10 results." in served.message(end["message"])["text"]
    assert end["status"] == "complete"
    await same_after_a_reload(tab)


async def test_a_search_finds_ones_own_words_and_nobody_elses(
    tab: Page, served: Served, open_tab: Open
) -> None:
    word = f"w{uuid.uuid4().hex[:10]}"
    for person in (tab.person, served.person("charlie")):
        other = await open_tab(person)
        await other.finished(f"echo {word} belongs to {person.name} rate=0")
    end = await tab.finished(f"search my chats for {word} rate=0")
    (call,) = calls(served, end["message"])
    found = json.loads(call["result"])
    said = [message["excerpt"] for each in found for message in each["messages"]]
    assert said and all(tab.person.name in excerpt for excerpt in said)
    assert found[0]["address"].startswith("http") and word in found[0]["title"]


async def test_stop_while_arguments_arrive_keeps_the_call_and_continue_goes_on(
    tab: Page, served: Served, model: Model
) -> None:
    held = tag()
    generation = await tab.ask(f"calculate 1+1 rate=0 hold=3 tag={held}")
    first = await model.request(held, "held")
    await tab.say({"type": "stop", "generation": generation})
    end = await tab.end(generation)
    (call,) = calls(served, end["message"])
    assert end["status"] == "stopped" and call["result"] is None and call["state"] == "stopped"
    label = f"#m{end['message']}-p0-label"
    assert "Stopped" in tab.dom.text(label)
    await same_after_a_reload(tab)
    ack = await tab.command("continue", message=end["message"])
    assert ack["type"] == "ack", ack
    await model.request(held, "held", after=first["number"])
    await model.go(held)
    again = await tab.end(ack["generation"])
    assert again["status"] == "complete"
    assert calls(served, end["message"])[0]["state"] == "stopped"
    assert served.message(end["message"])["text"]
    await same_after_a_reload(tab)


async def test_a_second_tab_and_a_late_one_see_the_same_card(
    tab: Page, served: Served, open_tab: Open, model: Model
) -> None:
    label = tag()
    generation = await tab.ask(f"two tools rate=0 hold=9 tag={label}")
    first = await model.request(label, "held")
    late = await open_tab(tab.person, tab.conversation)
    await model.go(label)
    # The second round is held too.
    await model.request(label, "held", after=first["number"])
    await model.go(label)
    ends = await asyncio.gather(tab.end(generation), late.end(generation))
    assert ends[0] == ends[1]
    assert tab.dom.turns() == late.dom.turns()
    await same_after_a_reload(tab)
