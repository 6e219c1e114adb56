"""Which addresses an answer may link to, and how they are written."""

import re
from urllib.parse import quote, urlsplit

from chat.rendering.markup import escape

# No user names: "https://bank.example@evil.example" is written to deceive.
_HOST = r"(?:[\w.-]+|\[[\da-f:.]+\])(?::\d{1,5})?"
_ALLOWED = re.compile(rf"https?://{_HOST}(?:[/?#][^\s\\]*)?|mailto:[^\s/\\][^\s\\]*", re.IGNORECASE)
_BARE = re.compile(r"\bhttps?://[^\s<>\"'`|\\\x01-\x07]+", re.IGNORECASE)
_TRAILING = "?!.,:*_~;"
_LONGEST = 2000  # characters
_SAFE = "/?#[]@!$&()*+,;=:%~-._"


def address(url: str) -> str | None:
    """Return `url` fit for an `href`, None if it is no absolute http, https or mailto address."""
    if len(url) > _LONGEST or not _ALLOWED.fullmatch(url):
        return None
    return quote(url, safe=_SAFE)


def host(url: str) -> str:
    """Return the host an http(s) `url` leads to, "" if there is none."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def open_link(href: str) -> str:
    """Return the start tag of a link to `href` (from `address`)."""
    return f'<a href="{escape(href)}">'


def linked(text: str) -> str:
    """Return `text` as HTML in which bare http(s) addresses are links (GFM, extended autolinks)."""
    if "://" not in text:
        return escape(text)
    out: list[str] = []
    position = 0
    for match in _BARE.finditer(text):
        url = _trimmed(match[0]) if len(match[0]) <= _LONGEST else match[0]
        href = address(url)
        if href is None:
            continue
        out += escape(text[position : match.start()]), open_link(href), escape(url), "</a>"
        position = match.start() + len(url)
    return "".join(out) + escape(text[position:])


def _trimmed(url: str) -> str:
    """Cut what belongs to the sentence: trailing punctuation and unbalanced closing brackets."""
    surplus = url.count(")") - url.count("(")
    while True:
        shorter = url.rstrip(_TRAILING)
        if surplus > 0 and shorter.endswith(")"):
            shorter, surplus = shorter[:-1], surplus - 1
        if shorter == url:
            return url
        url = shorter
