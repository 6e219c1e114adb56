"""A message: a turn of a conversation, in a tree."""

from collections import defaultdict
from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models
from django.db.models import Q

from chat import rendering
from chat.stream.entries import Part

from . import walks

if TYPE_CHECKING:
    from .conversation import Conversation
    from .generation import Generation


class MessageQuerySet(models.QuerySet["Message"]):
    """Messages of one conversation, when reached through it."""

    def path_to(
        self, leaf_id: int | None, limit: int | None = None, start: int | None = None
    ) -> list["Message"]:
        """The last `limit` messages from the root to the leaf, oldest first.

        Not further up than the message `start`, if it is among them.
        """
        return self.shown(walks.upwards(leaf_id, limit, start)[::-1]) if leaf_id else []

    def path_from(self, start: int, leaf_id: int | None, limit: int) -> list["Message"]:
        """The first `limit` messages from `start` down to the leaf; none if it is not above it."""
        return self.shown(walks.downwards(start, leaf_id, limit)) if leaf_id else []

    def shown(self, ids: list[int]) -> list["Message"]:
        """These messages in this order, with all that is shown of them."""
        found = self.prefetch_related("generations", "feedback").in_bulk(ids)
        return [found[id] for id in ids if id in found]


def siblings(messages: list["Message"]) -> dict[int | None, list[int]]:
    """By their parent, the ids of these messages and their siblings, oldest first; in one query."""
    beside = Q(parent__in={each.parent_id for each in messages if each.parent_id})
    if root := next((each for each in messages if each.parent_id is None), None):
        beside |= Q(conversation=root.conversation_id, parent=None)
    found: dict[int | None, list[int]] = defaultdict(list)
    rows = Message.objects.filter(beside).order_by("pk").values_list("pk", "parent")
    for id, parent in rows if messages else ():
        found[parent].append(id)
    return found


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
    def says_something(self) -> bool:
        """Whether there is something to continue: text, or calls of tools."""
        return bool(self.text) or any(part["type"] == "tool_call" for part in self.parts)

    @property
    def verdict(self) -> str:
        """What its owner thinks of it, `up` or `down`; "" if nothing was said."""
        return next((each.verdict for each in self.feedback.all()), "")

    def copied_to(self, conversation: "Conversation") -> "Message":
        """An unsaved copy of what it says, for another conversation."""
        return Message(
            conversation=conversation,
            role=self.role,
            text=self.text,
            parts=self.parts,
            rendered=self.rendered,
            rendered_by=self.rendered_by,
        )

    @property
    def part_htmls(self) -> list[str]:
        """The safe HTML of each part, "" for those without Markdown, by today's renderer."""
        if self.rendered_by == rendering.VERSION and len(self.rendered) == len(self.parts):
            return self.rendered
        return render_parts(self.parts)


def render_parts(parts: list[Part]) -> list[str]:
    """The safe HTML of each part, "" for those without Markdown."""
    return [rendering.render(part["text"]) if part["type"] == "text" else "" for part in parts]
