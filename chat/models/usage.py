"""What a person has used: tokens by day and model."""

from dataclasses import dataclass
from datetime import date, datetime, tzinfo

from django.db.models import Count, Q, Sum
from django.db.models.functions import Coalesce, TruncDate

from .generation import Generation


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
    mine = Generation.objects.filter(
        conversation__owner=user_id,
        # Nothing was asked in a conversation after its last change: old ones are left out unread.
        conversation__updated_at__gte=since,
        created_at__gte=since,
    )
    days = mine.annotate(day=TruncDate("created_at", tzinfo=zone)).values("day", "model")
    rows = days.annotate(
        answers=Count("pk"),
        prompt=Coalesce(Sum("prompt_tokens"), 0),
        completion=Coalesce(Sum("completion_tokens"), 0),
        estimated=Count("pk", filter=Q(usage_source=Generation.UsageFrom.ESTIMATED)),
    )
    fields = "day", "model", "answers", "prompt", "completion", "estimated"
    return [Used(*row) for row in rows.order_by("day", "model").values_list(*fields)]
