"""A whole document at once."""

from chat.rendering.grammar import Definitions, parse
from chat.rendering.outline import Outline
from chat.rendering.source import normalise
from chat.rendering.writer import write


def render(markdown: str) -> str:
    """Return the canonical HTML of an answer; safe to put into a page whatever `markdown` holds."""
    parsed = parse(normalise(markdown), Definitions())
    return "".join(write(parsed, Definitions(), Outline()))
