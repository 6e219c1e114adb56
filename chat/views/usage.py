"""The page of one's own usage: tokens and costs by day and model."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db import DataError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from chat.models import ModelPrice
from chat.models.usage import Used, used_by
from chat.prices import prices

from .chart import chart

PERIODS = (7, 30, 90)


@dataclass
class Sum:
    """Usage added up: of a model, of a day, or of all; costs by currency."""

    name: Any = ""
    answers: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    estimated: int = 0
    costs: dict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))

    @property
    def tokens(self) -> int:
        """Both kinds together."""
        return self.prompt_tokens + self.completion_tokens

    @property
    def money(self) -> list[tuple[Decimal, str]]:
        """Amounts with their currencies."""
        return [(amount, currency) for currency, amount in sorted(self.costs.items())]

    def add(self, used: Used, price: ModelPrice | None) -> None:
        """Count a model's answers of one day in."""
        self.answers += used.answers
        self.prompt_tokens += used.prompt_tokens
        self.completion_tokens += used.completion_tokens
        self.estimated += used.estimated
        if price is not None:
            self.costs[price.currency] += price.cost(used.prompt_tokens, used.completion_tokens)


@require_safe
@login_required
@never_cache
def usage(request: HttpRequest) -> HttpResponse:
    """The last 7, 30 or 90 days, today included, as days are where the person's browser is."""
    asked = request.GET.get("days", "")
    days = int(asked) if asked in map(str, PERIODS) else 30
    used = _used(request.user.pk or 0, days)
    context = {
        "days": days,
        "periods": PERIODS,
        "chart": chart(used, timezone.localdate(), days),
        "total": next(iter(_sums(used, lambda each: "")), Sum()),
        "models": sorted(_sums(used, lambda each: each.model), key=lambda each: -each.tokens),
        "by_day": list(reversed(_sums(used, lambda each: (each.day, each.model)))),
        "priced": any(each.model in prices() for each in used),
    }
    return render(request, "usage/usage.html", context)


def _used(user_id: int, days: int) -> list[Used]:
    try:
        return used_by(user_id, _beginning(days), timezone.get_current_timezone())
    except DataError:
        # The browser's time zone is not one of the database's.
        timezone.deactivate()
        return used_by(user_id, _beginning(days), timezone.get_current_timezone())


def _beginning(days: int) -> datetime:
    first = timezone.localdate() - timedelta(days=days - 1)
    return timezone.make_aware(datetime.combine(first, time.min))


def _sums(used: list[Used], name: Callable[[Used], Any]) -> list[Sum]:
    """Usage added up by what `name` says of each, in the order of their first."""
    sums: dict[Any, Sum] = {}
    for each in used:
        sums.setdefault(name(each), Sum(name(each))).add(each, prices().get(each.model))
    return list(sums.values())
