"""An answer in the form of the chat completions API: what a model is told of its own calls."""

import json
import re
from collections.abc import Iterable
from typing import Any

from .entries import Part, ToolCallPart

CANCELLED = "This call was cancelled; it has no result."
FAILED = "Error: "
REASONING = "reasoning_content"
_STRANGE = re.compile(r"[^\w-]", re.ASCII)

Message = dict[str, Any]


def messages_of(parts: Iterable[Part]) -> list[Message]:
    """One assistant message for each round, followed by a result for each of its calls.

    Servers refuse a call without a result, so that one that has none is told to be cancelled.
    """
    rounds = _Rounds()
    for part in parts:
        rounds.add(part)
    rounds.close()
    return rounds.messages


def without_calls(messages: list[Message]) -> list[Message]:
    """The same without calls and their results, for a model that knows no tools."""
    kept = [message for message in messages if message["role"] != "tool"]
    kept = [{name: said for name, said in each.items() if name != "tool_calls"} for each in kept]
    return [message for message in kept if message["role"] != "assistant" or message["content"]]


class _Rounds:
    """Gathers the parts of one round until the next begins."""

    def __init__(self) -> None:
        self.messages: list[Message] = []
        self._said: dict[str, str] = {}
        self._calls: list[ToolCallPart] = []

    def add(self, part: Part) -> None:
        """Take one more part."""
        if part["type"] == "tool_call":
            if self._calls and part.get("round") != self._calls[-1].get("round"):
                self.close()
            self._calls.append(part)
            return
        if self._calls:
            self.close()
        name = "content" if part["type"] == "text" else REASONING
        self._said[name] = self._said.get(name, "") + part["text"]

    def close(self) -> None:
        """The round is over: say what was said and called in it."""
        message: Message = {"role": "assistant", "content": "", **self._said}
        if self._calls:
            message["tool_calls"] = [_call(call) for call in self._calls]
        if self._calls or message["content"]:
            self.messages.append(message)
        self.messages += [_result(call) for call in self._calls]
        self._said, self._calls = {}, []


def _call(call: ToolCallPart) -> Message:
    # What some servers would refuse: an empty or strange name, arguments that are no object.
    name = _STRANGE.sub("_", call["name"])[:64] or "unknown"
    arguments = call["arguments"] if _is_object(call["arguments"]) else "{}"
    return {
        "id": call["id"],
        "type": "function",
        "function": {"name": name, "arguments": arguments},
    }


def _result(call: ToolCallPart) -> Message:
    text = CANCELLED if call["result"] is None else call["result"]
    failed = call["error"] and call["result"] is not None
    return {
        "role": "tool",
        "tool_call_id": call["id"],
        "content": FAILED + text if failed else text,
    }


def _is_object(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except (ValueError, RecursionError):
        return False
