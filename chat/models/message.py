"""A message: a turn of a conversation, in a tree."""

from typing import TYPE_CHECKING, Any, ClassVar

from django.db import connection, models

from chat import rendering
from chat.stream.entries import Part

if TYPE_CHECKING:
    from .generation import Generation

WALK_UP = """
WITH RECURSIVE path(id, parent_id, height) AS (
    SELECT id, parent_id, 0 FROM chat_message WHERE id = %s
    UNION ALL
    SELECT chat_message.id, chat_message.parent_id, path.height + 1
    FROM chat_message JOIN path ON chat_message.id = path.parent_id
    WHERE path.height + 1 < %s
)
SELECT id FROM path
"""
WHOLE_PATH = 1_000_000
WORDS_UP = """
WITH RECURSIVE path(role, text, id, parent_id, has_files, height) AS (
    SELECT role, text, id, parent_id, role = 'user' AND parts <> '[]', 0
    FROM chat_message WHERE id = %s
    UNION ALL
    SELECT chat_message.role, chat_message.text, chat_message.id, chat_message.parent_id,
        chat_message.role = 'user' AND chat_message.parts <> '[]', path.height + 1
    FROM chat_message JOIN path ON chat_message.id = path.parent_id
)
SELECT role, text, CASE WHEN has_files THEN id END FROM path ORDER BY height DESC
"""


class MessageQuerySet(models.QuerySet["Message"]):
    """Messages of one conversation, when reached through it."""

    def path_to(self, leaf_id: int | None, limit: int | None = None) -> list["Message"]:
        """The last `limit` messages from the root to the leaf, oldest first, with generations."""
        if leaf_id is None:
            return []
        with connection.cursor() as cursor:
            cursor.execute(WALK_UP, [leaf_id, limit or WHOLE_PATH])
            ids = [row[0] for row in cursor.fetchall()]
        found = self.prefetch_related("generations").in_bulk(ids)
        return [found[id] for id in reversed(ids) if id in found]

    def words_to(self, leaf_id: int) -> list[tuple[str, str, int | None]]:
        """Role and text of each message from the root to the leaf; its id if files go with it."""
        with connection.cursor() as cursor:
            cursor.execute(WORDS_UP, [leaf_id])
            return list(cursor.fetchall())


class Message(models.Model):
    """What somebody said. An edited prompt and a regenerated answer are siblings."""

    class Role(models.TextChoices):
        """The roles of the chat completions API."""

        USER = "user"
        ASSISTANT = "assistant"
        SYSTEM = "system"

    conversation = models.ForeignKey(
        "chat.Conversation", on_delete=models.CASCADE, related_name="messages"
    )
    parent = models.ForeignKey(
        "self", on_delete=models.CASCADE, null=True, blank=True, related_name="children"
    )
    role = models.CharField(max_length=10, choices=Role.choices)
    text = models.TextField(blank=True)
    parts = models.JSONField(default=list, blank=True)
    rendered: "models.JSONField[list[str], list[str]]" = models.JSONField(
        default=list, blank=True, editable=False
    )
    rendered_by = models.PositiveIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects: ClassVar[Any] = MessageQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.role} {self.pk}"

    @property
    def generation(self) -> "Generation | None":
        """The last command to write this message, of those prefetched; None for a prompt."""
        return max(self.generations.all(), key=lambda each: each.pk, default=None)

    @property
    def file_names(self) -> str:
        """The names of the files that go with a prompt."""
        return ", ".join(part["name"] for part in self.parts if part["type"] == "attachment")

    @property
    def part_htmls(self) -> list[str]:
        """The safe HTML of each part, "" for those without Markdown, by today's renderer."""
        if self.rendered_by == rendering.VERSION and len(self.rendered) == len(self.parts):
            return self.rendered
        return render_parts(self.parts)


def render_parts(parts: list[Part]) -> list[str]:
    """The safe HTML of each part, "" for those without Markdown."""
    return [rendering.render(part["text"]) if part["type"] == "text" else "" for part in parts]
