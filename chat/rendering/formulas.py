r"""Formulas between `\(` and `\)` or `\[` and `\]`, to Markdown nothing but escaped brackets.

They are found in the parser's own text events, so never in code, and marked in the source by as
many bytes as they had: then every range stays true. `$` and `$$` are the parser's own business.
"""

import re
from dataclasses import dataclass, field
from typing import Any

from pyromark import Markdown

from chat.rendering.equations import unshielded

OPEN, CLOSE = "\x01", "\x02"
_ENDS = {b"(": b")", b"[": b"]"}
_BRACKETS = {*_ENDS, *_ENDS.values()}
_INLINE = {"Emphasis", "Strong", "Strikethrough", "Link", "Image"}


def marked(source: str, markdown: Markdown) -> tuple[str, list[tuple[str, bool]]]:
    """Return `source` with its formulas marked, and these in order: TeX, and whether display."""
    if r"\(" not in source and r"\[" not in source:
        return source, []
    finder = _Finder(source.encode())
    for event, span in markdown.events_with_range(source, merge_text=False):
        finder.see(event, span["start"])
    data, formulas = finder.data, []
    pieces: list[bytes] = []
    position = 0
    for start, end, quotes in finder.found:
        tex = unshielded(data[start + 2 : end - 2].decode())
        tex = re.sub(rf"\n(?:[ \t]*>){{0,{quotes}}}", "\n", tex)
        formulas.append((tex, data[start + 1] == ord("[")))
        pieces += data[position:start], _filler(end - start)
        position = end
    return b"".join([*pieces, data[position:]]).decode(), formulas


def _filler(size: int) -> bytes:
    return (OPEN + "x" * (size - 2) + CLOSE).encode()


@dataclass(slots=True)
class _Finder:
    data: bytes
    found: list[tuple[int, int, int]] = field(default_factory=list)
    _opened: int | None = None
    _quotes: int = 0

    def see(self, event: Any, start: int) -> None:
        """Look at one event of the parser; a formula never crosses the end of a block."""
        if type(event) is str:
            return
        kind, value = next(iter(event.items()))
        if kind == "Text":
            self._see_text(start)
        elif kind in ("Start", "End"):
            tag = value if type(value) is str else next(iter(value))
            if tag not in _INLINE:
                self._opened = None
            if tag == "BlockQuote":
                self._quotes += 1 if kind == "Start" else -1

    def _see_text(self, start: int) -> None:
        character = self.data[start : start + 1]
        if character not in _BRACKETS or not self._is_escaped(start):
            return
        if character in _ENDS:
            if self._opened is None:
                self._opened = start
        elif self._opened and character == _ENDS[self.data[self._opened : self._opened + 1]]:
            self.found.append((self._opened - 1, start + 1, self._quotes))
            self._opened = None

    def _is_escaped(self, position: int) -> bool:
        before = position
        while self.data[before - 1 : before] == b"\\":
            before -= 1
        return (position - before) % 2 == 1
