"""Saving a conversation that came in: all of it or nothing, and never twice."""

import hashlib
import uuid
from datetime import datetime
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.utils import timezone

from chat import rendering
from chat.models import Conversation, Generation, Message, title_of
from chat.models.imports import Origin
from chat.models.message import render_parts

from .thread import Said, Thread

BATCH = 500
TIMES = ["created_at", "first_token_at", "finished_at"]


def digest(thread: Thread) -> str:
    """What tells a conversation from all others: its id there, else all that was said."""
    known = thread.origin or "\0".join(f"{each.role}:{each.text}" for each in thread.messages)
    return hashlib.sha256(f"{thread.source}\0{known}".encode("utf-8", "replace")).hexdigest()


@transaction.atomic
def save(owner: AbstractBaseUser, thread: Thread) -> bool:
    """Make the rows of a conversation with its branches and times; False if it is there already."""
    mark = digest(thread)
    before = Origin.objects.filter(owner_id=owner.pk, digest=mark)
    before.exclude(conversation__deleted_at=None).delete()
    if before.exists() or _ours(owner, thread):
        return False
    conversation = Conversation.objects.create(owner_id=owner.pk, **_facts(thread))
    # Unique: the same file on its way in twice leaves one.
    Origin.objects.create(owner_id=owner.pk, digest=mark, conversation=conversation)
    now = timezone.now()
    begun = thread.created_at or _first_time(thread) or now
    messages = _save_messages(conversation, thread, begun)
    _save_generations(conversation, thread.messages, messages)
    Conversation.objects.filter(pk=conversation.pk).update(
        leaf=messages[thread.leaf] if thread.leaf else None,
        created_at=begun,
        updated_at=thread.updated_at or begun,
    )
    return True


def _ours(owner: AbstractBaseUser, thread: Thread) -> bool:
    """Whether it was exported here and is still there."""
    if thread.source != "Chatsite":
        return False
    try:
        id = uuid.UUID(thread.origin)
    except ValueError:
        return False
    return bool(Conversation.objects.for_user(owner).filter(pk=id).exists())


def _facts(thread: Thread) -> dict[str, Any]:
    prompts = (each.text for each in thread.messages if each.role == "user")
    title = thread.title.strip()
    return {
        "title": title or title_of(next(prompts, "")),
        "title_source": Conversation.TitleFrom.PERSON if title else Conversation.TitleFrom.PROMPT,
        "model": thread.model,
        "system_prompt": thread.system_prompt,
        "archived": thread.archived,
        "pinned": thread.pinned,
    }


def _first_time(thread: Thread) -> datetime | None:
    return next((each.at for each in thread.messages if each.at), None)


def _save_messages(
    conversation: Conversation, thread: Thread, begun: datetime
) -> dict[str, Message]:
    """The rows by their foreign ids. Their parents and times are set when all are there."""
    rows = {
        said.id: Message(
            conversation=conversation,
            role=said.role,
            text=said.text,
            parts=said.parts,
            rendered=render_parts(said.parts),  # type: ignore[arg-type]
            rendered_by=rendering.VERSION if said.parts else 0,
        )
        for said in thread.messages
    }
    Message.objects.bulk_create(rows.values(), batch_size=BATCH)
    at = begun
    for said in thread.messages:
        row = rows[said.id]
        row.parent = rows[said.parent] if said.parent else None
        row.created_at = row.updated_at = at = said.at or at
    Message.objects.bulk_update(rows.values(), ["parent", "created_at", "updated_at"], BATCH)
    return rows


def _save_generations(
    conversation: Conversation, said: list[Said], messages: dict[str, Message]
) -> None:
    """A row for each answer of which it is known how it came to be."""
    rows, times = [], []
    for each in said:
        message = messages[each.id]
        facts = each.facts or ([{"model": each.model}] if _is_answer(each) else [])
        for fact in facts:
            known = {"status": "complete", **fact}
            moments = {name: known.pop(name, None) for name in TIMES}
            rows.append(
                Generation(conversation=conversation, message=message, key=uuid.uuid4(), **known)
            )
            times.append(moments | {"created_at": moments["created_at"] or message.created_at})
    Generation.objects.bulk_create(rows, batch_size=BATCH)
    for row, moments in zip(rows, times, strict=True):
        for name, at in moments.items():
            setattr(row, name, at)
    Generation.objects.bulk_update(rows, TIMES, BATCH)


def _is_answer(said: Said) -> bool:
    return said.role == "assistant" and bool(said.model)
