"""The path of messages to an answer, with what a model can be told of each."""

import json
from typing import NamedTuple

from django.db import connection

from chat.stream.entries import Part

TOLD_UP = """
WITH RECURSIVE path(id, parent_id, height) AS (
    SELECT id, parent_id, 0 FROM chat_message WHERE id = %s
    UNION ALL
    SELECT chat_message.id, chat_message.parent_id, path.height + 1
    FROM chat_message JOIN path ON chat_message.id = path.parent_id
)
SELECT role, text, CASE WHEN role = 'user' AND parts <> '[]' THEN id END,
    CASE WHEN role <> 'user' AND {called} THEN parts END
FROM path JOIN chat_message USING (id) ORDER BY height DESC
"""
# Parts repeat the text: only those of answers that called tools are worth reading.
CALLED = {
    "sqlite": "instr(parts, '\"tool_call\"') > 0",
    "postgresql": """parts @> '[{"type": "tool_call"}]'""",
}


class Told(NamedTuple):
    """A message for a model: its id where `files` go with it, its parts where it called tools."""

    role: str
    text: str
    files: int | None
    parts: list[Part]


def told_to(leaf_id: int) -> list[Told]:
    """What a model can be told of each message from the root to the leaf."""
    with connection.cursor() as cursor:
        cursor.execute(TOLD_UP.format(called=CALLED[connection.vendor]), [leaf_id])
        told = cursor.fetchall()
    return [
        Told(role, text, files, json.loads(parts) if parts else [])
        for role, text, files, parts in told
    ]
