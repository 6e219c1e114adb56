"""The branches of a conversation: which one is shown, what grows elsewhere, what is cut off."""

from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import OuterRef, QuerySet, Subquery
from django.utils.translation import gettext as _

from . import walks
from .asking import Busy, NotPossible
from .attachment import Attachment

if TYPE_CHECKING:
    from .conversation import Conversation
    from .message import Message

BATCH = 500
TITLE_LENGTH = 200


def show(conversation: "Conversation", message_id: int) -> int:
    """Show the path through a message, and on to the newest that follows it; gives the leaf.

    Like the verbs below it raises NotPossible for a message that is not here.
    """
    _message(conversation, message_id)
    leaf = walks.newest_below(message_id)
    _set_leaf(conversation, leaf)
    return leaf


def prune(conversation: "Conversation", message_id: int) -> bool:
    """Delete a message with all that follows it; a sibling is shown instead, else its parent.

    Where nothing would be left the conversation is deleted instead, which can be undone: True then.
    """
    message = _message(conversation, message_id)
    if message.parent_id is None and not _beside(message).exists():
        return conversation.discard()
    doomed = walks.below(message_id)
    if conversation.leaf_id in doomed:
        _set_leaf(conversation, _instead_of(message))
    for end in range(len(doomed), 0, -BATCH):
        # From the last ones up, so that no deletion has to look for those below.
        conversation.messages.filter(pk__in=doomed[max(0, end - BATCH) : end]).delete()
    return False


@transaction.atomic
def fork(conversation: "Conversation", message_id: int) -> "Conversation":
    """A new conversation with copies of the messages from the root to this one.

    How they came to be is not copied: nobody pays twice for an answer.
    """
    last = _message(conversation, message_id)
    if last.generations.unfinished().exists():
        raise Busy
    ids = walks.upwards(message_id)[::-1]
    copy = _twin(conversation)
    for start in range(0, len(ids), BATCH):
        known = conversation.messages.in_bulk(batch := ids[start : start + BATCH])
        copies = copy.messages.bulk_create(known[id].copied_to(copy) for id in batch)
        _share_files(dict(zip(batch, copies, strict=True)))
    _chain(copy.messages.all())
    _set_leaf(copy, copy.messages.order_by("pk").values_list("pk", flat=True).last())
    return copy


def _share_files(copies: "dict[int, Message]") -> None:
    """Give each copy of a prompt the files of the prompt, whose id is its key."""
    for id, copy in copies.items():
        if copy.file_names:
            twins = Attachment.objects.twins_of(id)
            # Of a file that an import did not bring along there is a name, but no row.
            named = [part for part in copy.parts if not part["id"]]
            copy.parts = [*(each.part for each in twins), *named]
            copy.save(update_fields=["parts"])
            Attachment.objects.send_with(copy, twins)


def _twin(conversation: "Conversation") -> "Conversation":
    """An empty conversation with the same settings, which says whence it came."""
    suffix = _(" (fork)")
    return type(conversation)._default_manager.create(
        owner_id=conversation.owner_id,
        title=conversation.title[: TITLE_LENGTH - len(suffix)] + suffix,
        title_source=conversation.TitleFrom.PERSON,
        temporary=conversation.temporary,
        model=conversation.model,
        system_prompt=conversation.system_prompt,
        params=conversation.params,
    )


def _message(conversation: "Conversation", id: int) -> "Message":
    message: Message | None = conversation.messages.filter(pk=id).first()
    if message is None:
        raise NotPossible(_("There is no such message in this conversation."))
    return message


def _beside(message: "Message") -> "QuerySet[Message]":
    siblings = message.conversation.messages.filter(parent=message.parent_id)
    return siblings.exclude(pk=message.pk)


def _instead_of(message: "Message") -> int | None:
    """The leaf to show when a message goes: below its nearest sibling, else its parent."""
    beside = _beside(message)
    older = beside.filter(pk__lt=message.pk).order_by("-pk").first()
    nearest = older or beside.order_by("pk").first()
    if nearest is None:
        return message.parent_id
    return walks.newest_below(nearest.pk)


def _chain(messages: "QuerySet[Message]") -> None:
    """Let each of these messages follow the one before it."""
    before = messages.model.objects.filter(
        conversation=OuterRef("conversation"), pk__lt=OuterRef("pk")
    ).order_by("-pk")
    messages.update(parent=Subquery(before.values("pk")[:1]))


def _set_leaf(conversation: "Conversation", leaf: int | None) -> None:
    # Not `save`: what is looked at does not become the newest.
    conversation.leaf_id = leaf
    type(conversation).objects.filter(pk=conversation.pk).update(leaf=leaf)
