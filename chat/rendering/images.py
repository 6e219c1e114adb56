"""Images of other hosts. None is loaded by itself: to ask for one would tell its host something."""

from typing import Any

from chat.rendering.links import address, host
from chat.rendering.markup import escape

_TEXT = {"Text", "Code", "InlineHtml", "InlineMath", "DisplayMath"}


class Image:
    """Gathers the alternative text of an image, and stands in for it."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._words: list[str] = []
        self._depth = 1

    def take(self, kind: str, value: Any) -> bool:
        """Take one event inside the image; return whether the image has ended with it."""
        if kind in _TEXT:
            self._words.append(value)
        elif kind in ("SoftBreak", "HardBreak"):
            self._words.append(" ")
        elif value == "Image" or (type(value) is dict and "Image" in value):
            self._depth += 1 if kind == "Start" else -1
        return self._depth == 0

    def html(self, *, inside_link: bool) -> str:
        """Return the stand-in: a link that a person may follow, or plain text."""
        href = address(self._url)
        where = host(self._url) if href else ""
        label = f"Image: {''.join(self._words).strip()}".removesuffix(": ")
        text = escape(f"{label} ({where})" if where else label)
        if inside_link or not where or href is None:
            return f'<span class="remote-image">{text}</span>'
        return f'<a class="remote-image" href="{escape(href)}">{text}</a>'
