"""What the databases keep so that searching is quick, and keep up however rows are written.

SQLite: a full-text table of trigrams that holds no text, filled by triggers. PostgreSQL: a column
of words generated from the text, with a GIN index, and one of trigrams if that extension may be
used.
"""

from typing import Any

from django.db import DatabaseError, transaction

from .words import UNSPACED

# What is longer is searched up to here: PostgreSQL's vectors have a limit of their own.
INDEXED_CHARACTERS = 100_000

# Line breaks around it let also the first and the last two characters be found by what is beside.
_TEXT = f"char(10) || substr({{row}}.text, 1, {INDEXED_CHARACTERS}) || char(10, 10)"
_ADD = f"""
    INSERT INTO chat_search(rowid, text)
    SELECT new.id, {_TEXT.format(row="new")} WHERE new.text <> '';"""
_DROP = f"""
    INSERT INTO chat_search(chat_search, rowid, text)
    SELECT 'delete', old.id, {_TEXT.format(row="old")} WHERE old.text <> '';"""
_FILL = f"""
    INSERT INTO chat_search(rowid, text)
    SELECT id, {_TEXT.format(row="chat_message")} FROM chat_message WHERE text <> ''
"""  # noqa: S608 (nobody's words are in it)
TRIGGERS = {
    "chat_search_added": f"AFTER INSERT ON chat_message BEGIN {_ADD} END",
    "chat_search_changed": f"AFTER UPDATE OF text ON chat_message"
    f" WHEN old.text IS NOT new.text BEGIN {_DROP} {_ADD} END",
    "chat_search_deleted": f"AFTER DELETE ON chat_message BEGIN {_DROP} END",
}
SQLITE = [
    "CREATE VIRTUAL TABLE chat_search USING fts5(text, content='', tokenize='trigram')",
    # Merging more at a time and less often disturbs writers less.
    "INSERT INTO chat_search(chat_search, rank) VALUES ('automerge', 8)",
    "CREATE VIRTUAL TABLE chat_search_terms USING fts5vocab('chat_search', 'row')",
    *(f"CREATE TRIGGER {name} {what}" for name, what in TRIGGERS.items()),
    _FILL,
]
SQLITE_REMOVED = [
    *(f"DROP TRIGGER IF EXISTS {name}" for name in TRIGGERS),
    "DROP TABLE IF EXISTS chat_search_terms",
    "DROP TABLE IF EXISTS chat_search",
]

# Punctuation would make addresses and paths of words, which nobody could find by a part of them.
PUNCTUATION = r"[!-/:-@\[-`{-~\u00a0-\u00bf\u2000-\u206f\u3000-\u303f\uff01-\uff0f]+"
POSTGRESQL = [
    rf"""ALTER TABLE chat_message ADD COLUMN searched tsvector GENERATED ALWAYS AS (
    to_tsvector('simple'::regconfig, regexp_replace(regexp_replace(
    left(text, {INDEXED_CHARACTERS}), '{PUNCTUATION}', ' ', 'g'), '([{UNSPACED}])', ' \1 ', 'g'))
    ) STORED""",
    "CREATE INDEX chat_message_searched ON chat_message USING gin (searched)",
]
TRIGRAMS = [
    "CREATE EXTENSION IF NOT EXISTS pg_trgm",
    "CREATE INDEX chat_message_trigrams ON chat_message USING gin (text gin_trgm_ops)",
]
POSTGRESQL_REMOVED = [
    "DROP INDEX IF EXISTS chat_message_trigrams",
    "ALTER TABLE chat_message DROP COLUMN IF EXISTS searched",
]


def install(connection: Any) -> None:
    """Make the index and fill it with what is there."""
    if connection.vendor == "sqlite":
        _run(connection, SQLITE)
        return
    _run(connection, POSTGRESQL)
    try:
        with transaction.atomic(connection.alias):
            _run(connection, TRIGRAMS)
    except DatabaseError:
        # The extension is not there, or may not be made: parts of words are not found then.
        return


def remove(connection: Any) -> None:
    """Take the index away; the text stays."""
    _run(connection, SQLITE_REMOVED if connection.vendor == "sqlite" else POSTGRESQL_REMOVED)


def mend(connection: Any) -> None:
    """Make the index anew if SQLite's triggers are gone.

    A migration that changes the table of messages makes a new one, without them.
    """
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name FROM sqlite_master WHERE name LIKE 'chat\\_search%' ESCAPE '\\'"
        )
        there = {name for (name,) in cursor.fetchall()}
    if "chat_search" in there and not TRIGGERS.keys() <= there:
        with transaction.atomic(connection.alias):
            remove(connection)
            install(connection)


def _run(connection: Any, statements: list[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
