"""Moving between the branches of a conversation, forking it, and cutting off what is not wanted."""

import uuid
from collections.abc import Callable
from typing import TypeVar

from django.db import transaction

from chat import supervisor
from chat.database import in_database, writing
from chat.forms import Stop
from chat.live import news
from chat.models import Conversation, Generation, branches, walks
from chat.taking import Asker

R = TypeVar("R")


async def show(asker: Asker, conversation_id: uuid.UUID, message_id: int) -> int:
    """Show another path in every tab; gives its leaf. What is being written goes on.

    Like the verbs below it raises Conversation.DoesNotExist, NotPossible and what the check does.
    """
    leaf = await writing(turn_to, asker, conversation_id, message_id)
    await news.say_path(conversation_id)
    return leaf


def turn_to(asker: Asker, conversation_id: uuid.UUID, message_id: int) -> int:
    """The same in a database thread; the tabs are yet to be told."""
    return _locked(branches.show, asker, conversation_id, message_id)


async def prune(asker: Asker, conversation_id: uuid.UUID, message_id: int) -> bool:
    """Delete a message with all that follows it; what is being written there is stopped.

    True where nothing would have been left, and the conversation was deleted instead.
    """
    running = await in_database(_running_below, asker, conversation_id, message_id)
    if running is not None:
        stop = Stop(generation=running)
        await supervisor.current().stop(asker.user_id, conversation_id, stop)
    gone = await writing(_locked, branches.prune, asker, conversation_id, message_id)
    if gone or running is not None:
        await news.say_list(asker.user_id, conversation_id, running=False, deleted=gone)
    await news.say_path(conversation_id)
    return gone


async def fork(asker: Asker, conversation_id: uuid.UUID, message_id: int) -> Conversation:
    """A new conversation of the same person that begins with the path to a message."""
    copy = await writing(_locked, branches.fork, asker, conversation_id, message_id)
    await news.say_list(asker.user_id, copy.pk, running=False)
    return copy


@transaction.atomic
def _locked(
    verb: Callable[[Conversation, int], R], asker: Asker, conversation_id: uuid.UUID, id: int
) -> R:
    """Carry out a verb on a conversation while nothing else changes it."""
    asker.check()
    locked = Conversation.objects.select_for_update(of=("self",))
    return verb(locked.for_user(asker.user_id).get(pk=conversation_id), id)


def _running_below(asker: Asker, conversation_id: uuid.UUID, message_id: int) -> int | None:
    """The generation that writes below a message, if one does."""
    running = Generation.objects.unfinished().filter(
        conversation_id=conversation_id, conversation__owner=asker.user_id
    )
    generation = running.first()
    if generation is None or message_id not in walks.upwards(generation.message_id):
        return None
    return int(generation.pk)
