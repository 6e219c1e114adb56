"""What a conversation is in its owner's list: its title, and whether and where it is shown."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now

if TYPE_CHECKING:
    from .conversation import Conversation  # noqa: F401 (named in a string below)

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
PLACE = re.compile(r"([01])-(\d{1,17})-([0-9a-f]{32})")


@dataclass(frozen=True)
class Place:
    """The place of a conversation in the list: a key that stays true when others come and go."""

    pinned: bool
    updated_at: datetime
    id: uuid.UUID

    def __str__(self) -> str:
        since = (self.updated_at - EPOCH) // MICROSECOND
        return f"{self.pinned:d}-{since}-{self.id.hex}"

    @classmethod
    def read(cls, text: str) -> Place | None:
        """The place that a text names; None if it names none."""
        if not (found := PLACE.fullmatch(text)):
            return None
        pinned, since, id = found.groups()
        return cls(pinned == "1", EPOCH + int(since) * MICROSECOND, uuid.UUID(id))


class ConversationQuerySet(models.QuerySet["Conversation"]):
    """Conversations, always through their owner."""

    def for_user(self, user: AbstractBaseUser | AnonymousUser | int) -> Self:
        """The conversations that `user`, or the one with this id, may see: their own.

        What they have deleted is gone, also while it can still be brought back.
        """
        return self.owned_by(user).filter(deleted_at__isnull=True)

    def deleted_by(self, user: AbstractBaseUser | AnonymousUser | int) -> Self:
        """Those that `user` deleted and may still bring back, the last one first."""
        return self.owned_by(user).filter(deleted_at__isnull=False).order_by("-deleted_at", "-id")

    def owned_by(self, user: AbstractBaseUser | AnonymousUser | int) -> Self:
        """All that are `user`'s own, deleted or not."""
        return self.filter(owner_id=user if isinstance(user, int) else user.pk)

    def kept(self) -> Self:
        """All but the temporary ones: what a search finds and an export holds."""
        return self.filter(temporary=False)

    def listed(self) -> Self:
        """Those that the sidebar shows: the pinned ones, then the others, newest first."""
        return self.kept().filter(archived=False).order_by("-pinned", "-updated_at", "-id")

    def in_archive(self) -> Self:
        """Those that were put away, newest first."""
        return self.kept().filter(archived=True).order_by("-updated_at", "-id")

    def after(self, place: Place | None) -> Self:
        """Those that come after a place of the list; all of them without one."""
        if place is None:
            return self
        later = Q(updated_at__lt=place.updated_at) | Q(updated_at=place.updated_at, pk__lt=place.id)
        if place.pinned:
            return self.filter(Q(pinned=False) | later)
        # Says no more than `later`, but an index can be entered there.
        return self.filter(later, pinned=False, updated_at__lte=place.updated_at)

    def with_running(self) -> Self:
        """Each with `running`: whether an answer is being written in it."""
        generations: Any = self.model._meta.get_field("generations").related_model._default_manager
        mine = generations.unfinished().filter(conversation=OuterRef("pk"))
        return self.annotate(running=Exists(mine))

    def expired(self) -> Self:
        """What nobody can bring back any more and nothing is being written in."""
        limits = settings.LIMITS
        deleted = Q(deleted_at__lt=Now() - timedelta(seconds=limits.undo_seconds))
        old = Now() - timedelta(seconds=limits.temporary_seconds)
        over = deleted | Q(temporary=True, created_at__lt=old)
        return self.with_running().filter(over, running=False)

    def purge(self, most: int) -> int:
        """Delete at most so many expired ones, with all that belongs to them; gives how many."""
        ids = list(self.expired().values_list("pk", flat=True)[:most])
        for id in ids:
            self.expired().filter(pk=id).delete()
        return len(ids)


class Listed(models.Model):
    """A conversation as its owner's list knows it.

    The verbs change their own columns only: none of them makes it the newest.
    """

    class TitleFrom(models.TextChoices):
        """Who gave the title: it is the first prompt's until a model or the person gives one."""

        PROMPT = "prompt"
        MODEL = "model"
        PERSON = "person"

    title = models.CharField(max_length=200, blank=True)
    title_source = models.CharField(
        max_length=6,
        choices=TitleFrom.choices,
        default=TitleFrom.PROMPT,
        db_default=TitleFrom.PROMPT,
    )
    pinned = models.BooleanField(default=False)
    archived = models.BooleanField(default=False)
    temporary = models.BooleanField(default=False, db_default=False)
    unseen = models.BooleanField(default=False, db_default=False)
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True

    def rename(self, title: str) -> None:
        """Give it a person's title, which no model replaces."""
        self._set(title=title, title_source=self.TitleFrom.PERSON)

    def entitle(self, title: str) -> bool:
        """Give it a model's title; False if somebody gave it another than the prompt's."""
        return bool(
            self._set(Q(title_source=self.TitleFrom.PROMPT), title=title, title_source="model")
        )

    def pin(self, pinned: bool) -> None:
        """Put it on top of the list, or back among the others."""
        self._set(pinned=pinned)

    def archive(self, archived: bool) -> None:
        """Put it away, or back into the list."""
        self._set(archived=archived)

    def discard(self) -> bool:
        """Delete it, so that it can be brought back for a while; False if it was already."""
        return bool(self._set(Q(deleted_at__isnull=True), deleted_at=Now()))

    def restore(self) -> bool:
        """Bring it back; False if it was not deleted, or is gone for good."""
        return bool(self._set(Q(deleted_at__isnull=False), deleted_at=None))

    def see(self) -> bool:
        """Note that its person saw its newest answer; False if they had."""
        return bool(self._set(Q(unseen=True), unseen=False))

    def _set(self, only_if: Q | None = None, **values: Any) -> int:
        rows: Any = type(self)._default_manager.filter(pk=self.pk)
        return int(rows.filter(only_if or Q()).update(**values))
