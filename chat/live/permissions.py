"""Tools that wait for a person's permission: asked on a card, answered from any tab anywhere."""

import asyncio
import contextlib
import uuid

from django.conf import settings
from django.db import DatabaseError, InterfaceError

from chat.database import in_database
from chat.models import ToolPermission

LOOK_SECONDS = 2.0

_waiting: dict[str, asyncio.Event] = {}


async def answer_to(ask: uuid.UUID, conversation_id: uuid.UUID) -> str | None:
    """What is said to a question in a conversation; None when nothing is said in time.

    The answer is in the database. Whoever hears of it looks at once; news may be lost, so that one
    looks now and then all the same.
    """
    heard = _waiting[str(ask)] = asyncio.Event()
    try:
        async with asyncio.timeout(settings.LIMITS.permission_seconds):
            while True:
                heard.clear()
                with contextlib.suppress(DatabaseError, InterfaceError):
                    if (choice := await in_database(_choice, ask, conversation_id)) is not None:
                        return choice
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(heard.wait(), LOOK_SECONDS)
    except TimeoutError:
        return None
    finally:
        del _waiting[str(ask)]


def hear(ask: str) -> None:
    """A question was answered: look, if it is asked here."""
    if ask in _waiting:
        _waiting[ask].set()


def _choice(ask: uuid.UUID, conversation_id: uuid.UUID) -> str | None:
    answered = ToolPermission.objects.filter(ask=ask, generation__conversation=conversation_id)
    choice: str | None = answered.values_list("choice", flat=True).first()
    return choice
