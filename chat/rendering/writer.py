"""From the parser's events to HTML that holds no tag but ours.

Text is escaped here, once. What the gate need not see is put into slots and filled in behind it:
code blocks and formulas, made by modules that escape for themselves, and checkboxes.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from chat.rendering import gate
from chat.rendering.code import code_block, open_code_block
from chat.rendering.equations import unshielded
from chat.rendering.fence import is_closed
from chat.rendering.formulas import CLOSE, OPEN
from chat.rendering.grammar import Block, Definitions, Parsed, named
from chat.rendering.images import Image
from chat.rendering.links import address, linked, open_link
from chat.rendering.markup import escape
from chat.rendering.maths import formula
from chat.rendering.outline import Outline
from chat.rendering.tables import Table

_SLOT = re.compile("\x03([0-9]+)\x04")
_MARK = re.compile(f"({OPEN}x*{CLOSE})")
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
# Deeper than anybody means, and less than what browsers and the gate begin to stumble over.
_DEEPEST = 60
_NESTING = {"BlockQuote", "List", "Item", "Emphasis", "Strong", "Strikethrough"}
_BY_REFERENCE = {"Reference", "Collapsed", "Shortcut"}


def write(
    parsed: Parsed, definitions: Definitions, outline: Outline, *, growing: bool = False
) -> Iterator[str]:
    """Yield the HTML of each block; of a `growing` source the last code block may be unfinished."""
    formulas = iter(parsed.formulas)
    for block in parsed.blocks:
        yield _Writer(parsed.data, formulas, definitions, outline, growing).html(block)


@dataclass
class _Writer:
    """Writes one top-level block."""

    _data: bytes
    _formulas: Iterator[tuple[str, bool]]
    _definitions: Definitions
    _outline: Outline
    _growing: bool
    _out: list[str] = field(default_factory=list)
    _slots: list[str] = field(default_factory=list)
    _link_ends: list[str] = field(default_factory=list)
    _literal: list[str] | None = None
    _info: str = ""
    _image: Image | None = None
    _table: Table | None = None

    def html(self, block: Block) -> str:
        """Return the block's HTML, sanitised."""
        add = self._out.append
        depth = 0
        for kind, value, span in block.events:
            if self._image is not None:
                if self._image.take(kind, value):
                    add(self._image.html(inside_link=any(self._link_ends)))
                    self._image = None
            elif kind == "Start" or kind == "End":
                tag, details = named(value)
                depth += kind == "Start"
                if depth <= _DEEPEST or tag not in _NESTING:
                    add(_TAGS[kind, tag](self, details, span))
                depth -= kind == "End"
            else:
                add(_LEAVES[kind](self, value, span))
        return self._fill(gate.clean("".join(self._out))) + "\n"

    def _slot(self, html: str) -> str:
        self._slots.append(html)
        return f"\x03{len(self._slots) - 1}\x04"

    def _fill(self, html: str) -> str:
        return _SLOT.sub(lambda match: self._slots[int(match[1])], html) if self._slots else html

    def text(self, text: str, span: Any) -> str:
        if self._literal is not None:
            self._literal.append(text)
            return ""
        if OPEN in text:
            return "".join(map(self._formula_or_prose, _MARK.split(text)))
        return self._prose(text)

    def _formula_or_prose(self, piece: str) -> str:
        found = next(self._formulas, None) if _MARK.fullmatch(piece) else None
        return self._slot(formula(*found)) if found else self._prose(piece)

    def _prose(self, text: str) -> str:
        return escape(text) if any(self._link_ends) else linked(text)

    def code(self, text: str, span: Any) -> str:
        return f"<code>{escape(text)}</code>"

    def inline_html(self, text: str, span: Any) -> str:
        return "<br>" if self._table and _BREAK.fullmatch(text) else escape(text)

    def inline_math(self, tex: str, span: Any) -> str:
        # "$5-$10" is money: no formula ends before a digit (as in Pandoc).
        if self._data[span["end"] : span["end"] + 1].isdigit():
            return escape(f"${tex}$")
        return self._slot(formula(unshielded(tex), False))

    def display_math(self, tex: str, span: Any) -> str:
        return self._slot(formula(unshielded(tex), True))

    def footnote_reference(self, label: str, span: Any) -> str:
        return f'<sup class="footnote-ref">{escape(label)}</sup>'

    def checkbox(self, checked: bool, span: Any) -> str:
        state = 'checked aria-label="Done"' if checked else 'aria-label="To do"'
        return self._slot(f'<input type="checkbox" disabled {state}>') + " "

    def start_heading(self, heading: Any, span: Any) -> str:
        return f"<{self._outline.begin(heading['level'])}>"

    def end_heading(self, level: str, span: Any) -> str:
        return f"</{self._outline.tag}>"

    def start_quote(self, kind: str | None, span: Any) -> str:
        if kind is None:
            return '<blockquote dir="auto">'
        title = f'<p class="alert-title" dir="auto">{kind}</p>'
        return f'<blockquote class="alert {kind.lower()}" dir="auto">{title}'

    def start_list(self, first: int | None, span: Any) -> str:
        if first is None:
            return '<ul dir="auto">'
        return '<ol dir="auto">' if first == 1 else f'<ol start="{first}" dir="auto">'

    def end_list(self, ordered: bool, span: Any) -> str:
        return "</ol>" if ordered else "</ul>"

    def start_footnote(self, label: str, span: Any) -> str:
        return f'<div class="footnote"><sup>{escape(label)}</sup>'

    def start_link(self, link: Any, span: Any) -> str:
        href = address(self._destination(link))
        self._link_ends.append("</a>" if href else "")
        return open_link(href) if href else ""

    def end_link(self, details: None, span: Any) -> str:
        return self._link_ends.pop()

    def start_image(self, image: Any, span: Any) -> str:
        self._image = Image(self._destination(image))
        return ""

    def _destination(self, link: Any) -> str:
        known = link["link_type"] in _BY_REFERENCE and self._definitions.target(link["id"])
        url: str = known or link["dest_url"]
        return unshielded("mailto:" + url if link["link_type"] == "Email" else url)

    def start_literal(self, kind: Any, span: Any) -> str:
        self._literal = []
        self._info = kind["Fenced"] if type(kind) is dict else ""
        return ""

    def end_html(self, details: None, span: Any) -> str:
        return f'<p class="raw">{escape(self._taken().rstrip())}</p>'

    def end_code(self, details: None, span: Any) -> str:
        unfinished = self._growing and span["end"] >= len(self._data.rstrip())
        if unfinished and not is_closed(self._data[span["start"] : span["end"]].decode()):
            return self._slot(open_code_block(self._info, self._taken()))
        return self._slot(code_block(self._info, self._taken()))

    def _taken(self) -> str:
        literal, self._literal = "".join(self._literal or ()), None
        return unshielded(literal)

    def start_table(self, alignments: tuple[str, ...], span: Any) -> str:
        self._table = Table(alignments)
        return Table.START

    def end_table(self, details: None, span: Any) -> str:
        self._table = None
        return Table.END

    def from_table(self, step: Callable[[Table], str]) -> str:
        return step(self._table) if self._table else ""


_Handler = Callable[[_Writer, Any, Any], str]


def _always(html: str) -> _Handler:
    return lambda writer, value, span: html


def _of_table(step: Callable[[Table], str]) -> _Handler:
    return lambda writer, value, span: writer.from_table(step)


_LEAVES: dict[str, _Handler] = {
    "Text": _Writer.text,
    "Html": _Writer.text,
    "Code": _Writer.code,
    "InlineHtml": _Writer.inline_html,
    "InlineMath": _Writer.inline_math,
    "DisplayMath": _Writer.display_math,
    "FootnoteReference": _Writer.footnote_reference,
    "TaskListMarker": _Writer.checkbox,
    "SoftBreak": _always("\n"),
    "HardBreak": _always("<br>\n"),
    "Rule": _always("<hr>"),
}
_TAGS: dict[tuple[str, str], _Handler] = {
    ("Start", "Heading"): _Writer.start_heading,
    ("End", "Heading"): _Writer.end_heading,
    ("Start", "BlockQuote"): _Writer.start_quote,
    ("Start", "List"): _Writer.start_list,
    ("End", "List"): _Writer.end_list,
    ("Start", "FootnoteDefinition"): _Writer.start_footnote,
    ("Start", "Link"): _Writer.start_link,
    ("End", "Link"): _Writer.end_link,
    ("Start", "Image"): _Writer.start_image,
    ("Start", "CodeBlock"): _Writer.start_literal,
    ("End", "CodeBlock"): _Writer.end_code,
    ("Start", "HtmlBlock"): _Writer.start_literal,
    ("End", "HtmlBlock"): _Writer.end_html,
    ("Start", "Table"): _Writer.start_table,
    ("End", "Table"): _Writer.end_table,
    ("End", "TableHead"): _of_table(Table.end_head),
    ("End", "TableRow"): _of_table(Table.end_row),
    ("Start", "TableCell"): _of_table(Table.start_cell),
    ("End", "TableCell"): _of_table(Table.end_cell),
}
for _name, _start, _end in (
    ("Paragraph", "<p>", "</p>"),
    ("Item", "<li>", "</li>"),
    ("Emphasis", "<em>", "</em>"),
    ("Strong", "<strong>", "</strong>"),
    ("Strikethrough", "<del>", "</del>"),
    ("TableHead", "<thead><tr>", ""),
    ("TableRow", "<tr>", ""),
    ("FootnoteDefinition", "", "</div>"),
    ("BlockQuote", "", "</blockquote>"),
):
    _TAGS.setdefault(("Start", _name), _always(_start))
    _TAGS.setdefault(("End", _name), _always(_end))
