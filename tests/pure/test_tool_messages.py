"""What a model is told of the calls in an answer, and how rounds are folded and counted."""

from typing import Any

from chat.stream import entries
from chat.stream.entries import Entry, Part, Usage
from chat.stream.fold import fold, settled
from chat.stream.messages import CANCELLED, messages_of, without_calls
from chat.stream.usage import added, plausible
from chat.upstream.requests import ChatRequest, Dialect


def call(id: str, name: str = "f", arguments: str = "{}", index: int = 0) -> Entry:
    return {
        "kind": "tool_call",
        "index": index,
        "id": id,
        "name": name,
        "arguments": arguments,
    }


def result(id: str, text: str, *, error: bool = False) -> Entry:
    return {"kind": "tool_result", "id": id, "text": text, "error": error, "ms": 5}


def used(prompt: int | None, completion: int | None, source: Any = "provider") -> Usage:
    return {
        "kind": "usage",
        "prompt_tokens": prompt,
        "completion_tokens": completion,
        "reasoning_tokens": None,
        "source": source,
    }


TWO_ROUNDS: list[Entry] = [
    {"kind": "reasoning", "text": "Hm."},
    entries.text("Let me see."),
    call("a", "clock", index=0),
    call("b", "sum", '{"x": 1', index=1),
    entries.tool_state("a", "running"),
    result("a", "12:00"),
    result("b", "not JSON", error=True),
    call("c", "sum", '{"x": 1}'),
    entries.tool_state("c", "stopped"),
]


def said(message: dict[str, Any]) -> dict[str, Any]:
    return {name: message[name] for name in ("role", "content")}


def test_each_round_is_a_message_with_its_calls_and_their_results() -> None:
    told = messages_of(fold(TWO_ROUNDS).parts)
    assert [message["role"] for message in told] == [
        *("assistant", "tool", "tool"),
        *("assistant", "tool"),
    ]
    assert told[0]["content"] == "Let me see." and told[0]["reasoning_content"] == "Hm."
    calls = [call["function"]["arguments"] for call in told[0]["tool_calls"]]
    assert calls == ["{}", "{}"], "arguments that are no object would be refused"
    assert [message["tool_call_id"] for message in told if message["role"] == "tool"] == [*"abc"]
    assert [message["content"] for message in told[1:3]] == ["12:00", "Error: not JSON"]
    assert told[-1]["content"] == CANCELLED, "a call without a result would be refused"


def test_a_continued_answer_is_in_a_round_of_its_own() -> None:
    parts = fold(TWO_ROUNDS).parts
    whole = fold([entries.base(parts), call("d"), result("d", "4"), entries.text("Done.")])
    told = messages_of(whole.parts)
    assert [len(message.get("tool_calls", [])) for message in told] == [2, 0, 0, 1, 0, 1, 0, 0]
    assert said(told[-1]) == {"role": "assistant", "content": "Done."}
    assert whole.parts[2:5] == parts[2:5]


def test_the_last_call_of_an_id_that_waits_gets_the_result() -> None:
    parts = fold([call("x"), result("x", "1"), call("x"), result("x", "2")]).parts
    assert [part["result"] for part in parts] == ["1", "2"]  # type: ignore[typeddict-item]
    ignored = fold([entries.tool_state("gone", "running"), result("gone", "1")])
    assert ignored.parts == []


def test_strange_names_are_told_as_servers_take_them() -> None:
    parts = fold([call("x", "wea ther/é" + "x" * 99), call("y", "", "[1]", index=1)]).parts
    (first, second) = messages_of(parts)[0]["tool_calls"]
    assert first["function"]["name"] == ("wea_ther__" + "x" * 99)[:64]
    assert second["function"] == {"name": "unknown", "arguments": "{}"}


def test_an_answer_without_words_is_not_told() -> None:
    reasoning: list[Part] = [{"type": "reasoning", "text": "Hm.", "ms": None}]
    assert messages_of(reasoning) == []


def test_a_model_without_tools_is_told_the_words_alone() -> None:
    told = messages_of(fold([*TWO_ROUNDS, entries.text("Done.")]).parts)
    plain = without_calls([{"role": "user", "content": ""}, *told])
    assert [said(message)["content"] for message in plain] == ["", "Let me see.", "Done."]
    assert not any("tool_calls" in message for message in plain)


def test_calls_that_a_dead_writer_left_were_stopped() -> None:
    parts = settled(fold([entries.text("x"), call("a"), result("a", "1"), call("b")]).parts)
    assert [part.get("state") for part in parts] == [None, None, "stopped"]


def test_usage_of_rounds_is_added_up_and_an_estimate_stays_one() -> None:
    assert added(None, used(1, 2)) == used(1, 2)
    assert added(used(1, 2), None) == used(1, 2)
    assert added(used(1, 2), used(10, 20)) == used(11, 22)
    assert added(used(1, 2), used(None, 20, "estimated")) == used(1, 22, "estimated")
    assert plausible(used(1, None)) and not plausible(None)
    assert not plausible(used(-1, 2)) and not plausible(used(1, 10**12))


def test_reasoning_goes_back_only_to_a_server_that_wants_it() -> None:
    request = ChatRequest("m", messages_of(fold(TWO_ROUNDS).parts))
    dialect = Dialect()
    assert "reasoning_content" not in str(dialect.body(request))
    wants = "The reasoning_content in the thinking mode must be passed back to the API."
    assert dialect.learn(400, wants, dialect.body(request))
    assert dialect.body(request)["messages"][0]["reasoning_content"] == "Hm."
    strange = "messages.0.reasoning_content: Extra inputs are not permitted"
    assert dialect.learn(400, strange, dialect.body(request))
    assert "reasoning_content" not in str(dialect.body(request))
    assert not dialect.learn(400, wants, dialect.body(request)), "it would never end"
    assert "reasoning_content" in str(Dialect("tools").body(request))
