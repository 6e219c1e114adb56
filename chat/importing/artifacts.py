"""Claude's artifacts, which stood in the text of its answers until they became calls of a tool."""

import re

from .parts import Part, thought, words

TAG = re.compile(r"(<ant(?:Artifact|Thinking)[^<>]*>|</ant(?:Artifact|Thinking)>)")
FIELD = re.compile(r'(\w+)="([^"]*)"')
BACKTICKS = re.compile("`+")
LANGUAGES = {"text/html": "html", "image/svg+xml": "svg", "application/vnd.ant.react": "jsx"}
LANGUAGES |= {"application/vnd.ant.mermaid": "mermaid"}


def unwrapped(text: str) -> list[Part]:
    """A text as parts: artifacts as code under their titles, thinking as reasoning."""
    parts: list[Part] = []
    held: list[str] = []
    opened = ""
    for number, piece in enumerate(TAG.split(text)):
        closes = number % 2 and piece.startswith("</")
        if closes and opened.startswith(f"<{piece[2:-1]}"):
            parts += _inner(opened, "".join(held))
            held, opened = [], ""
        elif number % 2 and not closes and not opened:
            parts += words("".join(held).strip("\n"))
            held, opened = [], piece
        else:
            held.append(piece)
    rest = opened + "".join(held)
    return parts + words(rest.strip("\n") if parts else rest)


def _inner(tag: str, text: str) -> list[Part]:
    if tag.startswith("<antThinking"):
        return thought(text.strip())
    known = dict(FIELD.findall(tag))
    body, kind = text.strip("\n"), known.get("type", "")
    if kind != "text/markdown":
        longest = max(map(len, BACKTICKS.findall(body)), default=0)
        fence = "`" * max(3, longest + 1)
        body = f"{fence}{known.get('language') or LANGUAGES.get(kind, '')}\n{body}\n{fence}"
    return words(f"**{known['title']}**\n\n{body}" if known.get("title") else body)
