"""Saving a conversation that came in: seen when all of it is there, and never twice."""

import hashlib
import uuid
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import connection, transaction
from django.utils import timezone

from chat import rendering
from chat.models import Conversation, Feedback, Generation, Message, title_of
from chat.models.imports import Origin

from .filing import Files
from .thread import Said, Thread

BATCH = 100
TIMES = ["created_at", "first_token_at", "finished_at"]


def digest(thread: Thread) -> str:
    """What tells a conversation from all others: its id there, else all that was said."""
    known = thread.origin or "\0".join(f"{each.role}:{each.text}" for each in thread.messages)
    return hashlib.sha256(f"{thread.source}\0{known}".encode("utf-8", "replace")).hexdigest()


def save(owner: AbstractBaseUser, thread: Thread) -> bool:
    """Save all of a conversation; False if it is there already."""
    *_, saved = saving(owner, thread)
    return saved


def saving(owner: AbstractBaseUser, thread: Thread) -> Iterator[bool]:
    """Save a conversation with its branches and times in short transactions, one for each step.

    The last step says whether it was new. Until then nobody sees it, and what is left of it when
    the process dies is purged as something deleted.
    """
    begun = thread.created_at or _first_time(thread) or timezone.now()
    conversation = _begin(owner, thread)
    yield conversation is not None
    if conversation is None:
        return
    rows: dict[str, Message] = {}
    for start in range(0, len(thread.messages), BATCH):
        some = thread.messages[start : start + BATCH]
        files = Files(conversation.owner_id)
        try:
            files.store(some)
            with transaction.atomic():
                _save_messages(conversation, some, rows, files, begun)
                _save_generations(conversation, some, rows)
        except BaseException:
            files.forget()
            raise
        thread.left_out["files"] += files.without
        yield True
    Conversation.objects.filter(pk=conversation.pk).update(
        leaf=rows[thread.leaf] if thread.leaf else None,
        created_at=begun,
        updated_at=thread.updated_at or begun,
        deleted_at=None,
    )
    yield True


@transaction.atomic
def _begin(owner: AbstractBaseUser, thread: Thread) -> Conversation | None:
    """The row of a conversation that nobody sees yet; None if it is there already."""
    mark = digest(thread)
    before = Origin.objects.filter(owner_id=owner.pk, digest=mark)
    before.exclude(conversation__deleted_at=None).delete()
    if before.exists() or _ours(owner, thread):
        return None
    made: Conversation = Conversation.objects.create(
        owner_id=owner.pk, deleted_at=timezone.now(), **_facts(thread)
    )
    # Unique: the same file on its way in twice leaves one.
    Origin.objects.create(owner_id=owner.pk, digest=mark, conversation=made)
    return made


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
        # Another site's model is hardly one of this one's.
        "model": thread.model if thread.source == "Chatsite" else "",
        "system_prompt": thread.system_prompt,
        "params": thread.params,
        "tools": thread.tools,
        "archived": thread.archived,
        "pinned": thread.pinned,
    }


def _first_time(thread: Thread) -> datetime | None:
    return next((each.at for each in thread.messages if each.at), None)


def _save_messages(
    conversation: Conversation,
    some: list[Said],
    rows: dict[str, Message],
    files: Files,
    begun: datetime,
) -> None:
    """Add the rows of some messages by their foreign ids; those of their parents came before."""
    new = [
        Message(
            conversation=conversation,
            role=said.role,
            text=said.text,
            parts=said.parts or files.parts(said),
            rendered=said.rendered,
            rendered_by=rendering.VERSION if said.rendered else 0,
        )
        for said in some
    ]
    Message.objects.bulk_create(new)
    rows.update(zip((said.id for said in some), new, strict=True))
    for said, row in zip(some, new, strict=True):
        row.parent = rows[said.parent] if said.parent else None
        row.created_at = row.updated_at = said.at or (
            row.parent.created_at if row.parent else begun
        )
    _put(new, ["parent", "created_at", "updated_at"])
    files.send_with({said.id: row for said, row in zip(some, new, strict=True)})
    opinions = [
        Feedback(message=row, person_id=conversation.owner_id, **said.feedback)
        for said, row in zip(some, new, strict=True)
        if said.feedback
    ]
    Feedback.objects.bulk_create(opinions)


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
    Generation.objects.bulk_create(rows)
    for row, moments in zip(rows, times, strict=True):
        for name, at in moments.items():
            setattr(row, name, at)
    _put(rows, TIMES)


def _put(rows: Sequence[Message | Generation], names: list[str]) -> None:
    """Give rows these fields, for which Django has its own values when they are made.

    Its own way to do so thinks longer about each row than reading and rendering it takes.
    """
    if not rows:
        return
    meta = rows[0]._meta
    fields = [field for field in meta.concrete_fields if field.name in names]
    columns = ", ".join(f"{field.column} = %s" for field in fields)
    values = [
        [*(f.get_db_prep_save(getattr(row, f.attname), connection) for f in fields), row.pk]
        for row in rows
    ]
    with connection.cursor() as cursor:
        cursor.executemany(f"UPDATE {meta.db_table} SET {columns} WHERE id = %s", values)  # noqa: S608 (our own names)


def _is_answer(said: Said) -> bool:
    return said.role == "assistant" and bool(said.model)
