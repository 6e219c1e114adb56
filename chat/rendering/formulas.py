r"""Formulas between `\(` and `\)` or `\[` and `\]`, to Markdown nothing but escaped brackets.

They are found in the parser's own text events, so never in code, and marked in the source by as
many bytes as they had: then every range stays true. `$` and `$$` are the parser's own business.
"""

from dataclasses import dataclass, field
from typing import Any

from pyromark import Markdown

OPEN, CLOSE = "\x01", "\x02"
_ENDS = {ord("("): ord(")"), ord("["): ord("]")}
_BRACKETS = {*_ENDS, *_ENDS.values()}
_BACKSLASH = ord("\\")
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
    for start, end in finder.found:
        formulas.append((data[start + 2 : end - 2].decode(), data[start + 1] == ord("[")))
        pieces += data[position:start], _filler(end - start)
        position = end
    return b"".join([*pieces, data[position:]]).decode(), formulas


def _filler(size: int) -> bytes:
    return (OPEN + "x" * (size - 2) + CLOSE).encode()


@dataclass(slots=True)
class _Finder:
    data: bytes
    found: list[tuple[int, int]] = field(default_factory=list)
    _opened: int | None = None

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

    def _see_text(self, start: int) -> None:
        character = self.data[start]
        if character not in _BRACKETS or not self._is_escaped(start):
            return
        if character in _ENDS:
            if self._opened is None:
                self._opened = start - 1
        elif self._opened is not None and character == _ENDS[self.data[self._opened + 1]]:
            self.found.append((self._opened, start + 1))
            self._opened = None

    def _is_escaped(self, position: int) -> bool:
        before = position
        while before and self.data[before - 1] == _BACKSLASH:
            before -= 1
        return (position - before) % 2 == 1
