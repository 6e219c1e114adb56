"""The Markdown dialect, and its parser's events cut into top-level blocks."""

from dataclasses import dataclass, field
from typing import Any

from pyromark import Markdown, Options
from pyromark.event import BrokenLink

from chat.rendering.equations import shielded, without_dollars_in_code
from chat.rendering.formulas import marked

_OPTIONS = (
    Options.ENABLE_TABLES
    | Options.ENABLE_FOOTNOTES
    | Options.ENABLE_STRIKETHROUGH
    | Options.ENABLE_TASKLISTS
    | Options.ENABLE_MATH
    | Options.ENABLE_GFM
)


@dataclass(slots=True)
class Block:
    """One top-level block: its place in the source (bytes) and its events: name, value, range."""

    start: int
    end: int
    kind: str
    events: list[tuple[str, Any, Any]] = field(default_factory=list)

    @property
    def info(self) -> str:
        """What follows the opening fence, if the block is fenced code."""
        match self.events[0]:
            case ("Start", {"CodeBlock": {"Fenced": str(info)}}, _):
                return info
        return ""


class Definitions:
    """The link definitions of the text before the one that is parsed; the first of a label wins."""

    def __init__(self) -> None:
        self._targets: dict[str, str] = {}

    def learn(self, source: str) -> None:
        """Remember what `source` defines."""
        if "]:" not in source:
            return
        for label, definition in _PLAIN.reference_definitions(source).items():
            self._targets.setdefault(_folded(label), definition["dest"])

    def target(self, label: str) -> str | None:
        """Return where `label` leads to, None if nothing defined it."""
        return self._targets.get(_folded(label)) if self._targets else None

    def parser(self) -> Markdown:
        """Return a parser that knows these definitions."""
        if not self._targets:
            return _PLAIN
        return Markdown(options=_OPTIONS, broken_link_callback=self._resolve)

    def _resolve(self, link: BrokenLink) -> tuple[str, str] | None:
        target = self.target(link["reference"])
        return None if target is None else (target, "")


@dataclass(slots=True)
class Parsed:
    """A parsed source: its bytes, its top-level blocks, and the formulas and equations in it."""

    data: bytes
    blocks: list[Block]
    formulas: list[tuple[str, bool]]
    equations: list[tuple[int, int]]


def parse(source: str, definitions: Definitions) -> Parsed:
    """Parse a normalised source that begins at the beginning of a top-level block."""
    markdown = definitions.parser()
    source, equations = shielded(without_dollars_in_code(source))
    source, formulas = marked(source, markdown)
    blocks: list[Block] = []
    depth = 0
    for event, span in markdown.events_with_range(source, merge_text=True):
        name, value = (event, None) if isinstance(event, str) else next(iter(event.items()))
        if depth == 0:
            tag = name if value is None else named(value)[0]
            blocks.append(Block(span["start"], span["end"], tag))
            add = blocks[-1].events.append
        add((name, value, span))
        if name == "Start":
            depth += 1
        elif name == "End":
            depth -= 1
    return Parsed(source.encode(), blocks, formulas, equations)


def named(event: Any) -> tuple[str, Any]:
    """Split what the parser gives, `"Rule"` or `{"Text": "hi"}`, into name and value."""
    return (event, None) if type(event) is str else next(iter(event.items()))


def _folded(label: str) -> str:
    return " ".join(label.split()).casefold()


_PLAIN = Markdown(options=_OPTIONS)
