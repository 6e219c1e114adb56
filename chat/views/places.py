"""Addresses of places in a conversation."""

import uuid

from django.urls import reverse


def address_at(conversation_id: uuid.UUID, message_id: int) -> str:
    """The page of a conversation at one of its messages."""
    query = {"message": str(message_id)}
    address = reverse("chat:conversation", args=[conversation_id], query=query)
    return f"{address}#m{message_id}"


def id_in(text: str) -> int | None:
    """The id of a message in a parameter of an address; None if it is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
