"""Commands on their way into the database: the rows of what is asked, and of what is stopped."""

import uuid
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from chat import choices, recovery
from chat.forms import Command, Stop
from chat.models import UNFINISHED, Accepted, Ask, Conversation, Generation, Process
from chat.models.history import history


class TooManyRunning(Exception):
    """The person has as many unfinished generations as one may have."""


class NoModel(Exception):
    """No model was named, and none is configured."""


@dataclass(frozen=True)
class Taken:
    """An accepted command and the history that its model is told (empty for a duplicate)."""

    accepted: Accepted
    history: list[dict[str, Any]]


@transaction.atomic
def take(process: Process, user_id: int, conversation_id: uuid.UUID, command: Command) -> Taken:
    """Make the rows of a command; the conversation comes into being with its first prompt.

    Raises TooManyRunning, NoModel, Busy, NotPossible, and Conversation.DoesNotExist for another
    person's.
    """
    conversation, _ = Conversation.objects.get_or_create(
        pk=conversation_id, defaults={"owner_id": user_id}
    )
    if conversation.owner_id != user_id:
        raise Conversation.DoesNotExist
    model = command.model or conversation.model or choices.default()
    if not model:
        raise NoModel
    params = {**conversation.params, **command.params.given()}
    recovery.recover_here(conversation)
    ask = Ask(command.key, model, process, params)
    accepted = command.apply(conversation, ask)
    if accepted.duplicate:
        return Taken(accepted, [])
    running = Generation.objects.unfinished().filter(conversation__owner=user_id).count()
    if running > settings.LIMITS.running_per_user:
        raise TooManyRunning
    return Taken(accepted, history(accepted.generation))


def note_stop(user_id: int, conversation_id: uuid.UUID, stop: Stop) -> int | None:
    """Note in the row that somebody wants it stopped; gives the generation's id, if one runs."""
    running = Generation.objects.filter(
        conversation_id=conversation_id, conversation__owner=user_id, status__in=UNFINISHED
    )
    if stop.generation is not None:
        running = running.filter(pk=stop.generation)
    elif stop.key is not None:
        running = running.filter(key=stop.key)
    generation = running.first()
    if generation is None:
        return None
    Generation.objects.filter(pk=generation.pk, stop_requested_at__isnull=True).update(
        stop_requested_at=timezone.now(), stop_requested_by=user_id
    )
    return generation.pk
