"""What chunks say, and that nonsense in them says nothing."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.stream.entries import Entry
from chat.upstream.deltas import Deltas
from chat.upstream.thinking import Thinking
from tests.pure.replay import cut

NONSENSE: list[Any] = [None, 7, True, "", "x", [], [None], [7], {}, {"x": 1}, {"index": "0"}]


def said(*deltas: dict[str, Any]) -> list[Entry]:
    """The entries of one batch of deltas."""
    entries: list[Entry] = []
    taker = Deltas()
    for delta in deltas:
        taker.feed({"choices": [{"index": 0, "delta": delta}]}, entries)
    taker.close(entries)
    return entries


def test_neighbours_of_one_kind_are_one_entry() -> None:
    piece = {"index": 0, "id": "a", "function": {"name": "f", "arguments": "{"}}
    rest = {"index": 0, "function": {"arguments": "}"}}
    other = {"index": 1, "id": "b", "function": {"name": "g", "arguments": "{}"}}
    assert said(
        {"reasoning": "Hm"},
        {"reasoning": "."},
        {"content": "a"},
        {"content": "b"},
        {"tool_calls": [piece]},
        {"tool_calls": [rest, other]},
    ) == [
        {"kind": "reasoning", "text": "Hm."},
        {"kind": "text", "text": "ab"},
        {"kind": "tool_call", "index": 0, "id": "a", "name": "f", "arguments": "{}"},
        {"kind": "tool_call", "index": 1, "id": "b", "name": "g", "arguments": "{}"},
    ]


@pytest.mark.parametrize("field", ["content", "reasoning", "reasoning_content", "refusal"])
@pytest.mark.parametrize("value", [*NONSENSE[:3], {}, {"x": 1}, [None], [7]])
def test_nonsense_in_a_delta_says_nothing(field: str, value: Any) -> None:
    assert said({field: value}) == []


@pytest.mark.parametrize("value", NONSENSE)
def test_nonsense_for_a_chunk_breaks_nothing(value: Any) -> None:
    taker, entries = Deltas(), list[Entry]()
    for chunk in (
        value,
        {"choices": value, "usage": value},
        {"choices": [value]},
        {"choices": [{"delta": value, "finish_reason": value or None}]},
        {"usage": {"prompt_tokens": value, "completion_tokens_details": value}},
        {"usage": {"completion_tokens": -1, "completion_tokens_details": {"x": 1}}},
    ):
        taker.feed(chunk, entries)
    assert entries == []
    assert taker.tokens == 0


@pytest.mark.parametrize("value", NONSENSE)
def test_nonsense_for_a_tool_call_breaks_nothing(value: Any) -> None:
    said(
        {"tool_calls": value},
        {"tool_calls": [value]},
        {"tool_calls": [{"index": value, "id": value, "function": value}]},
        {"tool_calls": [{"function": {"name": value, "arguments": value}}]},
        {"function_call": value},
        {"function_call": {"name": value, "arguments": value}},
    )


def test_calls_without_an_index_are_told_apart() -> None:
    def call(**fields: str) -> dict[str, Any]:
        id = {"id": fields.pop("id")} if "id" in fields else {}
        return {"tool_calls": [{**id, "function": fields}]}

    entries = said(
        call(id="a", name="f", arguments="{"),
        call(id="a", arguments="}"),
        call(name="g", arguments="{}"),
        call(id="c", name="h", arguments="1"),
    )
    assert [(e["id"], e["name"], e["arguments"]) for e in entries if e["kind"] == "tool_call"] == [
        ("a", "f", "{}"),
        ("call_1", "g", "{}"),
        ("c", "h", "1"),
    ]


def test_calls_of_one_index_are_told_apart_by_whole_arguments() -> None:
    def call(id: str, arguments: str) -> dict[str, Any]:
        function = {"name": "f", "arguments": arguments}
        return {"tool_calls": [{"index": 0, "id": id, "function": function}]}

    entries = said(call("a", "{"), call("x", "}"), call("b", "{}"))
    assert [(e["id"], e["arguments"]) for e in entries if e["kind"] == "tool_call"] == [
        ("a", "{}"),
        ("b", "{}"),
    ]


def test_a_token_is_a_chunk_with_content() -> None:
    taker, entries = Deltas(), list[Entry]()
    for delta in (
        {"role": "assistant", "content": ""},
        {"content": "<thi"},
        {"content": "nk>"},
        {"reasoning": "x"},
        {"tool_calls": [{"index": 0, "id": "a", "function": {"name": "f"}}]},
        {},
    ):
        taker.feed({"choices": [{"delta": delta}]}, entries)
    assert taker.tokens == 4


def thought(pieces: list[str]) -> tuple[str, str]:
    thinking = Thinking()
    said = [thinking.feed(piece) for piece in pieces] + [thinking.close()]
    return "".join(part[0] for part in said), "".join(part[1] for part in said)


WORDS = ["<think>", "</think>", "<", "/", "think>", "</th", " ", "\n", "a", "é"]


@given(st.lists(st.sampled_from(WORDS)), st.lists(st.integers(0, 60)))
def test_thinking_is_the_same_however_it_is_cut(words: list[str], places: list[int]) -> None:
    text = "".join(words)
    pieces = [
        piece.decode("utf-32-le")
        for piece in cut(text.encode("utf-32-le"), [4 * p for p in places])
    ]
    reasoning, answer = thought(pieces)
    assert (reasoning, answer) == thought([text])
    begun = text.lstrip()
    if not begun.startswith("<think>"):
        assert (reasoning, answer) == ("", text)
    else:
        inner, _, rest = begun.removeprefix("<think>").lstrip().partition("</think>")
        assert (reasoning, answer) == (inner, rest.lstrip())


def test_reasoning_sent_apart_leaves_the_answer_alone() -> None:
    assert said({"content": " "}, {"reasoning": "Hm."}, {"content": "<think>"}) == [
        {"kind": "reasoning", "text": "Hm."},
        {"kind": "text", "text": "<think>"},
    ]
    assert said({"content": "<thi"}, {"reasoning": "Hm."}, {"content": "s>"}) == [
        {"kind": "reasoning", "text": "Hm."},
        {"kind": "text", "text": "<this>"},
    ]
