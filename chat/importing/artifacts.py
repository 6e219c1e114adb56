"""Documents that a model wrote beside its answer: Claude's artifacts and ChatGPT's canvas."""

import re
from typing import Any

from .fields import text as field
from .parts import Part, thought, words

TAG = re.compile(r"(<ant(?:Artifact|Thinking)[^<>]*>|</ant(?:Artifact|Thinking)>)")
FIELD = re.compile(r'(\w+)="([^"]*)"')
BACKTICKS = re.compile("`+")
LANGUAGES = {"text/html": "html", "image/svg+xml": "svg", "application/vnd.ant.react": "jsx"}
LANGUAGES |= {"application/vnd.ant.mermaid": "mermaid"}
PLAIN = "text/markdown"


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
    kind = known.get("type", "")
    language = known.get("language") or LANGUAGES.get(kind, "")
    return document(known.get("title", ""), text, None if kind == PLAIN else language)


def document(title: str, text: str, language: str | None) -> list[Part]:
    """A document under its title: code in its language, or Markdown where that is None."""
    body = text.strip("\n")
    if language is not None:
        longest = max(map(len, BACKTICKS.findall(body)), default=0)
        fence = "`" * max(3, longest + 1)
        body = f"{fence}{language}\n{body}\n{fence}"
    return words(f"**{title}**\n\n{body}" if title else body)


def made(tool: str, asked: dict[str, Any]) -> list[Part]:
    """The whole document that a call of a tool writes; nothing if the call does anything else."""
    content, kind = field(asked.get("content")), field(asked.get("type"))
    if not content:
        return []
    if tool == "artifacts" and asked.get("command") in ("create", "rewrite"):
        language = field(asked.get("language")) or LANGUAGES.get(kind, "")
        return document(field(asked.get("title")), content, None if kind == PLAIN else language)
    if tool == "canmore.create_textdoc":
        code = kind.partition("code/")[2]
        return document(field(asked.get("name")), content, code or None)
    return []
