"""What is told over the channel layer: that something changed, never what it says."""

import uuid
from typing import Any

from channels.layers import get_channel_layer


def conversation_group(conversation_id: uuid.UUID) -> str:
    """Everybody who has the conversation open."""
    return f"conversation.{conversation_id}"


def user_group(user_id: int) -> str:
    """Every page that a person has open."""
    return f"user.{user_id}"


def session_group(session_hash: str) -> str:
    """Every page of one signed-in browser."""
    return f"session.{session_hash}"


async def say_turn(conversation_id: uuid.UUID, generation_id: int) -> None:
    """A turn was added at the leaf."""
    await _say(conversation_group(conversation_id), "turn.accepted", generation=generation_id)


async def say_path(conversation_id: uuid.UUID) -> None:
    """Other messages are shown now."""
    await _say(conversation_group(conversation_id), "path.changed")


async def say_list(user_id: int, conversation_id: uuid.UUID, *, running: bool) -> None:
    """The list of a person's conversations changed: this one runs now, or it ended."""
    event = {"conversation": str(conversation_id), "running": running}
    await _say(user_group(user_id), "list.changed", **event)


async def say_title(user_id: int, conversation_id: uuid.UUID) -> None:
    """A conversation has another title, which is in its row."""
    await _say(user_group(user_id), "title.changed", conversation=str(conversation_id))


async def say_check(user_id: int) -> None:
    """A person's password or standing changed: some sessions may have ended."""
    await _say(user_group(user_id), "session.check")


async def say_signed_out(session_hash: str) -> None:
    """A browser signed out."""
    await _say(session_group(session_hash), "session.ended")


async def _say(group: str, type: str, **event: Any) -> None:
    layer = get_channel_layer()
    assert layer is not None, "settings.CHANNEL_LAYERS has a default"
    await layer.group_send(group, {"type": type, **event})
