"""What a browser would show: the partials of an answer's frames applied in order."""

import json
import re
from functools import lru_cache
from typing import Any

from chat.demo.tokens import cut
from chat.rendering import Blocks, render

_PARTIAL = re.compile(
    r'<hx-partial hx-target="([^"]*)" hx-swap="(\w+)">(.*?)</hx-partial>', re.DOTALL
)
_PART = re.compile(
    r'<div id="(m\d+-p\d+)" class="part text"><div id="\1-sealed" class="sealed">(.*?)</div>'
    r'<div id="\1-tail" class="tail">(.*?)</div></div>\s*(?:$|</div>\s*<footer)',
    re.DOTALL,
)


class Page:
    """One answer of one text part, shown by one tab."""

    def __init__(self) -> None:
        self.sealed = ""
        self.tail = ""

    @property
    def html(self) -> str:
        """The answer's HTML."""
        return self.sealed + self.tail

    def take(self, frame: bytes) -> dict[str, Any]:
        """Apply a frame; gives it decoded. Raises ValueError for what no page could show."""
        fields: dict[str, Any] = json.loads(frame)
        if fields["type"] in ("snapshot", "delta", "end"):
            for target, swap, html in _PARTIAL.findall(fields.get("content") or ""):
                self._swap(target, swap, html)
        return fields

    def _swap(self, target: str, swap: str, html: str) -> None:
        if target.endswith("-sealed"):
            self.sealed += html
        elif target.endswith("-tail"):
            self.tail = html
        elif target.endswith("-tail code"):
            before, end, after = self.tail.rpartition("</code>")
            if not end:
                raise ValueError("text for an open code block that is not shown")
            self.tail = before + html + end + after
        elif target.endswith("-parts") or target == "#live":
            self._show_part(html)
        elif target.startswith("#m") and not target.endswith("-foot"):
            raise ValueError(f"{swap} into {target}, which nobody shows")

    def _show_part(self, html: str) -> None:
        if part := _PART.search(html):
            self.sealed, self.tail = part[2], part[3]


@lru_cache(maxsize=64)
def visible(text: str) -> list[bool]:
    """Which tokens of a text change the page by themselves.

    A newline or the bar of a table shows nothing before the next token is there; of "-" it is not
    clear before that what it will be. There is no time at which such a token alone is shown.
    """
    blocks = Blocks()
    changes: list[bool] = []
    before = (0, "")
    for piece in cut(text):
        blocks.feed(piece)
        now = (len(blocks.sealed), blocks.tail)
        changes.append(now != before)
        before = now
    return changes


def shown(frames: list[bytes]) -> str:
    """The HTML that these frames, from the first of a connection on, leave on a page."""
    page = Page()
    for frame in frames:
        page.take(frame)
    return page.html


def difference(frames: list[bytes], text: str) -> str:
    """How the page differs from the canonical HTML of `text`; "" when it does not."""
    try:
        html = shown(frames)
    except ValueError as error:
        return str(error)
    canonical = render(text)
    if html == canonical:
        return ""
    at = next(
        (i for i, (a, b) in enumerate(zip(html, canonical, strict=False)) if a != b),
        min(len(html), len(canonical)),
    )
    return f"HTML differs at {at}: {html[at : at + 40]!r} instead of {canonical[at : at + 40]!r}"
