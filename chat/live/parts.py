"""The parts of an answer as HTML, whole or as the changes since somebody last looked."""

from typing import NamedTuple, Protocol

from django.template.loader import get_template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from chat.rendering import Blocks
from chat.stream.entries import Part, ReasoningPart, TextPart, ToolCallPart


class TextMark(NamedTuple):
    """Sealed blocks, the tail's HTML, and which open code block it is with how much shown."""

    sealed: int
    tail: str
    code: tuple[int, int] | None


class ToolCallMark(NamedTuple):
    """What the card says: characters of the arguments, and all that redraws it."""

    arguments: int
    name: str
    state: str
    ask: str
    result: str | None
    done: bool


class ReasoningMark(NamedTuple):
    """Characters shown, and whether the label says how long it took."""

    characters: int
    done: bool


Mark = TextMark | ToolCallMark | ReasoningMark


class PartView(Protocol):
    """One part while it grows."""

    def take(self, part: Part, *, done: bool) -> None:
        """Show the part as it is now; `done` says that it grows no more."""

    def mark(self) -> Mark:
        """How much of it can be seen; equal marks mean that nothing changed."""

    def html(self) -> str:
        """The whole part."""

    def changes(self, since: Mark) -> str:
        """Partials that bring a page at `since` up to now."""


def partial(target: str, swap: str, html: str) -> str:
    """One htmx partial: safe HTML for the elements that the selector `target` names."""
    return f'<hx-partial hx-target="{target}" hx-swap="{swap}">{html}</hx-partial>'


def safe(html: str) -> SafeString:
    """HTML that a renderer or a template made."""
    return mark_safe(html)  # noqa: S308 (the one place; what comes here was rendered)


def render_part(
    prefix: str, part: Part, sealed: str = "", tail: str = "", *, done: bool = True
) -> SafeString:
    """A part by the one template of its type; `sealed` and `tail` are safe HTML of its text."""
    template = get_template(f"chat/parts/{part['type']}.html")
    htmls = {"sealed": safe(sealed), "tail": safe(tail)}
    return safe(template.render({"prefix": prefix, "part": part, "done": done, **htmls}))


class TextView:
    """Answer text: sealed blocks are appended, the open tail is replaced."""

    def __init__(self, prefix: str, part: TextPart) -> None:
        self._prefix = prefix
        self._blocks = Blocks()
        self._part = part
        self._taken = 0

    def take(self, part: Part, *, done: bool) -> None:
        """Feed what is new to the renderer."""
        assert part["type"] == "text"
        self._part = part
        self._blocks.feed(part["text"][self._taken :])
        self._taken = len(part["text"])

    def mark(self) -> Mark:
        """Sealed blocks, the tail, and how much of an open code block it shows."""
        tail, code = self._blocks.tail, self._blocks.open_code
        open_code = (code.number, len(code.text)) if code else None
        return TextMark(len(self._blocks.sealed), tail, open_code)

    def html(self) -> str:
        """The text as rendered so far."""
        tail = self._blocks.tail
        return render_part(self._prefix, self._part, "".join(self._blocks.sealed), tail)

    @property
    def body(self) -> str:
        """The rendered text without its frame, to compare with the canonical HTML."""
        return "".join(self._blocks.sealed) + self._blocks.tail

    @property
    def repeated(self) -> int:
        """Characters that every change says again: the tail, but not of an open code block."""
        return 0 if self._blocks.open_code else len(self._blocks.tail)

    def changes(self, since: Mark) -> str:
        """New sealed blocks and the tail, or only the new text of an open code block."""
        assert isinstance(since, TextMark)
        tail, code = self._blocks.tail, self._blocks.open_code
        new = "".join(self._blocks.sealed[since.sealed :])
        changes = partial(f"#{self._prefix}-sealed", "beforeend", new) if new else ""
        if tail == since.tail:
            return changes
        if code and since.code and code.number == since.code[0]:
            text = escape(code.text[since.code[1] :])
            return partial(f"#{self._prefix}-tail code", "beforeend", text) if text else ""
        return changes + partial(f"#{self._prefix}-tail", "innerHTML", tail)


class ReasoningView:
    """Reasoning: plain text that is appended; in the end its label says how long it took."""

    def __init__(self, prefix: str, part: ReasoningPart) -> None:
        self._prefix = prefix
        self._part = part
        self._done = False

    def take(self, part: Part, *, done: bool) -> None:
        """Keep the part."""
        assert part["type"] == "reasoning"
        self._part, self._done = part, done

    def mark(self) -> Mark:
        """Characters shown, and which label."""
        return ReasoningMark(len(self._part["text"]), self._done)

    def html(self) -> str:
        """The collapsible line with its text."""
        return render_part(self._prefix, self._part, done=self._done)

    def changes(self, since: Mark) -> str:
        """The new characters, and the label when it is done."""
        assert isinstance(since, ReasoningMark)
        new = escape(self._part["text"][since.characters :])
        changes = partial(f"#{self._prefix}-text", "beforeend", new) if new else ""
        if self._done == since.done:
            return changes
        context = {"part": self._part, "done": self._done}
        label = get_template("chat/parts/reasoning_label.html").render(context)
        return changes + partial(f"#{self._prefix}-label", "innerHTML", label)


class ToolCallView:
    """A tool call: a small card, whose pieces are replaced as it gets on."""

    def __init__(self, prefix: str, part: ToolCallPart) -> None:
        self._prefix = prefix
        self._part = part
        self._done = False

    def take(self, part: Part, *, done: bool) -> None:
        """Keep the part."""
        assert part["type"] == "tool_call"
        self._part, self._done = part, done

    def mark(self) -> Mark:
        """What the card says."""
        part = self._part
        state, ask = part.get("state", ""), part.get("ask", "")
        written = len(part["arguments"])
        return ToolCallMark(written, part["name"], state, ask, part["result"], self._done)

    def html(self) -> str:
        """The card."""
        return render_part(self._prefix, self._part, done=self._done)

    def changes(self, since: Mark) -> str:
        """New characters of the arguments alone, or the card anew."""
        assert isinstance(since, ToolCallMark)
        if self.mark()[1:] == since[1:]:
            new = escape(self._part["arguments"][since.arguments :])
            return partial(f"#{self._prefix}-arguments", "beforeend", new) if new else ""
        # Not the whole card: whether the reader has opened it is theirs to say.
        return "".join(self._again(piece) for piece in ("label", "body", "ask"))

    def _again(self, piece: str) -> str:
        context = {"prefix": self._prefix, "part": self._part, "done": self._done}
        html = get_template(f"chat/parts/tool_{piece}.html").render(context)
        return partial(f"#{self._prefix}-{piece}", "innerHTML", html)


def view_of(prefix: str, part: Part) -> PartView:
    """A view of a part, of which nothing has been taken yet."""
    match part["type"]:
        case "text":
            return TextView(prefix, part)
        case "reasoning":
            return ReasoningView(prefix, part)
        case "tool_call":
            return ToolCallView(prefix, part)


def part_prefix(message_id: int, index: int) -> str:
    """The id of a part's element, and of its inner ones before their last dash."""
    return f"m{message_id}-p{index}"
