"""What a person has used: tokens of each answer, added up by day and model."""

from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Count, Q, Sum
from django.db.models.functions import TruncDate

from chat.stream.entries import Usage

if TYPE_CHECKING:
    from .generation import Generation


class UsedTokensManager(models.Manager["UsedTokens"]):
    """One row for each answer that was written here."""

    def note(self, generation: "Generation", usage: Usage | None) -> None:
        """Note what a generation used that has ended just now."""
        self.create(
            owner_id=generation.conversation.owner_id,
            at=generation.created_at,
            model=generation.model,
            prompt_tokens=(usage and usage["prompt_tokens"]) or 0,
            completion_tokens=(usage and usage["completion_tokens"]) or 0,
            estimated=usage is not None and usage["source"] == "estimated",
        )


class UsedTokens(models.Model):
    """What one answer used, noted at its end. `at` is when it was asked for.

    It names neither the answer nor the conversation, so that it stays when they are deleted: what
    was used has been used. Nothing is noted for what was imported or forked: nobody used it here.
    """

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()
    model = models.CharField(max_length=200)
    prompt_tokens = models.PositiveIntegerField(default=0)
    completion_tokens = models.PositiveIntegerField(default=0)
    estimated = models.BooleanField(default=False)

    objects: ClassVar[UsedTokensManager] = UsedTokensManager()

    class Meta:
        verbose_name_plural = "used tokens"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["owner", "at"], name="used_by_owner"),
        ]

    def __str__(self) -> str:
        return f"{self.model} {self.at:%Y-%m-%d}"


@dataclass(frozen=True)
class Used:
    """The answers of one model on one day; `estimated` of them did not report their tokens."""

    day: date
    model: str
    answers: int
    prompt_tokens: int
    completion_tokens: int
    estimated: int

    @property
    def tokens(self) -> int:
        """Both kinds together."""
        return self.prompt_tokens + self.completion_tokens


def used_by(user_id: int, since: datetime, zone: tzinfo) -> list[Used]:
    """What a person has used since then, by the days of a time zone, oldest first: one query."""
    mine = UsedTokens.objects.filter(owner=user_id, at__gte=since)
    days = mine.annotate(day=TruncDate("at", tzinfo=zone)).values("day", "model")
    rows = days.annotate(
        answers=Count("pk"),
        prompt=Sum("prompt_tokens"),
        completion=Sum("completion_tokens"),
        guessed=Count("pk", filter=Q(estimated=True)),
    )
    fields = "day", "model", "answers", "prompt", "completion", "guessed"
    return [Used(*row) for row in rows.order_by("day", "model").values_list(*fields)]
