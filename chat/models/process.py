"""A server process and what it has saved of its unfinished answers."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, ClassVar

from django.db import models, transaction
from django.db.models.functions import Now

from chat.stream.entries import Entry, joined

from .asking import SAID_UNFINISHED
from .generation import Generation

DEAD_AFTER = timedelta(seconds=10)
GONE_AFTER = timedelta(days=1)

Progress = Mapping[int, tuple[int, list[Entry]]]
"""By the id of a generation: how many entries are saved, and those that follow."""


@dataclass(frozen=True)
class Orders:
    """What a process is to do: ids to stop, ids ended by others, ids that no writer is at."""

    stop: set[int]
    gone: set[int]
    orphans: set[int]


class ProcessQuerySet(models.QuerySet["Process"]):
    """Processes, alive or not, by the database's clock."""

    def dead(self) -> "ProcessQuerySet":
        """Those whose heartbeat is older than 10 s."""
        return self.filter(heartbeat__lt=Now() - DEAD_AFTER)

    def long_gone(self) -> "ProcessQuerySet":
        """Those that died a day ago or more, and left nothing unfinished."""
        old = self.filter(heartbeat__lt=Now() - GONE_AFTER)
        return old.exclude(generations__status__in=SAID_UNFINISHED)


class Process(models.Model):
    """It owns generations while its heartbeat is fresh."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=200)
    started_at = models.DateTimeField(db_default=Now())
    heartbeat = models.DateTimeField(db_default=Now())

    objects: ClassVar[Any] = ProcessQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "processes"

    def __str__(self) -> str:
        return self.name

    @transaction.atomic
    def beat(self, writing: Progress) -> "Orders":
        """Renew the heartbeat, save what was written since the last beat, and read the orders."""
        Process.objects.filter(pk=self.pk).update(heartbeat=Now())
        mine = Generation.objects.filter(owner=self)
        mine.filter(status=Generation.Status.QUEUED, pk__in=writing).update(
            status=Generation.Status.RUNNING
        )
        left = mine.unfinished()
        if any(new for _, new in writing.values()):
            # None ends before its checkpoint is here, which would outlast it for ever.
            left = left.select_for_update(no_key=True)
        unfinished = dict(left.values_list("pk", "stop_requested_at"))
        # A commit whose reply was lost is made again, perhaps with more entries.
        Checkpoint.objects.bulk_create(
            [
                Checkpoint(generation_id=id, n=n, entries=joined(new))
                for id, (n, new) in writing.items()
                if new and id in unfinished
            ],
            update_conflicts=True,
            unique_fields=["generation", "n"],
            update_fields=["entries"],
        )
        return Orders(
            stop={id for id, asked in unfinished.items() if asked and id in writing},
            gone=writing.keys() - unfinished.keys(),
            orphans=unfinished.keys() - writing.keys(),
        )


class CheckpointQuerySet(models.QuerySet["Checkpoint"]):
    """Checkpoints of one generation, when reached through it."""

    def all_entries(self) -> list[Entry]:
        """Every saved entry, in order."""
        saved: list[list[Entry]] = list(self.order_by("n").values_list("entries", flat=True))
        return [entry for entries in saved for entry in entries]


class Checkpoint(models.Model):
    """Log entries from the n-th on, saved while the answer is written."""

    generation = models.ForeignKey(Generation, on_delete=models.CASCADE, related_name="checkpoints")
    n = models.PositiveIntegerField()
    entries: "models.JSONField[Any, Any]" = models.JSONField()

    objects: ClassVar[Any] = CheckpointQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["generation", "n"], name="checkpoint_once"),
        ]

    def __str__(self) -> str:
        return f"{self.generation_id} from {self.n}"
