"""Answers whose writer died: ended honestly, with all the text that was saved of them."""

import logging
import time
import uuid

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from chat.live.shared import inheritance
from chat.models import Conversation, Generation, Outcome, Process
from chat.stream import entries
from chat.stream.entries import Usage
from chat.stream.fold import Answer, fold, settled

logger = logging.getLogger(__name__)

LEFT = _("The server was interrupted while it wrote this.")

DOUBT_SECONDS = 5.0

_doubt_until = 0.0


def doubt() -> None:
    """Take no process for dead for a while: all of them may have been kept from beating."""
    global _doubt_until
    _doubt_until = time.monotonic() + DOUBT_SECONDS


def in_doubt() -> bool:
    """Whether an old heartbeat means nothing now."""
    return time.monotonic() < _doubt_until


def recover(generation: Generation) -> bool:
    """End an unfinished generation whose writer is gone; False if somebody else did."""
    if not generation.take_over():
        return False
    # A continued answer may have died before its first checkpoint: it still has what it began with.
    begun = entries.base(generation.message.parts)
    saved = fold([begun, *generation.checkpoints.all_entries()])
    logged = fold([begun, *inheritance.take_over(generation.pk, generation.attempt)])
    outcome = _outcome(generation, max(logged, saved, key=_amount))
    won = generation.finish(outcome)
    inheritance.close(generation.pk, generation.attempt, outcome.status)
    return won


def _amount(answer: Answer) -> int:
    """How many characters of an answer are known."""
    written = 0
    for part in answer.parts:
        if part["type"] == "tool_call":
            written += len(part["arguments"]) + len(part["result"] or "")
        else:
            written += len(part["text"])
    return written


def _outcome(generation: Generation, answer: Answer) -> Outcome:
    stopped = generation.stop_requested_at is not None
    return Outcome(
        status="stopped" if stopped else "interrupted",
        parts=settled(answer.parts),
        text=answer.text,
        usage=answer.usage or _estimated(answer),
        started_at=generation.started_at,
        finished_at=timezone.now(),
        error_code="" if stopped else "interrupted",
        error_text="" if stopped else LEFT,
        error_retryable=not stopped,
    )


def sweep(process: Process, *, alone: bool) -> list[uuid.UUID]:
    """Recover what other processes left: all of it if we are alone, else only of dead ones.

    Gives the ids of the conversations concerned.
    """
    left = Generation.objects.unfinished().exclude(owner=process)
    if not alone and in_doubt():
        return []
    if not alone:
        left = left.filter(Q(owner__in=Process.objects.dead()) | Q(owner__isnull=True))
    recovered = [each for each in left if recover(each)]
    for each in recovered:
        logger.warning("recovered generation %s of a process that is gone", each.pk)
    return [each.conversation_id for each in recovered]


def recover_here(conversation: Conversation) -> bool:
    """End at once what a dead process left in a conversation that somebody asks in."""
    if in_doubt():
        return False
    unfinished = conversation.generations.unfinished()
    left = unfinished.filter(owner__in=Process.objects.dead()).first()
    return left is not None and recover(left)


def recover_by_id(ids: set[int]) -> list[uuid.UUID]:
    """The same for some of our own that no writer is at work on."""
    left = Generation.objects.unfinished().filter(pk__in=ids)
    return [each.conversation_id for each in left if recover(each)]


def _estimated(answer: Answer) -> Usage | None:
    # The last status may be older than the last text.
    counted = answer.status["tokens"] if answer.status else 0
    return entries.estimated_usage(None, max(counted, entries.tokens_in(_amount(answer))))
