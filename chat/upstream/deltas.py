"""Chunks of a chat completion, as servers really send them, turned into log entries.

The shape is that of OpenAI's chat completion chunk object; what servers do beyond it is tolerated
where its meaning is plain.
"""

from collections.abc import Iterable
from typing import Any, cast

from chat.stream.entries import Entry, Usage

from .calls import Calls
from .thinking import Thinking

_NO_USAGE: Usage = {
    "kind": "usage",
    "prompt_tokens": None,
    "completion_tokens": None,
    "reasoning_tokens": None,
    "source": "none",
}


class Deltas:
    """One answer in the making: fed chunks, it gives entries."""

    def __init__(self) -> None:
        self.chunks = 0
        self.answered = False
        self.tokens = 0
        self.characters = 0
        self.finish_reason: str | None = None
        self.usage: Usage | None = None
        self._thinking = Thinking()
        self._calls = Calls()

    def feed(self, chunk: object, entries: list[Entry]) -> None:
        """Append to `entries` what this chunk (decoded JSON) says."""
        if not isinstance(chunk, dict):
            return
        self.chunks += 1
        usage = chunk.get("usage")
        if isinstance(usage, dict):
            self._count(usage)
        choice = _first(chunk.get("choices"))
        if choice is None:
            return
        self.answered = True
        reason = choice.get("finish_reason")
        if isinstance(reason, str) and reason:
            self.finish_reason = reason
        delta = choice.get("delta") or choice.get("message")
        if isinstance(delta, dict):
            characters = self._take(delta, entries)
            self.characters += characters
            self.tokens += characters > 0

    def close(self, entries: list[Entry]) -> None:
        """Append what was held back, and the usage: no chunk follows."""
        _say(entries, self._thinking.close())
        if self.usage is not None:
            entries.append(self.usage)

    def _take(self, delta: dict[str, Any], entries: list[Entry]) -> int:
        """Append what a delta says; gives how many characters that was."""
        apart = delta.get("reasoning_content") or delta.get("reasoning")
        reasoning = _text(apart) if apart else ""
        content = delta.get("content")
        if isinstance(content, list):
            thought, content = _parts(content)
            reasoning += thought
        if reasoning:
            self._thinking.skip()
            _append(entries, "reasoning", reasoning)
        text = content if isinstance(content, str) else ""
        refusal = delta.get("refusal")
        if isinstance(refusal, str):
            text += refusal
        if text:
            if self._thinking.over:
                _append(entries, "text", text)
            else:
                _say(entries, self._thinking.feed(text))
        characters = len(reasoning) + len(text)
        if delta.get("tool_calls") or delta.get("function_call"):
            characters += self._call(delta, entries)
        return characters

    def _call(self, delta: dict[str, Any], entries: list[Entry]) -> int:
        characters = 0
        for call in self._calls.feed(delta):
            characters += len(call["arguments"]) or 1
            last = entries[-1] if entries else None
            if last is not None and last["kind"] == "tool_call" and last["index"] == call["index"]:
                call["arguments"] = last["arguments"] + call["arguments"]
                entries[-1] = call
            else:
                entries.append(call)
        return characters

    def _count(self, usage: dict[str, Any]) -> None:
        """Remember the most that was counted: some servers count on with every chunk."""
        details = usage.get("completion_tokens_details")
        thought = details.get("reasoning_tokens") if isinstance(details, dict) else None
        before = self.usage or _NO_USAGE
        self.usage = {
            "kind": "usage",
            "prompt_tokens": _most(before["prompt_tokens"], usage.get("prompt_tokens")),
            "completion_tokens": _most(before["completion_tokens"], usage.get("completion_tokens")),
            "reasoning_tokens": _most(before["reasoning_tokens"], thought),
            "source": "provider",
        }
        if self.usage["prompt_tokens"] is None and self.usage["completion_tokens"] is None:
            self.usage = None


def _append(entries: list[Entry], kind: str, text: str) -> None:
    """Append characters, joined to the entry before if that is of the same kind."""
    if "\0" in text:
        text = text.replace("\0", "\ufffd")  # PostgreSQL stores no NUL in text or JSON
    last = entries[-1] if entries else None
    if last is not None and last["kind"] == kind:
        cast(dict[str, str], last)["text"] += text
    else:
        entries.append(cast(Entry, {"kind": kind, "text": text}))


def _say(entries: list[Entry], said: tuple[str, str]) -> None:
    reasoning, text = said
    if reasoning:
        _append(entries, "reasoning", reasoning)
    if text:
        _append(entries, "text", text)


def _first(choices: object) -> dict[str, Any] | None:
    """The choice numbered 0, or the first that has no number."""
    for choice in choices if isinstance(choices, list) else ():
        if isinstance(choice, dict) and choice.get("index") in (0, None):
            return choice
    return None


def _most(before: int | None, now: object) -> int | None:
    if isinstance(now, bool) or not isinstance(now, int) or now < 0:
        return before
    return now if before is None else max(before, now)


def _text(value: object) -> str:
    """The words in a string, a list of parts, or an object that has them in a usual place."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return "".join(_text(part) for part in value)
    if isinstance(value, dict):
        return _text(value.get("text") or value.get("content"))
    return ""


def _parts(content: Iterable[object]) -> tuple[str, str]:
    """Reasoning and text of a content that is a list of parts."""
    reasoning, text = "", ""
    for part in content:
        if isinstance(part, dict) and "thinking" in part:
            reasoning += _text(part["thinking"])
        else:
            text += _text(part)
    return reasoning, text
