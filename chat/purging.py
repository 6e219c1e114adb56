"""Deleting for good: what was deleted an hour ago, temporary chats and unsent files after a day."""

import asyncio
import logging

from django.db import DatabaseError, InterfaceError

from chat.database import writing
from chat.models import Attachment, Conversation

logger = logging.getLogger(__name__)

SECONDS = 60.0
MOST = 200


async def keep_purging() -> None:
    """Look every minute, until cancelled."""
    while True:
        await asyncio.sleep(SECONDS)
        try:
            # Each in a turn of its own, so that nothing else waits long for the database.
            for _ in range(MOST):
                if not await writing(Conversation.objects.purge, 1):
                    break
            await writing(Attachment.objects.sweep)
        except (DatabaseError, InterfaceError) as error:
            logger.warning("nothing was purged: %s", type(error).__name__)
