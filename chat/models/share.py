"""A share: a link by which anybody reads a conversation as it was at one moment."""

import secrets
from typing import Any, ClassVar, Self

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from .conversation import Conversation


def new_token() -> str:
    """A token of 256 random bits, which nobody guesses."""
    return secrets.token_urlsafe(32)


class ShareQuerySet(models.QuerySet["Share"]):
    """Shares: through the owner of the conversation, or through the token."""

    def for_user(self, user: AbstractBaseUser | AnonymousUser) -> Self:
        """Those that `user` made, of conversations that are still there."""
        return self.filter(conversation__in=Conversation.objects.for_user(user))

    def readable(self) -> Self:
        """Those that have not expired, of conversations and people that are still there."""
        fresh = Q(expires_at=None) | Q(expires_at__gt=timezone.now())
        there = self.filter(conversation__deleted_at=None, conversation__owner__is_active=True)
        return there.filter(fresh)


class Share(models.Model):
    """A frozen copy of a path, and the token of its link; revoking deletes it.

    The token is stored as it is: its owner must be able to copy the link again, and whoever reads
    the database reads the conversation itself beside it.
    """

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="shares")
    token = models.CharField(max_length=64, unique=True, default=new_token, editable=False)
    title = models.CharField(max_length=200, blank=True)
    turns = models.JSONField(default=list, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[Any] = ShareQuerySet.as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["-created_at", "-id"]

    def __str__(self) -> str:
        return self.title or str(self.pk)

    def get_absolute_url(self) -> str:
        return reverse("chat:shared", args=[self.token])

    @property
    def expired(self) -> bool:
        """Whether the link has stopped working by itself."""
        return self.expires_at is not None and self.expires_at <= timezone.now()
