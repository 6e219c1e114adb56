"""Tool calls that arrive in pieces."""

from dataclasses import dataclass
from typing import Any

import orjson

from chat.stream.entries import ToolCall


@dataclass(slots=True)
class _Call:
    index: int
    id: str
    name: str
    arguments: str


class Calls:
    """Gathers the pieces of an answer's tool calls by their index."""

    def __init__(self) -> None:
        self._calls: list[_Call] = []
        self._at: dict[int, _Call] = {}

    def feed(self, delta: dict[str, Any]) -> list[ToolCall]:
        """Entries for the pieces in this delta: id and name assigned, arguments appended."""
        pieces = delta.get("tool_calls")
        if not pieces:
            return self._piece({"index": 0, "function": delta["function_call"]})
        if not isinstance(pieces, list):
            return []
        return [entry for piece in pieces for entry in self._piece(piece)]

    def _piece(self, piece: object) -> list[ToolCall]:
        if not isinstance(piece, dict):
            return []
        function = piece.get("function")
        if not isinstance(function, dict):
            function = {}
        key, name = _string(piece.get("id")), _string(function.get("name"))
        arguments = _arguments(function.get("arguments"))
        call = self._find(piece.get("index"), key, name)
        # The first id stays: some servers invent another for every piece, others give none.
        call.id = call.id or key or (name and f"call_{call.index}")
        call.name = name or call.name
        call.arguments += arguments
        return [
            {
                "kind": "tool_call",
                "index": call.index,
                "id": call.id,
                "name": call.name,
                "arguments": arguments,
            }
        ]

    def _find(self, index: object, key: str, name: str) -> _Call:
        if not isinstance(index, int):
            return self._without_index(key, name)
        call = self._at.get(index)
        # Some servers give every whole call the index 0.
        if call is None or (name and key and key != call.id and _whole(call.arguments)):
            call = self._at[index] = self._new()
        return call

    def _without_index(self, key: str, name: str) -> _Call:
        for call in self._calls:
            if key and call.id == key:
                return call
        if not self._calls or (key and self._calls[-1].id) or (name and self._calls[-1].arguments):
            self._at[len(self._calls)] = self._new()
        return self._calls[-1]

    def _new(self) -> _Call:
        call = _Call(len(self._calls), "", "", "")
        self._calls.append(call)
        return call


def _string(value: object) -> str:
    return value.replace("\0", "\ufffd") if isinstance(value, str) else ""


def _arguments(value: object) -> str:
    """Arguments as JSON text; some servers send them decoded."""
    if isinstance(value, str):
        return _string(value)
    return orjson.dumps(value).decode() if isinstance(value, dict) else ""


def _whole(arguments: str) -> bool:
    try:
        orjson.loads(arguments)
    except orjson.JSONDecodeError:
        return False
    return True
