"""The list of one's conversations, newest first, in pages by key."""

import uuid
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import Exists, OuterRef, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from chat.models import Conversation, Generation

PAGE = 50


@require_safe
@login_required
@never_cache
def conversations(request: HttpRequest) -> HttpResponse:
    """A page of the list, after the conversation that `before` names."""
    return render(request, "chat/sidebar.html", sidebar(request, _uuid(request, "open")))


def sidebar(request: HttpRequest, open_id: uuid.UUID | None) -> dict[str, Any]:
    """The context of the list: groups by day, and the address of the next page."""
    mine = Conversation.objects.for_user(request.user)
    running = Generation.objects.unfinished().filter(conversation=OuterRef("pk"))
    listed = mine.listed().annotate(running=Exists(running)).only("title", "updated_at")
    last = _uuid(request, "before")
    if last is not None and (before := mine.filter(pk=last).first()) is not None:
        older = Q(updated_at=before.updated_at, pk__lt=before.pk)
        listed = listed.filter(Q(updated_at__lt=before.updated_at) | older)
    page = list(listed[: PAGE + 1])
    more = len(page) > PAGE
    return {
        "groups": _by_day(page[:PAGE]),
        "more_url": _more(page[PAGE - 1], open_id) if more else "",
        "conversation_id": str(open_id or ""),
    }


def _more(last: Conversation, open_id: uuid.UUID | None) -> str:
    query = {"before": str(last.pk), "open": str(open_id or "")}
    return f"{reverse('chat:sidebar')}?{urlencode(query)}"


def _uuid(request: HttpRequest, name: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(request.GET.get(name, ""))
    except ValueError:
        return None


def _by_day(conversations: list[Conversation]) -> list[tuple[str, list[Conversation]]]:
    today = timezone.localdate()

    def day(conversation: Conversation) -> str:
        return _day_name(conversation.updated_at, today)

    return [(name, list(group)) for name, group in groupby(conversations, key=day)]


def _day_name(at: datetime, today: Any) -> str:
    days = (today - timezone.localtime(at).date()) // timedelta(days=1)
    if days <= 0:
        return _("Today")
    if days == 1:
        return _("Yesterday")
    if days <= 7:
        return _("Previous 7 days")
    return _("Previous 30 days") if days <= 30 else _("Older")
