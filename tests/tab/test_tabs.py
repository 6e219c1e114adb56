"""Several tabs, several people: everybody sees the whole answer, and only their own."""

import asyncio
import uuid

from chat import demo

from .conftest import Open
from .model import Model, held, tag
from .page import Page, reloaded
from .served import Person, Served


async def test_a_second_tab_in_mid_answer_ends_with_the_same_page(
    tab: Page, model: Model, open_tab: Open
) -> None:
    label, generation = await held(tab, model, "code")
    second = await open_tab(tab.person, tab.conversation)
    assert second.frames[0]["running"] == generation
    assert second.dom.turns() == tab.dom.turns()
    await model.go(label)
    ends = await asyncio.gather(tab.end(generation), second.end(generation))
    assert ends[0] == ends[1]
    assert second.dom.turns() == tab.dom.turns() == (await reloaded(tab)).turns()


async def test_a_tab_that_comes_late_hears_what_is_done_and_since_when(
    tab: Page, open_tab: Open
) -> None:
    generation = await tab.ask("silence")
    await tab.first("status", phase="waiting")
    late = await open_tab(tab.person, tab.conversation)
    status = await late.first("status", generation=generation)
    assert status["phase"] == "waiting"
    await late.drained()
    tab.vanish()
    await tab.connect()
    assert (await tab.first("status"))["elapsed_ms"] > status["elapsed_ms"]
    await tab.say({"type": "stop", "generation": generation})
    await tab.end(generation)


async def test_a_page_shows_what_is_saved_of_an_answer_before_it_has_a_socket(
    tab: Page, served: Served, model: Model
) -> None:
    label, generation = await held(tab, model, "code")
    message = served.generation(generation)["message_id"]
    async with asyncio.timeout(10):
        while (await reloaded(tab)).parts(message) != tab.dom.parts(message):  # noqa: ASYNC110
            await asyncio.sleep(0.1)
    await model.go(label)
    await tab.end(generation)


async def test_a_tab_that_reconnects_in_mid_answer_misses_and_doubles_nothing(
    tab: Page, model: Model, served: Served
) -> None:
    label, generation = await held(tab, model, "table", 120)
    tab.vanish()
    await model.go(label)
    await tab.connect()
    if tab.frames[-1]["running"]:
        await tab.end(generation)
    row = served.generation(generation)
    assert served.message(row["message_id"])["text"] == demo.expected("table")
    assert tab.dom.turns() == (await reloaded(tab)).turns()


async def test_a_tab_that_reconnects_again_and_again_ends_with_the_same_page(
    tab: Page, open_tab: Open
) -> None:
    generation = await tab.ask("long rate=100")
    restless = await open_tab(tab.person, tab.conversation)
    for _ in range(12):
        await restless.first("delta")
        restless.vanish()
        await restless.connect()
    await restless.first("delta")
    await tab.say({"type": "stop", "generation": generation})
    await asyncio.gather(tab.end(generation), restless.end(generation))
    assert restless.dom.turns() == tab.dom.turns() == (await reloaded(tab)).turns()


async def test_a_late_tab_sees_what_was_answered(tab: Page, open_tab: Open) -> None:
    await tab.finished("list rate=0")
    late = await open_tab(tab.person, tab.conversation)
    assert late.frames[0]["running"] is None
    assert late.dom.turns() == tab.dom.turns()


async def test_a_prompt_and_its_answer_appear_in_every_tab(
    tab: Page, model: Model, open_tab: Open
) -> None:
    await tab.finished("rate=0 echo one")
    second = await open_tab(tab.person, tab.conversation)
    label, generation = await held(second, model, "list")
    await tab.shown(generation)
    await model.go(label)
    await asyncio.gather(tab.end(generation), second.end(generation))
    told = [[f for f in page.frames if f["type"] == "message"][-1] for page in (tab, second)]
    assert told[0] == told[1]
    assert tab.of(generation) == second.of(generation) == ["delta", "end"]
    assert tab.dom.turns() == second.dom.turns() == (await reloaded(tab)).turns()


async def test_two_people_write_at_once_and_each_sees_their_own(
    alice: Person, charlie: Person, open_tab: Open
) -> None:
    hers, his = await asyncio.gather(open_tab(alice), open_tab(charlie))
    ends = await asyncio.gather(
        hers.finished("rate=500 echo " + "mine " * 50), his.finished("rate=500 table")
    )
    for page, end in zip((hers, his), ends, strict=True):
        generations = {f["generation"] for f in page.frames if "generation" in f}
        assert generations == {end["generation"]}
        assert page.dom.turns() == (await reloaded(page)).turns()


async def test_the_same_key_asks_once_on_one_socket(tab: Page, served: Served) -> None:
    key, send = str(uuid.uuid4()), {"type": "send", "text": "list rate=300"}
    for _ in range(3):
        await tab.say({**send, "key": key})
    acks = [await tab.first("ack") for _ in range(3)]
    assert [ack["duplicate"] for ack in acks] == [False, True, True]
    await tab.end(acks[0]["generation"])
    await tab.say({**send, "key": key})
    after = await tab.first("ack")
    assert {**after, "duplicate": False} == acks[0] and after["duplicate"] is True
    assert tab.conversation
    assert len(served.generations(tab.conversation)) == 1
    assert len(tab.dom.turns()) == 2 and tab.dom.turns() == (await reloaded(tab)).turns()


async def test_the_same_key_asks_once_on_two_sockets_of_a_new_chat(
    tab: Page, served: Served, model: Model
) -> None:
    async with tab.twin() as second:
        label = tag()
        text = f"list rate=0 hold=30 tag={label}"
        frame = {"type": "send", "key": str(uuid.uuid4()), "text": text}
        await asyncio.gather(tab.say(frame), second.say(frame))
        acks = await asyncio.gather(tab.first("ack"), second.first("ack"))
        assert sorted(ack["duplicate"] for ack in acks) == [False, True]
        assert acks[0]["generation"] == acks[1]["generation"]
        assert tab.conversation
        assert len(served.generations(tab.conversation)) == 1
        await asyncio.gather(*(each.shown(acks[0]["generation"]) for each in (tab, second)))
        await model.request(label, "held")
        await model.go(label)
        ends = await asyncio.gather(*(t.end(acks[0]["generation"]) for t in (tab, second)))
        assert ends[0] == ends[1]
        assert tab.dom.turns() == second.dom.turns() == (await reloaded(tab)).turns()


async def test_a_key_of_another_conversation_is_a_new_one(alice: Person, open_tab: Open) -> None:
    one, other = await asyncio.gather(open_tab(alice), open_tab(alice))
    key = str(uuid.uuid4())
    first = await one.command("send", key=key, text="rate=0 echo a")
    second = await other.command("send", key=key, text="rate=0 echo b")
    assert second["duplicate"] is False and first["generation"] != second["generation"]


async def test_of_two_tabs_that_send_at_once_one_is_busy(
    tab: Page, served: Served, model: Model, open_tab: Open
) -> None:
    await tab.finished("rate=0 echo hello")
    second = await open_tab(tab.person, tab.conversation)
    label = tag()
    texts = [f"{word} rate=0 hold=30 tag={label}" for word in ("list", "table")]
    answers = await asyncio.gather(
        tab.command("send", text=texts[0]), second.command("send", text=texts[1])
    )
    assert sorted(answer["type"] for answer in answers) == ["ack", "notice"]
    (ack,) = (answer for answer in answers if answer["type"] == "ack")
    (notice,) = (answer for answer in answers if answer["type"] == "notice")
    assert notice["code"] == "busy"
    await model.request(label, "held")
    await model.go(label)
    await asyncio.gather(tab.end(ack["generation"]), second.end(ack["generation"]))
    assert tab.dom.turns() == second.dom.turns() == (await reloaded(tab)).turns()
    assert tab.conversation
    assert len(served.generations(tab.conversation)) == 2


async def test_ten_sends_at_once_make_one_answer_and_nine_are_busy(
    tab: Page, served: Served
) -> None:
    keys = [str(uuid.uuid4()) for _ in range(10)]
    for key in keys:
        await tab.say({"type": "send", "key": key, "text": "stall rate=0"})
    told = [
        await tab.until(lambda f, key=key: f["type"] in ("ack", "notice") and f["key"] == key)
        for key in keys
    ]
    assert [frame["type"] for frame in told] == ["ack"] + ["notice"] * 9
    assert {frame["code"] for frame in told[1:]} == {"busy"}
    await tab.say({"type": "stop"})
    await tab.end(told[0]["generation"])


async def test_an_answer_too_quick_to_watch_still_ends_with_an_end_frame(
    tab: Page, open_tab: Open
) -> None:
    await tab.finished("rate=0 echo one")
    second = await open_tab(tab.person, tab.conversation)
    for _ in range(10):
        generation = await tab.ask("rate=0 blank")
        await asyncio.gather(tab.end(generation), second.end(generation))
    assert tab.dom.turns() == second.dom.turns() == (await reloaded(tab)).turns()


async def test_tabs_that_vanish_in_mid_answer_leave_no_trace_in_the_log(
    alice: Person, served: Served, model: Model, open_tab: Open
) -> None:
    tab = await open_tab(alice)
    generation = await tab.ask("long rate=50")
    for _ in range(20):
        other = await open_tab(alice, tab.conversation)
        await other.first("delta")
        other.vanish()
    await tab.say({"type": "stop", "generation": generation})
    await tab.end(generation)
    assert not served.complaints(warnings=True)


async def test_a_long_conversation_is_shown_alike_by_tabs_that_saw_different_beginnings(
    tab: Page, open_tab: Open
) -> None:
    tabs = [tab]
    for number in range(5):
        await tabs[0].finished(f"rate=0 echo answer {number}")
        tabs.append(await open_tab(tab.person, tab.conversation))
    generation = await tabs[2].ask("rate=0 table")
    for page in tabs:
        await page.end(generation)
        assert page.dom.turns() == tab.dom.turns()
    for page in tabs:
        page.vanish()
        await page.connect()
        assert page.dom.turns() == (await reloaded(tab)).turns()


async def test_other_pages_of_the_owner_hear_of_a_new_conversation_and_strangers_do_not(
    tab: Page, served: Served, open_tab: Open
) -> None:
    elsewhere = await open_tab(tab.person)
    stranger = await open_tab(served.person("charlie"))
    await tab.finished("rate=0 list")
    for running in (True, False):
        await elsewhere.first("sidebar", conversation=str(tab.conversation), running=running)
    await stranger.drained()
    assert {frame["type"] for frame in stranger.frames} == {"snapshot", "pong"}
    assert {frame["type"] for frame in elsewhere.frames} <= {"snapshot", "sidebar", "title"}


async def test_a_turn_after_something_that_a_tab_was_not_told_of_brings_both(
    tab: Page, served: Served
) -> None:
    end = await tab.finished("list rate=0")
    # As when the news of another process is lost: the answer has been written anew.
    kept = "conversation_id, message_id, status, attempt, model, params, created_at, finish_reason"
    kept += ", usage_source, error_code, error_text, error_retryable, paused_ms, without_tools"
    served.change(
        f"INSERT INTO chat_generation (key, {kept}) SELECT ?, {kept} FROM chat_generation"  # noqa: S608
        " WHERE id = ?",
        uuid.uuid4().hex,
        end["generation"],
    )
    served.change(
        "UPDATE chat_message SET text = 'Anew.', parts = ?, rendered_by = 0 WHERE id = ?",
        '[{"type": "text", "text": "Anew."}]',
        end["message"],
    )
    await tab.finished("list rate=0")
    assert tab.dom.turns() == (await reloaded(tab)).turns()
    assert any("Anew." in str(turn) for turn in tab.dom.turns())
