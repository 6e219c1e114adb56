"""Processes: which servers there are, and whether they live."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from chat.models import UNFINISHED, Process

from .readonly import ReadOnlyAdmin


class ProcessAdmin(ReadOnlyAdmin):
    list_display = ("name", "alive", "writing", "started_at", "heartbeat")
    fields = ("id", *list_display)
    ordering = ("-heartbeat",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Process]:
        """Each with whether it is dead, by the database's clock, and how much it writes."""
        writing = Count("generations", filter=Q(generations__status__in=UNFINISHED))
        dead = Exists(Process.objects.dead().filter(pk=OuterRef("pk")))
        processes: QuerySet[Process] = super().get_queryset(request)
        return processes.annotate(dead=dead, unfinished=writing)

    @admin.display(description=_("alive"), boolean=True)
    def alive(self, process: Any) -> bool:
        return not process.dead

    @admin.display(description=_("answers being written"))
    def writing(self, process: Any) -> int:
        return int(process.unfinished)
