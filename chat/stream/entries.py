"""What a log holds (entries) and what a saved answer holds (parts): JSON-able dictionaries."""

from collections.abc import Iterable
from typing import Any, Literal, NotRequired, TypedDict

CHARACTERS_PER_TOKEN = 4
"""Of ordinary text, roughly, with any tokenizer."""

Phase = Literal["queued", "connecting", "waiting", "reasoning", "writing", "tool"]
ToolStateName = Literal["asking", "running", "denied", "stopped"]
UsageSource = Literal["provider", "estimated", "none"]


class Text(TypedDict):
    """Characters appended to the answer."""

    kind: Literal["text"]
    text: str


class Reasoning(TypedDict):
    """Characters appended to the reasoning; `ms` since it began, when known."""

    kind: Literal["reasoning"]
    text: str
    ms: NotRequired[int]


class ToolCall(TypedDict):
    """A piece of the tool call at `index`: id and name are assigned, arguments appended."""

    kind: Literal["tool_call"]
    index: int
    id: str
    name: str
    arguments: str


class ToolState(TypedDict):
    """Where the tool call `id` is; `ask` is the question whether it may run, while it is asked."""

    kind: Literal["tool_state"]
    id: str
    state: ToolStateName
    ask: NotRequired[str]


class ToolResult(TypedDict):
    """What the tool call `id` returned, after `ms`; `error` says that it failed."""

    kind: Literal["tool_result"]
    id: str
    text: str
    error: bool
    ms: NotRequired[int]


class Status(TypedDict):
    """Where the generation is, `elapsed_ms` after it was accepted, with `tokens` written so far."""

    kind: Literal["status"]
    phase: Phase
    elapsed_ms: int
    tokens: int


class Usage(TypedDict):
    """Tokens used, and who counted them."""

    kind: Literal["usage"]
    prompt_tokens: int | None
    completion_tokens: int | None
    reasoning_tokens: int | None
    source: UsageSource


class TextPart(TypedDict):
    """A run of answer text (Markdown)."""

    type: Literal["text"]
    text: str


class ReasoningPart(TypedDict):
    """A run of reasoning (plain text) and how long it took, in milliseconds."""

    type: Literal["reasoning"]
    text: str
    ms: int | None


class ToolCallPart(TypedDict):
    """A tool call with its arguments (JSON text, perhaps incomplete) and its result.

    `round` counts how often the model was asked before it asked for this; `state` is missing while
    the call still grows, and where nobody ran it.
    """

    type: Literal["tool_call"]
    id: str
    name: str
    arguments: str
    result: str | None
    error: bool
    round: NotRequired[int]
    state: NotRequired[ToolStateName]
    ask: NotRequired[str]
    ms: NotRequired[int]


Part = TextPart | ReasoningPart | ToolCallPart


class Base(TypedDict):
    """Replaces everything before it by these parts."""

    kind: Literal["base"]
    parts: list[Part]


class End(TypedDict):
    """The one ending; `ending` is what the `end` frame says of it."""

    kind: Literal["end"]
    status: str
    ending: dict[str, Any]


Entry = Text | Reasoning | ToolCall | ToolState | ToolResult | Status | Usage | Base | End


def text(characters: str) -> Text:
    """A text entry."""
    return {"kind": "text", "text": characters}


def status(phase: Phase, elapsed_ms: int, tokens: int = 0) -> Status:
    """A status entry."""
    return {"kind": "status", "phase": phase, "elapsed_ms": elapsed_ms, "tokens": tokens}


def tool_state(id: str, state: ToolStateName, ask: str = "") -> ToolState:
    """A tool state entry."""
    return {"kind": "tool_state", "id": id, "state": state, "ask": ask}


def base(parts: list[Part]) -> Base:
    """A base entry: what a continued answer begins with, or a lost log is restored by."""
    return {"kind": "base", "parts": parts}


def end(status: str, ending: dict[str, Any] | None = None) -> End:
    """An end entry."""
    return {"kind": "end", "status": status, "ending": ending or {}}


def storable(entry: Entry) -> None:
    """Replace NUL, which PostgreSQL stores in no text, and halves of characters."""
    fields: dict[str, Any] = entry  # type: ignore[assignment]
    for name, value in fields.items():
        if isinstance(value, str) and not (value.isascii() and "\x00" not in value):
            whole = value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
            fields[name] = whole.replace("\x00", "\N{REPLACEMENT CHARACTER}")


def joined(entries: Iterable[Entry]) -> list[Entry]:
    """Entries that amount to the same, with one for each run of texts."""
    fewer: list[Entry] = []
    for entry in entries:
        if entry["kind"] == "text" and fewer and fewer[-1]["kind"] == "text":
            fewer[-1] = text(fewer[-1]["text"] + entry["text"])
        else:
            fewer.append(entry)
    return fewer


def estimated_usage(prompt_characters: int | None, completion_tokens: int) -> Usage | None:
    """Usage that no provider told; None if nothing was written."""
    if not completion_tokens:
        return None
    prompt = None if prompt_characters is None else tokens_in(prompt_characters)
    return {
        "kind": "usage",
        "prompt_tokens": prompt,
        "completion_tokens": completion_tokens,
        "reasoning_tokens": None,
        "source": "estimated",
    }


def tokens_in(characters: int) -> int:
    """Tokens in so many characters, estimated; at least one if there is any."""
    return -(-characters // CHARACTERS_PER_TOKEN)
