"""Stop: at every phase, from everywhere, and never anything else than what was meant."""

import asyncio
import statistics
import uuid
from typing import Any

import pytest

from chat import demo

from .conftest import Open, eventually
from .model import Model, tag
from .page import Frame, Page, reloaded
from .served import Served

# A machine that does other things is given time; how long it really takes, the benchmark says.
SOON_MS = 1000


async def stopped(tab: Page, served: Served, generation: int, **fields: Any) -> Frame:
    """Stop a generation; gives the `end` frame, checked against the row."""
    await tab.say({"type": "stop", **(fields or {"generation": generation})})
    end = await tab.end(generation)
    row = served.generation(generation)
    assert end["status"] == row["status"] == "stopped"
    assert end["stop"]["requested_by"] == tab.person.name
    assert row["stop_requested_by_id"] == tab.person.id and row["stop_requested_at"]
    assert end["stop"]["upstream_closed_ms"] == row["upstream_closed_ms"] is not None
    assert 0 <= row["upstream_closed_ms"] < SOON_MS
    assert "error" not in end and row["finish_reason"] == ""
    assert end["position"] == len(served.message(row["message_id"])["text"])
    assert tab.dom.turns() == (await reloaded(tab)).turns()
    return end


async def asked(tab: Page, model: Model, text: str, state: str) -> tuple[str, int]:
    """Ask, and wait until the model has come to a state; gives the request's tag too."""
    label = tag()
    generation = await tab.ask(f"{text} tag={label}")
    await model.request(label, state)
    return label, generation


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("no headers", "received"),
        ("silence", "received"),
        ("slow", "received"),
        ("comments", "received"),
        ("think rate=0 hold=10", "held"),
        ("code rate=0 hold=40", "held"),
        ("long rate=100", "content"),
        ("stall rate=0", "content"),
        ("tool call rate=0 hold=3", "held"),
    ],
)
async def test_stop_closes_the_model_and_keeps_what_was_said(
    text: str, state: str, tab: Page, served: Served, model: Model
) -> None:
    label, generation = await asked(tab, model, text, state)
    end = await stopped(tab, served, generation)
    request = await model.request(label, "ended")
    assert request["ended_by"] == "client"
    said = served.message(end["message"])["text"]
    assert demo.expected(f"{text} tag={label}").startswith(said)
    usage = end["usage"]
    if request["tokens"]:
        assert usage["source"] == "estimated"
        assert 0 < usage["completion_tokens"] <= request["tokens"]
        assert usage["prompt_tokens"] > 0
    else:
        assert usage["source"] == "none" and usage["completion_tokens"] is None


async def test_the_partial_is_shown_and_can_be_read_after_a_stop(
    tab: Page, served: Served, model: Model
) -> None:
    _, generation = await asked(tab, model, "code rate=0 hold=40", "held")
    await tab.shown(generation, 100)
    end = await stopped(tab, served, generation)
    assert end["position"] > 100
    foot = f"#m{end['message']}-foot"
    assert "Stopped" in tab.dom.text(foot) and "Continue" in tab.dom.text(foot)
    assert tab.person.name in tab.dom.text(foot)


async def test_stop_works_while_the_answer_is_queued(
    narrow: Served, model: Model, open_tab: Open
) -> None:
    alice = narrow.person("alice")
    tabs = [await open_tab(alice) for _ in range(3)]
    running = [await asked(tab, model, "stall rate=0", "content") for tab in tabs[:2]]
    label = tag()
    queued = await tabs[2].ask(f"list rate=0 tag={label}")
    await stopped(tabs[2], narrow, queued)
    assert await model.requests(label) == 0
    for tab, (_, generation) in zip(tabs, running, strict=False):
        await tab.say({"type": "stop"})
        await tab.end(generation)


async def test_stop_in_the_same_breath_as_send(tab: Page, served: Served, model: Model) -> None:
    took = []
    for number in range(10):
        label, key = tag(), str(uuid.uuid4())
        text = f"long rate=100 tag={label}"
        await tab.say({"type": "send", "key": key, "text": text})
        await tab.say({"type": "stop", "key": key} if number % 2 else {"type": "stop"})
        ack = await tab.first("ack", key=key)
        end = await tab.end(ack["generation"])
        assert end["status"] == "stopped"
        took.append(end["timing"]["duration_ms"])
    assert statistics.median(took) < SOON_MS
    assert tab.dom.turns() == (await reloaded(tab)).turns()


async def test_stop_by_key_before_the_ack_of_another_tab(
    tab: Page, served: Served, model: Model, open_tab: Open
) -> None:
    key = str(uuid.uuid4())
    ack = await tab.command("send", key=key, text="long rate=100")
    second = await open_tab(tab.person, tab.conversation)
    await second.say({"type": "stop", "key": key})
    ends = await asyncio.gather(tab.end(ack["generation"]), second.end(ack["generation"]))
    assert ends[0] == ends[1] and ends[0]["status"] == "stopped"


async def test_stop_works_from_another_tab_and_after_a_reload(
    tab: Page, served: Served, model: Model, open_tab: Open
) -> None:
    label, generation = await asked(tab, model, "code rate=0 hold=40", "held")
    await tab.close()
    again = await open_tab(tab.person, tab.conversation)
    assert again.frames[0]["running"] == generation
    await stopped(again, served, generation)
    assert (await model.request(label, "ended"))["ended_by"] == "client"


async def test_stop_twice_is_harmless(tab: Page, served: Served, model: Model) -> None:
    _, generation = await asked(tab, model, "stall rate=0", "content")
    for _ in range(3):
        await tab.say({"type": "stop", "generation": generation})
    end = await tab.end(generation)
    await tab.drained()
    row = served.generation(generation)
    assert end["status"] == row["status"] == "stopped"
    assert len([f for f in tab.frames if f["type"] == "end"]) == 1
    assert {f["code"] for f in tab.frames if f["type"] == "notice"} <= {"gone"}


async def test_stop_after_the_end_is_harmless_and_says_so(tab: Page, served: Served) -> None:
    end = await tab.finished("list rate=0")
    before = served.generation(end["generation"])
    for fields in ({}, {"generation": end["generation"]}, {"key": uuid.UUID(before["key"])}):
        fields = {name: str(v) if name == "key" else v for name, v in fields.items()}
        await tab.say({"type": "stop", **fields})
        notice = await tab.first("notice")
        assert notice["code"] == "gone" and notice.get("key") == fields.get("key")
    assert served.generation(end["generation"]) == before


@pytest.mark.parametrize("wrong", ["the last", "another's", "none", "unknown key"])
async def test_stop_of_another_generation_leaves_the_running_one_alone(
    wrong: str, tab: Page, served: Served, model: Model, open_tab: Open
) -> None:
    last = await tab.finished("list rate=0")
    other = await open_tab(served.person("charlie"))
    another = await other.ask("stall rate=0")
    label, generation = await asked(tab, model, "code rate=0 hold=40", "held")
    fields: dict[str, Any] = {
        "the last": {"generation": last["generation"]},
        "another's": {"generation": another},
        "none": {"generation": 2**62},
        "unknown key": {"key": str(uuid.uuid4())},
    }[wrong]
    await tab.say({"type": "stop", **fields})
    assert (await tab.first("notice"))["code"] == "gone"
    assert served.generation(another)["stop_requested_at"] is None
    await model.go(label)
    assert (await tab.end(generation))["status"] == "complete"
    await other.say({"type": "stop"})
    await other.end(another)


async def test_a_late_stop_never_touches_the_next_answer(
    tab: Page, served: Served, model: Model
) -> None:
    for _ in range(5):
        first = await tab.ask("list rate=0")
        await tab.say({"type": "stop", "generation": first})
        await tab.end(first)
        second = await tab.ask("list rate=0")
        assert (await tab.end(second))["status"] == "complete"


async def test_a_stop_and_the_natural_end_agree_on_one_ending(tab: Page, served: Served) -> None:
    for pause in range(12):
        generation = await tab.ask(f"bench tokens={10 + pause * 5} rate=1000")
        await tab.say({"type": "stop", "generation": generation})
        end = await tab.end(generation)
        row = served.generation(generation)
        assert end["status"] == row["status"] in ("stopped", "complete")
    assert tab.dom.turns() == (await reloaded(tab)).turns()


async def test_a_stop_by_another_process_is_read_from_the_row(
    tab: Page, served: Served, model: Model
) -> None:
    label, generation = await asked(tab, model, "stall rate=0", "content")
    served.change(
        "UPDATE chat_generation SET stop_requested_at = ?, stop_requested_by_id = ? WHERE id = ?",
        "2026-01-01 00:00:00",
        tab.person.id,
        generation,
    )
    end = await tab.end(generation)
    assert end["status"] == "stopped" and end["stop"]["requested_by"] == tab.person.name
    assert (await model.request(label, "ended"))["ended_by"] == "client"


async def test_stop_by_a_plain_form(tab: Page, served: Served, model: Model) -> None:
    _, generation = await asked(tab, model, "stall rate=0", "content")
    async with tab.person.browser() as browser:
        token = await served.token(browser)
        posted = await browser.post(
            f"/conversations/{tab.conversation}/stop", data={"csrfmiddlewaretoken": token}
        )
    assert posted.status_code == 302
    assert (await tab.end(generation))["status"] == "stopped"


async def test_fifty_stops_close_the_model_quickly(
    served: Served, model: Model, open_tab: Open
) -> None:
    people = [served.person("alice") for _ in range(25)]
    tabs = await asyncio.gather(*(open_tab(person) for person in people))
    asked_for = await asyncio.gather(*(asked(t, model, "long rate=50", "content") for t in tabs))
    for tab, (_, generation) in zip(tabs, asked_for, strict=True):
        await tab.say({"type": "stop", "generation": generation})
    ends = await asyncio.gather(
        *(tab.end(generation) for tab, (_, generation) in zip(tabs, asked_for, strict=True))
    )
    closed = [end["stop"]["upstream_closed_ms"] for end in ends]
    assert statistics.median(closed) < SOON_MS, closed
    await eventually(
        lambda: not served.rows("SELECT id FROM chat_checkpoint LIMIT 1"), "no checkpoint is left"
    )
