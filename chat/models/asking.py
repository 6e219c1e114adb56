"""What is asked of a conversation, what comes of it, and why it may be refused."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db.models.expressions import RawSQL

if TYPE_CHECKING:
    from .conversation import Conversation
    from .generation import Generation
    from .message import Message
    from .process import Process

LEAF = "leaf"
UNFINISHED = ("queued", "running")
# The same for a query: SQLite finds partial indexes by what a list says, not by its parameters.
SAID_UNFINISHED = tuple(RawSQL(f"'{status}'", ()) for status in UNFINISHED)  # noqa: S611


class Busy(Exception):
    """An answer is being written in this conversation."""


class NotPossible(Exception):
    """The command does not fit the conversation; the argument is a sentence for the person."""


@dataclass(frozen=True)
class Ask:
    """What every command needs: the browser's key, who will write, with which model."""

    key: uuid.UUID
    model: str
    process: Process | None = None
    params: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Accepted:
    """An accepted command. A duplicate changed nothing; a changed path needs a new snapshot."""

    conversation: Conversation
    message: Message
    generation: Generation
    prompt: Message | None = None
    duplicate: bool = False
    path_changed: bool = False
    titled: bool = False
