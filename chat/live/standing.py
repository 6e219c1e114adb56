"""How conversations and generations stand in their rows, for tabs that may have missed the news."""

import uuid

from django.db.models import Max

from chat.models import UNFINISHED, Conversation, Generation


def paths(conversation_ids: set[uuid.UUID]) -> dict[uuid.UUID, tuple[int | None, int]]:
    """The leaf (None: deleted) and the newest generation of each conversation, in one query."""
    found = Conversation.objects.filter(pk__in=conversation_ids).annotate(newest=Max("generations"))
    rows = found.values_list("pk", "leaf", "newest", "deleted_at")
    return {id: (None if gone else leaf, newest or 0) for id, leaf, newest, gone in rows}


def owners(conversation_ids: list[uuid.UUID]) -> dict[uuid.UUID, int]:
    """Whose the conversations are."""
    found = Conversation.objects.filter(pk__in=conversation_ids)
    return dict(found.values_list("pk", "owner_id"))


def ended_among(generation_ids: set[int]) -> dict[int, str]:
    """The status of those of the generations that have ended."""
    ended = Generation.objects.filter(pk__in=generation_ids).exclude(status__in=UNFINISHED)
    return dict(ended.values_list("pk", "status"))


def title(conversation_id: str) -> str:
    """The title in the row of a conversation; "" if there is none."""
    titles = Conversation.objects.filter(pk=conversation_id).values_list("title", flat=True)
    return titles.first() or ""
