"""Entries folded into the parts of an answer."""

from collections.abc import Iterable
from typing import cast

from .entries import (
    Base,
    End,
    Entry,
    Part,
    Reasoning,
    Status,
    Text,
    ToolCall,
    ToolCallPart,
    ToolResult,
    ToolState,
    Usage,
)


class Answer:
    """An answer as far as its log has been read: parts in order, usage, status and ending."""

    def __init__(self) -> None:
        self.parts: list[Part] = []
        self.usage: Usage | None = None
        self.status: Status | None = None
        self.end: End | None = None
        self._calls: dict[int, ToolCallPart] = {}
        self._round = 0
        self._answered = False

    @property
    def text(self) -> str:
        """The answer's text, without reasoning and tool calls."""
        return "".join(part["text"] for part in self.parts if part["type"] == "text")

    def add(self, entry: Entry) -> None:
        """Take one more entry of the log."""
        match entry["kind"]:
            case "text":
                self._add_text(entry)
            case "reasoning":
                self._add_reasoning(entry)
            case "tool_call":
                self._add_tool_call(entry)
            case "tool_state":
                self._add_tool_state(entry)
            case "tool_result":
                self._add_tool_result(entry)
            case "base":
                self._replace(entry)
            case "usage":
                self.usage = entry
            case "status":
                self.status = entry
            case _:
                self.end = entry

    def _add_text(self, entry: Text) -> None:
        last = self.parts[-1] if self.parts else None
        if last is not None and last["type"] == "text":
            last["text"] += entry["text"]
        elif entry["text"]:
            self.parts.append({"type": "text", "text": entry["text"]})

    def _add_reasoning(self, entry: Reasoning) -> None:
        last = self.parts[-1] if self.parts else None
        if last is None or last["type"] != "reasoning":
            last = {"type": "reasoning", "text": "", "ms": None}
            self.parts.append(last)
        last["text"] += entry["text"]
        last["ms"] = entry.get("ms", last["ms"])

    def _add_tool_call(self, entry: ToolCall) -> None:
        if self._answered:
            self._next_round()
        call = self._calls.get(entry["index"])
        if call is None or (entry["id"] and call["id"] and entry["id"] != call["id"]):
            call = {
                "type": "tool_call",
                "id": "",
                "name": "",
                "arguments": "",
                "result": None,
                "error": False,
                "round": self._round,
            }
            self._calls[entry["index"]] = call
            self.parts.append(call)
        call["id"] = entry["id"] or call["id"]
        call["name"] = entry["name"] or call["name"]
        call["arguments"] += entry["arguments"]

    def _next_round(self) -> None:
        """The model was asked again: it counts its calls from 0 again."""
        self._calls.clear()
        self._round += 1
        self._answered = False

    def _add_tool_state(self, entry: ToolState) -> None:
        call = self._waiting(entry["id"])
        if call is not None:
            call["state"] = entry["state"]
            call["ask"] = entry.get("ask", "")

    def _add_tool_result(self, entry: ToolResult) -> None:
        self._answered = True
        call = self._waiting(entry["id"])
        if call is not None:
            call["result"], call["error"] = entry["text"], entry["error"]
            call["ms"] = entry.get("ms", 0)

    def _waiting(self, id: str) -> ToolCallPart | None:
        """The last call of this id that has no result."""
        for part in reversed(self.parts):
            if part["type"] == "tool_call" and part["id"] == id and part["result"] is None:
                return part
        return None

    def _replace(self, entry: Base) -> None:
        self.parts = [cast(Part, dict(part)) for part in entry["parts"]]
        self._round = 1 + max(
            (part.get("round", 0) for part in self.parts if part["type"] == "tool_call"), default=-1
        )
        self._calls.clear()
        self._answered = False


def fold(entries: Iterable[Entry]) -> Answer:
    """The answer that these entries, in order, amount to."""
    answer = Answer()
    for entry in entries:
        answer.add(entry)
    return answer


def settled(parts: list[Part]) -> list[Part]:
    """The parts of an answer that nobody writes any more: calls without a result were stopped."""
    for part in parts:
        if part["type"] == "tool_call" and part["result"] is None:
            part["state"] = "stopped"
    return parts
