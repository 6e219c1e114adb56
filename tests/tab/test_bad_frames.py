"""Senseless frames: a clear answer, the connection as the contract has it, and a quiet log."""

import asyncio
import contextlib
import json
from collections.abc import Iterator
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed

from .conftest import Open
from .page import Page, reloaded
from .served import Served

KEY = "11111111-2222-4333-8444-555555555555"
MIB = 1024 * 1024
SEND = {"type": "send", "key": KEY, "text": "hello"}

NOT_COMMANDS: list[Any] = [
    "",
    " ",
    "{",
    "not JSON",
    "null",
    "true",
    "42",
    "-0",
    "1e999",
    '"text"',
    "[]",
    "[1, 2, 3]",
    "{}",
    '{"type": "send"} trailing',
    "{'type': 'send'}",
    "\ufeff{}",
    "\x00",
    "{\x00}",
    "[" * 100_000,
    '{"a":' * 50_000,
    "[" * 50_000 + "]" * 50_000,
    '{"type": "\\ud800"}',
    '{"type": "send", "key": "\\udfff", "text": "x"}',
    '{"type": "send", "text": "\\ud800", "key": "11111111-2222-4333-8444-555555555555"}',
    "9" * 10_000,
    b"",
    b"\x00\xff\xfe",
    b'{"type": "ping", "n": 1}',
]

WRONG_FIELDS: list[Any] = [
    {"type": None},
    {"type": 1},
    {"type": []},
    {"type": {"a": 1}},
    {"type": ""},
    {"type": "SEND"},
    {"type": "constructor"},
    {"type": "__class__"},
    {"type": "delta", "generation": 1},
    {"type": "x" * 10_000},
    {"type": "send"},
    {"type": "send", "key": KEY},
    {"type": "send", "text": "hello"},
    {"type": "send", "key": None, "text": "hello"},
    {"type": "send", "key": "", "text": "hello"},
    {"type": "send", "key": "not-a-uuid", "text": "hello"},
    {"type": "send", "key": 5, "text": "hello"},
    {"type": "send", "key": [KEY], "text": "hello"},
    {**SEND, "text": None},
    {**SEND, "text": 5},
    {**SEND, "text": ["hello"]},
    {**SEND, "text": {"a": 1}},
    {**SEND, "text": ""},
    {**SEND, "text": " \n\t\u3000 "},
    {**SEND, "parent": 0},
    {**SEND, "parent": -1},
    {**SEND, "parent": 1.5},
    {**SEND, "parent": 10**30},
    {**SEND, "parent": 2**63},
    {**SEND, "parent": "leaf"},
    {**SEND, "parent": "abc"},
    {**SEND, "parent": []},
    {**SEND, "parent": {}},
    {**SEND, "parent": 999_999_999},
    {**SEND, "model": 5},
    {**SEND, "model": "m" * 201},
    {**SEND, "model": ["demo"]},
    {**SEND, "params": 5},
    {**SEND, "params": []},
    {**SEND, "params": {"temperature": "hot"}},
    {**SEND, "params": {"temperature": 99}},
    {**SEND, "params": {"temperature": float("nan")}},
    {**SEND, "params": {"temperature": float("inf")}},
    {**SEND, "params": {"max_tokens": -1}},
    {**SEND, "params": {"max_tokens": 10**30}},
    {**SEND, "params": {"seed": 10**30}},
    {**SEND, "params": {"unknown": 1}},
    {**SEND, "params": {"\u202e<script>": 1}},
    {**SEND, "attachments": [1]},
    {**SEND, "attachments": "file"},
    {"type": "regenerate", "key": KEY},
    {"type": "regenerate", "key": KEY, "message": None},
    {"type": "regenerate", "key": KEY, "message": 0},
    {"type": "regenerate", "key": KEY, "message": -5},
    {"type": "regenerate", "key": KEY, "message": 10**30},
    {"type": "regenerate", "key": KEY, "message": 2**63 - 1},
    {"type": "regenerate", "key": KEY, "message": "1; DROP TABLE chat_message"},
    {"type": "continue", "key": KEY, "message": 10**30},
    {"type": "continue", "key": KEY, "message": 2**63 - 1},
    {"type": "stop", "generation": -1},
    {"type": "stop", "generation": 10**30},
    {"type": "stop", "generation": "abc"},
    {"type": "stop", "generation": []},
    {"type": "stop", "key": "nothing"},
    {"type": "ping", "n": []},
    {"type": "ping", "n": {}},
    {"type": "ping", "n": 10**30},
    {"type": "ping", "n": -(10**30)},
]


@pytest.fixture(autouse=True)
def silence(served: Served) -> Iterator[None]:
    """A server that does not even warn of what clients send."""
    yield
    problem = served.complaints(warnings=True)
    if problem:
        pytest.fail("the server's log complains:\n" + "\n".join(problem), pytrace=False)


async def refused(tab: Page, frame: Any) -> str:
    """Send a frame that gets one `notice`; gives its code."""
    shown = repr(frame)[:100]
    await tab.say(frame)
    told = await tab.next()
    if told.get("code") == "rate_limited":  # a new socket has a new allowance
        await tab.connect()
        await tab.say(frame)
        told = await tab.next()
    assert told["type"] == "notice", (shown, told)
    assert len(told["text"]) < 300 and "Traceback" not in told["text"], shown
    assert "Input" not in told["text"] and told["text"].endswith("."), told
    return str(told["code"])


async def test_what_is_no_command_is_invalid_and_the_connection_goes_on(tab: Page) -> None:
    for frame in NOT_COMMANDS:
        assert await refused(tab, frame) == "invalid", repr(frame)[:100]
    await tab.connect()
    assert (await tab.finished("rate=0 list"))["status"] == "complete"


async def test_commands_with_wrong_fields_are_invalid_and_the_connection_goes_on(
    tab: Page, served: Served
) -> None:
    for frame in WRONG_FIELDS:
        assert await refused(tab, frame) == "invalid", repr(frame)[:100]
    await tab.connect()
    assert not served.generations(tab.conversation)  # type: ignore[arg-type]
    assert (await tab.finished("rate=0 list"))["status"] == "complete"


async def test_a_stop_of_nothing_says_that_nothing_runs(tab: Page) -> None:
    for frame in ({}, {"generation": 2**63 - 1}, {"key": KEY}, {"generation": 1, "key": KEY}):
        assert await refused(tab, {"type": "stop", **frame}) == "gone"


async def test_a_refused_command_is_named_by_its_key(tab: Page) -> None:
    too_long = {**SEND, "text": "x" * 100_001}
    wrong = [{**SEND, "text": " "}, {**SEND, "parent": -1}, {**SEND, "parent": 7**20}, too_long]
    for frame in wrong:
        await tab.say(frame)
        assert (await tab.first("notice")).get("key") == KEY, str(frame)[:60]


@pytest.mark.parametrize(
    ("frame", "sentence"),
    [
        ("[]", "The frame is not an object."),
        ("null", "The frame is not an object."),
        ({**SEND, "params": "x"}, "params must be an object."),
        ({**SEND, "key": "x"}, "key must be a UUID."),
        ({**SEND, "parent": "leaf"}, "parent must be a whole number."),
        ({**SEND, "attachments": [1]}, "attachments.0 must be a UUID."),
        ({**SEND, "tools": {"a b": True}}, "tools.ab is not valid."),
        ({**SEND, "params": {"top_p": 99}}, "params.top_p must be at most 1."),
        ({**SEND, "settings": {"params": {"hot": 1}}}, "settings.params.hot is not known."),
        ({"type": "regenerate", "key": KEY}, "message is missing."),
        ({"type": "allow", "ask": KEY, "choice": 5}, "choice must be one of: once, always, deny."),
    ],
)
async def test_what_is_wrong_is_named_as_its_sender_did(
    frame: Any, sentence: str, tab: Page
) -> None:
    await tab.say(frame)
    assert (await tab.first("notice"))["text"] == sentence


async def test_a_ping_gets_its_number_back(tab: Page) -> None:
    for n in (0, -1, 2**31, 2**53 - 1):
        await tab.say({"type": "ping", "n": n})
        assert await tab.next() == {"type": "pong", "n": n}


async def test_unknown_fields_are_ignored(tab: Page) -> None:
    odd = {"headers": {"HX-Request": "true"}, "x": [[{}]], "__proto__": 1, "status": "complete"}
    ack = await tab.command("send", text="rate=0 list", **odd)
    assert ack["type"] == "ack"
    await tab.end(ack["generation"])


async def test_the_longest_prompt_is_sent_and_one_character_more_is_too_long(
    tab: Page, served: Served
) -> None:
    longest = "\N{GRINNING FACE}" * 99_990 + " rate=0   "
    end = await tab.finished(longest)
    prompt = served.message(served.message(end["message"])["parent_id"])
    assert prompt["text"] == longest
    for text in (longest + "x", "x" * 100_001, "y" * 900_000):
        notice = await tab.command("send", text=text)
        assert notice["code"] == "too_long" and "100,000" in notice["text"]
    assert tab.dom.turns() == (await reloaded(tab)).turns()


async def test_nul_and_odd_characters_are_kept_or_replaced_visibly(
    tab: Page, served: Served
) -> None:
    said = "a\x00b \ufffe\uffff \u202eevil \x1b[31m \r\n \u2028 \x7f"
    end = await tab.finished(f"rate=0 echo {said}")
    prompt = served.message(served.message(end["message"])["parent_id"])
    assert "\x00" not in prompt["text"] and "a\ufffdb" in prompt["text"]
    assert end["status"] == "complete"


@pytest.mark.parametrize("size", [MIB - 1, MIB])
async def test_a_frame_of_up_to_a_mebibyte_is_answered(size: int, tab: Page) -> None:
    frame = json.dumps({**SEND, "text": ""})
    frame = frame[:-2] + "x" * (size - len(frame)) + '"}'
    assert len(frame) == size
    assert await refused(tab, frame) == "too_long"
    await tab.drained()


@pytest.mark.parametrize("kind", ["whole", "in pieces", "binary"])
async def test_a_larger_frame_closes_the_connection_with_1009(kind: str, tab: Page) -> None:
    pieces = {
        "whole": "x" * (MIB + 1),
        "in pieces": ["x" * 64 * 1024] * 20,
        "binary": b"x" * (2 * MIB),
    }
    with contextlib.suppress(ConnectionClosed):
        await tab.say_as_it_is(pieces[kind])
    assert await tab.farewell() == 1009
    await tab.connect()
    await tab.drained()


async def test_ten_thousand_frames_at_once_are_slowed_and_hurt_nobody_else(
    tab: Page, served: Served, open_tab: Open
) -> None:
    other = await open_tab(served.person("bob"))
    generation = await other.ask("long rate=500")

    async def flood() -> None:
        for n in range(10_000):
            await tab.say({"type": "ping", "n": n})

    flooding = asyncio.create_task(flood())
    end = await other.end(generation)
    await flooding
    assert end["status"] == "complete" and end["timing"]["duration_ms"] < 20_000
    notice = await tab.first("notice")
    assert notice["code"] == "rate_limited" and notice["retry_ms"] > 0

    async def ask_again() -> None:
        while True:
            await tab.say({"type": "ping", "n": -7})
            await asyncio.sleep(0.2)

    asking = asyncio.create_task(ask_again())
    await tab.first("pong", n=-7)
    asking.cancel()


async def test_more_prompts_than_allowed_are_rate_limited_and_allowed_later(
    narrow: Served, open_tab: Open
) -> None:
    tab = await open_tab(narrow.person("alice"))
    while (notice := await tab.command("send", text="rate=0 echo x"))["type"] == "ack":
        await tab.end(notice["generation"])
    assert tab.conversation and len(narrow.generations(tab.conversation)) >= 12
    assert notice["code"] == "rate_limited" and 0 < notice["retry_ms"] <= 5_000
    await asyncio.sleep(notice["retry_ms"] / 1000)
    assert (await tab.finished("rate=0 echo x"))["status"] == "complete"


async def test_more_answers_at_once_than_allowed_are_refused(
    served: Served, open_tab: Open
) -> None:
    alice = served.person("alice")
    tabs = await asyncio.gather(*(open_tab(alice) for _ in range(9)))
    asked = [await tab.ask("silence") for tab in tabs[:8]]
    notice = await tabs[8].command("send", text="list rate=0")
    assert notice["code"] == "rate_limited"
    query = "SELECT 1 FROM chat_conversation WHERE id = ?"
    assert not served.rows(query, tabs[8].conversation.hex)  # type: ignore[union-attr]
    await tabs[0].say({"type": "stop", "generation": asked[0]})
    await tabs[0].end(asked[0])
    assert (await tabs[8].finished("list rate=0"))["status"] == "complete"
    for tab, generation in zip(tabs[1:8], asked[1:], strict=True):
        await tab.say({"type": "stop"})
        await tab.end(generation)


async def test_answers_come_in_the_order_of_the_commands(tab: Page) -> None:
    async with tab.twin() as again:
        for n in range(20):
            await again.say({"type": "ping", "n": n})
        assert [(await again.first("pong"))["n"] for _ in range(20)] == list(range(20))
