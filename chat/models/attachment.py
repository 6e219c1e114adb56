"""An attachment: a file that somebody uploaded, and then sent with a prompt."""

import uuid
from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import models, transaction
from django.db.models.functions import Now
from django.db.models.signals import post_delete
from django.dispatch import receiver
from django.urls import reverse
from django.utils.translation import gettext as _

from chat.attachments.found import Found

from .asking import NotPossible

if TYPE_CHECKING:
    from .message import Message

NAME_LENGTH = 200
UNSENT_FOR = timedelta(days=1)
SWEPT_AT_ONCE = 50
EXTENSIONS = {"image/png": "png", "image/jpeg": "jpg", "application/pdf": "pdf"}

AttachedPart = dict[str, Any]
"""What a prompt's parts say of a file, so that showing one takes no query."""


class AttachmentQuerySet(models.QuerySet["Attachment"]):
    """Attachments, always through their owner."""

    def for_user(self, user: AbstractBaseUser | AnonymousUser) -> Self:
        """The attachments that `user` may see: their own, but of no deleted conversation."""
        return self.filter(owner_id=user.pk, conversation__deleted_at__isnull=True)

    def unsent(self) -> Self:
        """Those that no prompt has yet."""
        return self.filter(message=None)

    def stale(self) -> Self:
        """Those that were never sent, a day later, by the database's clock."""
        return self.unsent().filter(created_at__lt=Now() - UNSENT_FOR)

    def sweep(self) -> int:
        """Delete some that were never sent; gives how many."""
        some = list(self.stale().values_list("pk", flat=True)[:SWEPT_AT_ONCE])
        return int(self.filter(pk__in=some).delete()[0]) if some else 0

    def bytes(self) -> int:
        """How much they are on the disk."""
        return int(self.aggregate(sum=models.Sum("size"))["sum"] or 0)

    def stored(self, owner_id: int, name: str, found: Found) -> "Attachment":
        """What was found in a file, its bytes stored and its row not yet saved; raises OSError."""
        made = Attachment(
            owner_id=owner_id,
            kind=found.kind,
            name=name[:NAME_LENGTH],
            media_type=found.media_type,
            size=len(found.data),
            width=found.width,
            height=found.height,
            pages=found.pages,
            text=found.text,
        )
        made.file.save("", ContentFile(found.data), save=False)
        if found.preview:
            made.preview.save("", ContentFile(found.preview), save=False)
        return made

    def take(self, owner_id: int, ids: Sequence[uuid.UUID]) -> list["Attachment"]:
        """The owner's unsent ones of these ids, in their order, locked; raises NotPossible."""
        mine = self.select_for_update().filter(owner_id=owner_id).unsent().in_bulk(ids)
        if len(mine) != len(set(ids)):
            raise NotPossible(_("One of the files is not here any more. Attach it again."))
        return [mine[id] for id in dict.fromkeys(ids)]

    def twins_of(self, message_id: int | None) -> list["Attachment"]:
        """Unsaved copies of a prompt's files, in their order, which share what is stored."""
        if message_id is None:
            return []
        known = self.select_for_update().filter(message=message_id)
        return [each.twin() for each in known.order_by("place")]

    def send_with(self, message: "Message", taken: list["Attachment"]) -> None:
        """From now on they belong to this prompt, in this order."""
        for place, each in enumerate(taken):
            each.message, each.conversation_id, each.place = message, message.conversation_id, place
        self.bulk_create(each for each in taken if each._state.adding)
        known = [each for each in taken if not each._state.adding]
        self.bulk_update(known, ["message", "conversation", "place"])


def _place(attachment: "Attachment", extension: str) -> str:
    id = attachment.pk.hex
    return f"{id[:2]}/{id}.{extension}"


def file_place(attachment: "Attachment", filename: str) -> str:
    """Where the file goes: nothing of the person's own words is in its path."""
    return _place(attachment, EXTENSIONS.get(attachment.media_type, "txt"))


def preview_place(attachment: "Attachment", filename: str) -> str:
    """Where its small picture goes."""
    return _place(attachment, "webp")


class Attachment(models.Model):
    """A file and what a model is told of it: the pixels of an image, or text."""

    class Kind(models.TextChoices):
        """How it is read."""

        IMAGE = "image"
        TEXT = "text"
        PDF = "pdf"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="attachments"
    )
    conversation = models.ForeignKey(
        "chat.Conversation", on_delete=models.CASCADE, null=True, related_name="attachments"
    )
    message = models.ForeignKey(
        "chat.Message", on_delete=models.CASCADE, null=True, related_name="attachments"
    )
    place = models.PositiveSmallIntegerField(default=0)
    kind = models.CharField(max_length=5, choices=Kind.choices)
    name = models.CharField(max_length=NAME_LENGTH)
    media_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
    width = models.PositiveIntegerField(default=0)
    height = models.PositiveIntegerField(default=0)
    pages = models.PositiveIntegerField(default=0)
    text = models.TextField(blank=True)
    file = models.FileField(upload_to=file_place, db_index=True)
    preview = models.FileField(upload_to=preview_place, blank=True)
    created_at = models.DateTimeField(db_default=Now())

    objects: ClassVar[Any] = AttachmentQuerySet.as_manager()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["created_at"], condition=models.Q(message=None), name="unsent_attachments"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("chat:attachment", args=[self.pk])

    @property
    def part(self) -> AttachedPart:
        """What a prompt's parts say of it."""
        told = "kind", "name", "size", "width", "height", "pages"
        facts = {name: getattr(self, name) for name in told}
        return {"type": "attachment", "id": str(self.pk), **facts}

    def twin(self) -> "Attachment":
        """An unsaved copy for another prompt of the same person; it shares what is stored."""
        own = "id", "message", "conversation"
        shared = [field.attname for field in self._meta.concrete_fields if field.name not in own]
        return Attachment(**{name: getattr(self, name) for name in shared})


@receiver(post_delete, sender=Attachment)
def forget_files(instance: Attachment, **kwargs: Any) -> None:
    """However a row goes, its files go with it, once that is certain."""
    names = [str(each.name) for each in (instance.file, instance.preview) if each]
    transaction.on_commit(partial(_delete_unless_shared, names), robust=True)


def _delete_unless_shared(names: list[str]) -> None:
    if not Attachment.objects.filter(file__in=names[:1]).exists():
        for name in names:
            default_storage.delete(name)
