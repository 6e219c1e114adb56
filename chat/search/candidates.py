"""The newest messages that fulfil a condition, to be ranked."""

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import QuerySet

# So many of the newest are ranked together, by so much of their text.
WINDOW = 250
RANKED_CHARACTERS = 4000


@dataclass
class Condition:
    """A part of a query: where to look, by which key, and what must be true there."""

    table: str = "chat_message m"
    key: str = "m.id"
    where: list[str] = field(default_factory=list)
    values: list[Any] = field(default_factory=list)
    # How many of the newest to look through, where no index helps.
    among: int | None = None

    def add(self, where: str, *values: Any) -> None:
        """Demand this too."""
        self.where.append(where)
        self.values += values


class Candidate(NamedTuple):
    """A message with all of the words: the beginning of its text is enough to rank it."""

    id: int
    conversation_id: Any
    text: str


def newest(condition: Condition, within: "QuerySet[Any]", below: int | None) -> list[Candidate]:
    """The newest candidates of the conversations `within`, of ids lower than `below`."""
    inner, owners = within.values("pk").query.sql_with_params()
    mine = Condition(condition.table, condition.key)
    mine.add(f"m.conversation_id IN ({inner})", *owners)
    if below is not None:
        mine.add(f"{condition.key} < %s", below)
    if condition.among is not None:
        mine = _only(mine, condition.among)
    query = (
        f"SELECT m.id, m.conversation_id, substr(m.text, 1, {RANKED_CHARACTERS})"  # noqa: S608
        f" FROM {mine.table} WHERE {' AND '.join(mine.where + condition.where)}"
        f" ORDER BY {mine.key} DESC LIMIT {WINDOW}"
    )
    with connection.cursor() as cursor:
        cursor.execute(query, mine.values + condition.values)
        return [Candidate(*row) for row in cursor.fetchall()]


def _only(mine: Condition, most: int) -> Condition:
    """Of so many of the newest messages only."""
    newest = (
        f"SELECT m.id, m.conversation_id, m.text FROM {mine.table}"  # noqa: S608
        f" WHERE {' AND '.join(mine.where)} ORDER BY m.id DESC LIMIT {most}"
    )
    return Condition(f"({newest}) m", values=mine.values)
