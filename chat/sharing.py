"""Sharing: the copy of a path that a link shows. Only what was said goes into it."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db.models import QuerySet
from django.utils import timezone

from chat.live.turn import Turn, parts_html
from chat.models import Conversation, Message, Share

SCREEN = 100


class NothingToShare(Exception):
    """Nothing was said yet."""


class TooManyShares(Exception):
    """The person has as many links as one may have, which is the argument."""


@dataclass(frozen=True)
class Shared:
    """Some turns of a share, and where the screens before and after begin."""

    turns: list[Turn]
    before: int | None
    after: int | None


def shares_of(user: AbstractBaseUser | AnonymousUser) -> QuerySet[Share]:
    """A person's links, newest first, without the copies that they show."""
    found: QuerySet[Share] = Share.objects.for_user(user).select_related("conversation")
    return found.defer("turns")


def share(conversation: Conversation, days: int | None) -> Share:
    """A new link to what `conversation` shows now; it stops working after `days`, if given.

    Raises NothingToShare and TooManyShares.
    """
    limit = settings.LIMITS.shares_per_user
    if Share.objects.filter(conversation__owner=conversation.owner_id).count() >= limit:
        raise TooManyShares(limit)
    turns = [frozen(message) for message in conversation.path() if _is_said(message)]
    if not turns:
        raise NothingToShare
    made: Share = Share.objects.create(
        conversation=conversation,
        title=conversation.title,
        turns=turns,
        expires_at=timezone.now() + timedelta(days=days) if days else None,
    )
    return made


def _is_said(message: Message) -> bool:
    # Instructions are for the model; an answer that is being written has no text in its row.
    return bool(message.text) and message.role != Message.Role.SYSTEM


def frozen(message: Message) -> dict[str, Any]:
    """What a share keeps of a message: its words, not its reasoning, tools and files."""
    kept = [index for index, part in enumerate(message.parts) if part["type"] == "text"]
    whole = len(message.rendered) == len(message.parts)
    return {
        "role": message.role,
        "text": message.text,
        "parts": [message.parts[index] for index in kept],
        "rendered": [message.rendered[index] for index in kept] if whole else [],
        "rendered_by": message.rendered_by,
    }


def shared(share: Share, start: int) -> Shared:
    """A screen of the turns of a share, from the number `start` on."""
    start = start if 0 <= start < len(share.turns) else 0
    turns = [_turn(start + n, kept) for n, kept in enumerate(share.turns[start : start + SCREEN])]
    after = start + SCREEN if start + SCREEN < len(share.turns) else None
    return Shared(turns, max(0, start - SCREEN) if start else None, after)


def _turn(number: int, kept: dict[str, Any]) -> Turn:
    """A turn by the number that it has in the copy: its own id is nobody's business."""
    message = Message(
        pk=number + 1,
        role=kept["role"],
        text=kept["text"],
        parts=kept["parts"],
        rendered=kept["rendered"],
        rendered_by=kept["rendered_by"],
    )
    return Turn(message, None, parts_html(message))
