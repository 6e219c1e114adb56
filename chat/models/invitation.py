"""An invitation: one link with which one person may sign up."""

import hashlib
import secrets
from datetime import timedelta
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models.functions import Now


class InvitationQuerySet(models.QuerySet["Invitation"]):
    """Invitations, used or not, by the database's clock."""

    def issue(self, days: int) -> str:
        """Make an invitation for `days` days; give its token, which is kept nowhere else."""
        token = secrets.token_urlsafe(24)
        self.create(digest=_digest(token), expires_at=Now() + timedelta(days=days))
        return token

    def open(self) -> "InvitationQuerySet":
        """Those that somebody may still come with: neither used nor too old."""
        return self.filter(used_at=None, expires_at__gt=Now())

    def usable(self, token: str) -> "InvitationQuerySet":
        """The invitation with this token, unless it was used or is too old."""
        return self.open().filter(digest=_digest(token))

    def revoke(self) -> int:
        """Let those that are open end now; gives how many."""
        return self.open().update(expires_at=Now())


class Invitation(models.Model):
    """Only the token's digest is kept, so that reading the table invites nobody."""

    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    used_by = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True
    )

    objects: ClassVar[Any] = InvitationQuerySet.as_manager()

    def __str__(self) -> str:
        return f"invitation until {self.expires_at:%Y-%m-%d}"


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
