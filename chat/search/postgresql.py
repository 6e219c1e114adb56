"""Candidates in PostgreSQL: full text by the beginnings of words; parts of words by trigrams."""

import re

from django.db import connection

from .candidates import Condition
from .index import PUNCTUATION
from .words import UNSPACED

TRIGRAM = 3
# Letters of ASCII with capitals of other alphabets: of Turkish, and the sign for kelvin.
STRANGE = {"i", "k"}
# No index knows signs and the shortest parts: so many messages are looked through for them.
SCANNED = 5000
# The same as in the generated column.
_punctuation = re.compile(PUNCTUATION)
_unspaced = re.compile(f"([{UNSPACED}])")
_QUERY = "(NULLIF(phraseto_tsquery('simple'::regconfig, %s)::text, '') || ':*')::tsquery"


def condition(words: list[str], *, parts: bool) -> Condition:
    """What a message with all of the words fulfils; with `parts` also inside of words."""
    condition = Condition()
    lexical = [] if parts else [word for word in words if any(map(str.isalnum, word))]
    # The shortest first: what the index finds has the longer ones most likely.
    for word in sorted(words, key=len):
        if parts:
            condition.add(_holds(word), f"%{_escaped(word)}%")
        elif word not in lexical:
            condition.add("strpos(m.text, %s) > 0", word)
    if not lexical and not (parts and any(len(word) >= TRIGRAM for word in words)):
        condition.among = SCANNED
    if lexical:
        query = " && ".join([_QUERY] * len(lexical))
        condition.add(f"m.searched @@ ({query})", *map(split, lexical))
    return condition


def has_trigrams() -> bool:
    """Whether parts of words can be looked for."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('chat_message_trigrams') IS NOT NULL")
        return bool(cursor.fetchone()[0])


def split(word: str) -> str:
    """A word as the generated column splits it."""
    return _unspaced.sub(r" \1 ", _punctuation.sub(" ", word))


def _holds(word: str) -> str:
    """What is true of a message with this part."""
    if len(word) >= TRIGRAM or not word.isascii() or STRANGE & set(word.lower()):
        return "m.text ILIKE %s"
    # No index knows it. ASCII's own cases alone are compared in half the time, none in a quarter.
    return f'm.text COLLATE "C" {"LIKE" if word.lower() == word.upper() else "ILIKE"} %s'


def _escaped(word: str) -> str:
    return re.sub(r"([\\%_])", r"\\\1", word)
