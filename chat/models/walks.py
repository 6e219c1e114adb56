"""Walks through the tree of messages: one query each, however long the way."""

from typing import Any

from django.db import connection

# From a leaf up to the message `start`, or to the root; `height` counts from the leaf.
PATH = """
WITH RECURSIVE path(id, parent_id, height) AS (
    SELECT id, parent_id, 1 FROM chat_message WHERE id = %(leaf)s
    UNION ALL
    SELECT chat_message.id, chat_message.parent_id, path.height + 1
    FROM chat_message JOIN path ON chat_message.id = path.parent_id
    WHERE path.height < %(limit)s AND path.id <> %(start)s
)
"""
UPWARDS = f"{PATH} SELECT id FROM path ORDER BY height"  # noqa: S608 (of constants, as below)
DOWNWARDS = f"{PATH} SELECT id FROM path ORDER BY height DESC LIMIT %(page)s"  # noqa: S608
TREE = """
WITH RECURSIVE below(id) AS (
    SELECT id FROM chat_message WHERE id = %(top)s
    UNION ALL
    {children}
)
"""
# Left to itself PostgreSQL may read the whole table at each step, as it cannot know how few follow.
CHILDREN = {
    "sqlite": "SELECT next.id FROM below JOIN chat_message AS next ON next.parent_id = below.id",
    "postgresql": """SELECT next.id FROM below CROSS JOIN LATERAL (
        SELECT id FROM chat_message WHERE parent_id = below.id OFFSET 0
    ) AS next""",
}
BELOW = f"{TREE} SELECT id FROM below ORDER BY id"  # noqa: S608
NEWEST_BELOW = f"{TREE} SELECT max(id) FROM below"  # noqa: S608
WHOLE_PATH = 1_000_000
NO_MESSAGE = 0


def upwards(leaf: int, limit: int | None = None, start: int | None = None) -> list[int]:
    """The ids of the last `limit` messages of a path, the leaf first, not beyond `start`."""
    return _ids(UPWARDS, leaf=leaf, limit=limit or WHOLE_PATH, start=start or NO_MESSAGE)


def downwards(start: int, leaf: int, limit: int) -> list[int]:
    """The ids of the first `limit` messages from `start` to the leaf; none if none lead there."""
    ids = _ids(DOWNWARDS, leaf=leaf, limit=WHOLE_PATH, start=start, page=limit)
    return ids if ids[:1] == [start] else []


def below(id: int) -> list[int]:
    """The ids of a message and all that follow it, on every branch, oldest first."""
    return _ids(_of_tree(BELOW), top=id)


def newest_below(id: int) -> int:
    """The newest message that follows this one, which no other follows; itself if none does."""
    (newest,) = _ids(_of_tree(NEWEST_BELOW), top=id)
    return newest


def _of_tree(query: str) -> str:
    return query.format(children=CHILDREN[connection.vendor])


def _ids(query: str, **values: Any) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return [row[0] for row in cursor.fetchall()]
