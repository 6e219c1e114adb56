"""The parts of an answer out of what other sites have of them, in order."""

import json
from collections.abc import Iterable
from typing import Any

from django.conf import settings

from chat.tools.running import cut

from .fields import count

Part = dict[str, Any]

# What is told of a part after it; no answer has such parts.
RESULT, TOOK = "tool_result", "took"


def words(text: str) -> list[Part]:
    """A piece of the answer's text; nothing for an empty one."""
    return [{"type": "text", "text": text}] if text.strip() else []


def thought(text: str, ms: int | None = None) -> list[Part]:
    """A piece of reasoning, which took so many milliseconds."""
    return [{"type": "reasoning", "text": text, "ms": ms}] if text.strip() else []


def took(seconds: Any) -> list[Part]:
    """How long the reasoning before this took."""
    ms = count(seconds * 1000) if isinstance(seconds, int) else None
    return [] if ms is None else [{"type": TOOK, "ms": ms}]


def call(id: str, name: str, arguments: Any) -> list[Part]:
    """A call of a tool, whose result may follow."""
    said = arguments if isinstance(arguments, str) else json.dumps(arguments, ensure_ascii=False)
    known = {"type": "tool_call", "id": id or "call", "name": name[:200], "arguments": said}
    return [{**known, "result": None, "error": False}]


def result(text: str, *, id: str = "", error: bool = False) -> list[Part]:
    """What a call returned: the one with this id, else the last one."""
    said = cut(text, settings.LIMITS.tool_result_chars)
    return [{"type": RESULT, "id": id, "text": said, "error": error}]


def settled(parts: Iterable[Part]) -> list[Part]:
    """The parts as an answer has them: results are with their calls, each call has its own id."""
    done: list[Part] = []
    waiting: dict[str, Part] = {}
    for part in parts:
        last = done[-1] if done else None
        if part["type"] == RESULT:
            _answer(waiting, part)
        elif part["type"] == TOOK:
            if last and last["type"] == "reasoning":
                last["ms"] = part["ms"]
        elif last and last["type"] == part["type"] == "reasoning":
            last.update(text=f"{last['text']}\n\n{part['text']}", ms=part["ms"])
        else:
            done.append(dict(part))
            if part["type"] == "tool_call" and part["result"] is None:
                waiting[part["id"]] = done[-1]
    _tell_apart([part for part in done if part["type"] == "tool_call"])
    return done


def _answer(waiting: dict[str, Part], result: Part) -> None:
    """Put a result into the call that waits for it."""
    asked = waiting.pop(result["id"], None)
    if asked is None and waiting and not result["id"]:
        asked = waiting.popitem()[1]
    if asked is not None:
        asked.update(result=result["text"], error=result["error"])


def _tell_apart(calls: list[Part]) -> None:
    if len({part["id"] for part in calls}) < len(calls):
        for number, part in enumerate(calls, 1):
            part["id"] = f"{part['id']}-{number}"


def text_of(parts: Iterable[Part]) -> str:
    """The answer's text, without reasoning and tools."""
    return "\n\n".join(part["text"] for part in parts if part["type"] == "text")
