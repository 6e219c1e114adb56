"""An import of conversations from a file, and what keeps a conversation from coming in twice."""

from typing import Any, ClassVar, Self

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db import models
from django.db.models import Q

from .conversation import Conversation
from .process import Process

GOING_ON = ("waiting", "running")


class ImportQuerySet(models.QuerySet["Import"]):
    """Imports, always through their owner."""

    def for_user(self, user: AbstractBaseUser | AnonymousUser) -> Self:
        """Those that `user` began, the newest first."""
        return self.filter(owner_id=user.pk).order_by("-pk")

    def going_on(self) -> Self:
        """Those that have not ended."""
        return self.filter(state__in=GOING_ON)

    def lost(self) -> Self:
        """Those whose process is gone: nobody goes on with them."""
        dead = Process.objects.dead()
        return self.going_on().filter(Q(process=None) | Q(process__in=dead))


class Import(models.Model):
    """One file that a process brings in, in the background. Counts are of conversations."""

    class State(models.TextChoices):
        """Where it is, or how it ended."""

        WAITING = "waiting"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="imports"
    )
    process = models.ForeignKey(Process, on_delete=models.SET_NULL, null=True, related_name="+")
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    name = models.CharField(max_length=200)
    size = models.PositiveBigIntegerField()
    imported = models.PositiveIntegerField(default=0)
    messages = models.PositiveIntegerField(default=0)
    known = models.PositiveIntegerField(default=0)
    skipped = models.PositiveIntegerField(default=0)
    report = models.JSONField(default=dict, blank=True)
    fault = models.CharField(max_length=20, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[Any] = ImportQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["owner"], condition=Q(state__in=GOING_ON), name="one_import_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.state} {self.pk}"

    @property
    def going_on(self) -> bool:
        """Whether it may still change."""
        return self.state in GOING_ON


class Origin(models.Model):
    """Where an imported conversation came from: a digest, once for each owner."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64)
    conversation = models.OneToOneField(
        Conversation, on_delete=models.CASCADE, related_name="origin"
    )

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["owner", "digest"], name="imported_once"),
        ]

    def __str__(self) -> str:
        return self.digest
