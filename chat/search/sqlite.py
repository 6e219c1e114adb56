"""Candidates in SQLite: trigrams of three characters and more, and the terms that begin shorter."""

from typing import Any

from django.db import connection

from .candidates import Condition

# A beginning with more terms than this is so common that looking at each text ends soon.
TERMS = 300


def condition(words: list[str]) -> Condition:
    """What a message with all of the words fulfils; parts of words are found as well."""
    matches: list[str] = []
    condition = Condition()
    for word in words:
        terms = [word] if len(word) >= 3 else _terms(word)
        if len(terms) > TERMS:
            condition.add("instr(lower(m.text), lower(%s)) > 0", word)
        elif terms:
            matches.append(" OR ".join(map(_quoted, terms)))
        else:
            condition.add("m.id IS NULL")  # no text has it
    if matches:
        condition.table = "chat_search CROSS JOIN chat_message m ON m.id = chat_search.rowid"
        condition.key = "chat_search.rowid"
        condition.add("chat_search MATCH %s", " AND ".join(f"({each})" for each in matches))
    return condition


def _quoted(term: str) -> str:
    return '"' + term.replace('"', '""') + '"'


def _terms(beginning: str) -> list[str]:
    """The trigrams that begin with one or two characters."""
    last: list[Any] = [beginning.lower(), beginning.lower() + "\U0010ffff", TERMS + 1]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT term FROM chat_search_terms WHERE term >= %s AND term < %s LIMIT %s", last
        )
        return [term for (term,) in cursor.fetchall()]
