"""The ways to narrow down a list of conversations."""

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from chat.models import Generation

Choices = list[tuple[str, Any]]


def of_person(word: str) -> Q:
    """Conversations of people with this word in their user name, name or e-mail."""
    return (
        Q(owner__username__icontains=word)
        | Q(owner__email__icontains=word)
        | Q(owner__first_name__icontains=word)
        | Q(owner__last_name__icontains=word)
    )


class PersonFilter(admin.SimpleListFilter):
    """Typed, as there may be thousands of people: part of a user name, a name or an e-mail."""

    title = _("person")
    parameter_name = "person"
    template = "admin/chat/person_filter.html"

    def has_output(self) -> bool:
        return True

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        return []

    def choices(self, changelist: ChangeList) -> Iterator[Any]:
        """Not choices, but what the form needs: its value and the other filters to keep."""
        others = {key: value for key, value in changelist.params.items() if key != "person"}
        yield {"value": self.value() or "", "others": others}

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        for word in (self.value() or "").replace("\0", "").split():
            queryset = queryset.filter(of_person(word))
        return queryset


class AnswerFilter(admin.SimpleListFilter):
    """Conversations with an answer of which one thing is so."""

    parameter_name = ""
    lookup = ""

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if not self.value():
            return queryset
        answers = Generation.objects.filter(conversation=OuterRef("pk"))
        return queryset.filter(Exists(answers.filter(**{self.lookup: self.value()})))


class AnswerStatusFilter(AnswerFilter):
    """With an answer of this status."""

    title = _("status of an answer")
    parameter_name = "answer"
    lookup = "status"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        return list(Generation.Status.choices)


class AnswerModelFilter(AnswerFilter):
    """With an answer by this model."""

    title = _("model of an answer")
    parameter_name = "by"
    lookup = "model"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        names = Generation.objects.order_by("model").values_list("model", flat=True).distinct()
        return [(name, name) for name in names]
