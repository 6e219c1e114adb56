"""Commands on their way into the database: the rows of what is asked, and of what is stopped."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction

from chat import choices, recovery
from chat.forms import Command, Stop
from chat.models import Accepted, Ask, Busy, Conversation, Generation, Process, ToolPermission
from chat.models.counts import before, running_of
from chat.models.history import history
from chat.models.rows import held
from chat.tools import Allow


class TooManyRunning(Exception):
    """The person has as many unfinished generations as one may have."""


class NoModel(Exception):
    """No model was named, and none is configured."""


@dataclass(frozen=True)
class Taken:
    """An accepted command and the history that its model is told (empty for a duplicate).

    `after` is the generation before it, 0 if it is the first; None if it was not added at the leaf.
    """

    accepted: Accepted
    history: list[dict[str, Any]]
    after: int | None = None


@dataclass(frozen=True)
class Asker:
    """Who asks: a person, how to see in a database thread that they still may, and whom to tell."""

    user_id: int
    check: Callable[[], None] = lambda: None
    acknowledge: Callable[[Accepted], None] = lambda accepted: None


def take(process: Process, asker: Asker, conversation_id: uuid.UUID, command: Command) -> Taken:
    """Make the rows of a command; the conversation comes into being with its first prompt.

    Raises TooManyRunning, NoModel, Busy, NotPossible, Conversation.DoesNotExist for another
    person's or a deleted one, and whatever the asker's check does.
    """
    try:
        return _take(process, asker, conversation_id, command)
    except IntegrityError:
        # Another process made the same conversation at the same moment: now it is there.
        return _take(process, asker, conversation_id, command)


@transaction.atomic
def _take(process: Process, asker: Asker, conversation_id: uuid.UUID, command: Command) -> Taken:
    asker.check()
    conversation = held(Conversation, conversation_id)
    if conversation is None:
        # Its row comes last, with all it holds: until then nobody asks whose its messages are.
        beginning = command.beginning()
        conversation = Conversation(pk=conversation_id, owner_id=asker.user_id, **beginning)
    if conversation.owner_id != asker.user_id or conversation.deleted_at is not None:
        raise Conversation.DoesNotExist
    model = command.model or conversation.model or choices.default()
    if not model:
        raise NoModel
    params = {**conversation.params, **command.params.given()}
    accepted = _apply(command, conversation, Ask(command.key, model, process, params))
    if accepted.duplicate:
        return Taken(accepted, [])
    if running_of(asker.user_id) > settings.LIMITS.running_per_user:
        raise TooManyRunning
    generation = accepted.generation
    after = None if accepted.path_changed else before(generation.pk)
    return Taken(accepted, history(generation), after)


def take_up(process: Process, ids: set[int]) -> list[Taken]:
    """Commands whose rows were made although the database's reply was lost, to be begun now.

    Nobody has written a word of them. A new attempt keeps out whoever hears of the old one yet.
    """
    # A higher attempt is in the hands of another process, which took this one for dead.
    queued = Generation.objects.filter(pk__in=ids, owner=process, attempt=1, stop_requested_at=None)
    waiting = queued.filter(status=Generation.Status.QUEUED).select_related("conversation")
    return [
        Taken(Accepted(each.conversation, each.message, each, path_changed=True), history(each))
        for each in waiting.select_related("message")
        if each.take_over()
    ]


def _apply(command: Command, conversation: Conversation, ask: Ask) -> Accepted:
    """Carry it out; what a dead process left unfinished here is ended first."""
    try:
        return command.apply(conversation, ask)
    except Busy:
        if not recovery.recover_here(conversation):
            raise
    return command.apply(conversation, ask)


def note_stop(user_id: int, conversation_id: uuid.UUID, stop: Stop) -> int | None:
    """Note in the row that somebody wants it stopped; gives the generation's id, if one runs."""
    running = Generation.objects.unfinished().filter(
        conversation_id=conversation_id, conversation__owner=user_id
    )
    if stop.generation is not None:
        running = running.filter(pk=stop.generation)
    elif stop.key is not None:
        running = running.filter(key=stop.key)
    generation = running.first()
    if generation is None:
        return None
    generation.note_stop(user_id)
    return generation.pk


def note_permission(user_id: int, conversation_id: uuid.UUID, allow: Allow) -> bool:
    """Note what a person says to a tool that asks; False where no answer is being written."""
    running = Generation.objects.unfinished().filter(
        conversation_id=conversation_id, conversation__owner=user_id
    )
    generation = running.first()
    most = settings.LIMITS.tool_rounds * settings.LIMITS.tool_calls_per_round
    answered_before = ToolPermission.objects.filter(generation=generation)
    if generation is None or answered_before.count() >= most:
        return False
    answered = {"generation": generation, "choice": allow.choice}
    ToolPermission.objects.get_or_create(ask=allow.ask, defaults=answered)
    return True
