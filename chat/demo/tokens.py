"""Cut text as a tokenizer does: about four characters a piece, not at word boundaries only."""

import re

CHARACTERS_PER_TOKEN = 4

PIECE = re.compile(
    r"[ ]?[A-Za-z\u00c0-\u024f]{1,6}"
    r"|[ ]?\d{1,3}"
    r"|[ ]?[\u0400-\u06ff]{1,3}"
    r"|[\u3040-\u9fff\uac00-\ud7af]{1,2}"
    r"|[ ]?[!-/:-@\[-`{-~]{1,3}"
    r"|\n{1,2}"
    r"|[ ]{1,4}"
    r"|.",
    re.DOTALL,
)


def cut(text: str) -> list[str]:
    """Return the pieces of `text` in order; joined they are exactly `text`."""
    return PIECE.findall(text)


def estimate(text: str) -> int:
    """Return how many tokens a prompt of this text counts: a quarter of its characters."""
    return -(-len(text) // CHARACTERS_PER_TOKEN)
