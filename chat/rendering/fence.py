"""A fenced code block while it is being written."""

import re
from typing import NamedTuple

from chat.rendering.markup import escape


class OpenCode(NamedTuple):
    """The open fenced code block at the end of an answer: its number, and its text so far."""

    number: int
    text: str


_OPENING = re.compile(r"(`{3,})[^`\n]*\n|(~{3,})[^\n]*\n")


def opening(source: str) -> re.Match[str] | None:
    """Return the match of the opening line if `source` begins with a fence that is not indented."""
    return _OPENING.match(source)


def is_closed(block: str) -> bool:
    """Tell whether the source of a fenced code block, in any container, has its closing fence."""
    first, _, last = block.rstrip().partition("\n")
    fence = re.match(r"`{3,}|~{3,}", first)
    last = last.rpartition("\n")[2].lstrip(" \t>")
    return fence is not None and last == last[:1] * len(last) and last.startswith(fence[0])


class Fence:
    """Takes the text behind an opening fence and finds its end; costs O(new text) per piece.

    Of an unfinished line that may become the closing fence nothing is shown yet: it is `held`.
    """

    def __init__(self, opening_line: re.Match[str], info: str) -> None:
        mark = opening_line[1] or opening_line[2]
        self.info = info
        self.text = ""
        self.html = ""
        self.held = ""
        self._in_shown_line = False
        closing = rf"^ {{0,3}}{mark[0]}{{{len(mark)},}}[ \t]*"
        self._closed = re.compile(closing + r"\n", re.MULTILINE)
        self._may_close = re.compile(rf" {{0,3}}{mark[0]}*[ \t]*")

    def feed(self, text: str) -> bool:
        """Add `text`; return True once the fence is closed, and then the rest is not looked at."""
        text = self.held + text
        self.held = ""
        if self._in_shown_line:
            line, newline, text = text.partition("\n")
            self._show(line + newline)
            self._in_shown_line = not newline
        if self._closed.search(text):
            return True
        complete = text.rfind("\n") + 1
        if text[complete:] and self._may_close.fullmatch(text, complete):
            text, self.held = text[:complete], text[complete:]
        elif text[complete:]:
            self._in_shown_line = True
        self._show(text)
        return False

    def _show(self, text: str) -> None:
        self.text += text
        self.html += escape(text)
