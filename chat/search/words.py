"""The words of a search. What was typed is data: nothing in it is an operator but the quotes."""

import re

QUERY_CHARACTERS = 300
WORDS = 8
QUOTES = str.maketrans(dict.fromkeys("“”„«»", '"'))
# A word, or several between quotation marks.
WORD = re.compile(r'"([^"]+)"|([^\s"]+)')
# Scripts that are written without spaces: every character counts as a word.
UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u2fff\u3040-\u9fff\uac00-\ud7af"
    "\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff"
)
_unspaced = re.compile(f"[{UNSPACED}]")


def words_in(query: str) -> list[str]:
    """The words to look for, each once, in any order; those in quotation marks are one."""
    clean = query[:QUERY_CHARACTERS].replace("\0", " ").translate(QUOTES)
    clean = clean.encode("utf-8", "ignore").decode()
    found = [" ".join((several or one).split()) for several, one in WORD.findall(clean)]
    unique = {word.lower(): word for word in found if word}
    words = list(unique.values())[:WORDS]
    return [word for word in words if not is_letter(word)] or words[:1]


def is_letter(word: str) -> bool:
    """Whether it is a single character that says nothing alone: looked for in titles only."""
    return len(word) == 1 and (word.isascii() or word.isalnum()) and not _unspaced.match(word)


def pattern(words: list[str]) -> re.Pattern[str]:
    """Finds any of the words, whatever their case; the longest first."""
    longest = sorted(words, key=len, reverse=True)
    either = "|".join(r"\s+".join(map(re.escape, word.split())) for word in longest)
    return re.compile(either, re.IGNORECASE)
