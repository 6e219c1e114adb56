"""How well a text answers a search, and the piece of it to show, with the words marked."""

import math
import re
from itertools import islice

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from .words import pattern

SNIPPET = 180
BEFORE = 50
# So many places are compared; there is hardly a better one after them.
PLACES = 200
# Marks of Markdown that only disturb where nothing is rendered.
MARKS = re.compile(r"\*\*|```\w*|^#+ |^[-|: \t]{3,}$", re.MULTILINE)


def relevance(text: str, words: list[str]) -> float:
    """How well `text` answers a search for all of `words`: how often, how whole, how close."""
    lowered = text.lower()
    score = 0.0
    for word in map(str.lower, words):
        count = lowered.count(word)
        score += math.log1p(min(count, 20))
        score += _whole(lowered, word)
    if len(words) > 1 and " ".join(words).lower() in lowered:
        score += 2
    return score / math.pow(1 + len(text) / 4000, 0.3)


def _whole(text: str, word: str) -> bool:
    """Whether the first place where the word is has no letters beside it."""
    at = text.find(word)
    return at >= 0 and not (
        text[at - 1 : at].isalnum() or text[at + len(word) : at + len(word) + 1].isalnum()
    )


def snippet(text: str, words: list[str]) -> SafeString:
    """A line of the text around the place with the most different words, as safe HTML."""
    line = " ".join(MARKS.sub(" ", text).split())
    found = list(islice(pattern(words).finditer(line), PLACES))
    if not found:
        return marked(_cut(line, 0), [])
    places = [match.start() for match in found]
    best = max(
        places,
        key=lambda at: len(
            {m[0].lower() for m in found if at <= m.start() < at + SNIPPET - BEFORE}
        ),
    )
    start = max(0, best - BEFORE)
    # Begin with a whole word, if there is one.
    space = line.find(" ", start, best) if start else -1
    return marked(_cut(line, space + 1 if space >= 0 else start), words)


def _cut(line: str, start: int) -> str:
    piece = line[start : start + SNIPPET]
    before = "…" if start else ""
    after = "…" if start + SNIPPET < len(line) else ""
    return before + piece + after


def marked(text: str, words: list[str]) -> SafeString:
    """The text as safe HTML with the words in `mark` elements."""
    if not words:
        return escape(text)
    pieces, at = [], 0
    for match in pattern(words).finditer(text):
        pieces += [escape(text[at : match.start()]), "<mark>", escape(match[0]), "</mark>"]
        at = match.end()
    return mark_safe("".join([*pieces, escape(text[at:])]))  # noqa: S308 (every piece is escaped)
