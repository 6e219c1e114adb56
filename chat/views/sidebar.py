"""The lists of one's conversations, in pages by key."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from chat.models import Conversation
from chat.models.listed import Place

PAGE = 50
MOST = 200
FIELDS = "title pinned archived unseen updated_at".split()


@dataclass(frozen=True)
class Group:
    """Conversations that follow each other; without a label they go on the page before's last."""

    label: str
    conversations: list[Conversation]


@require_safe
@login_required
@never_cache
def conversations(request: HttpRequest) -> HttpResponse:
    """A page of the list, after the place that `before` names; as long as `shown` if that is."""
    return render(request, "chat/sidebar.html", sidebar(request, request.GET.get("open", "")))


@require_safe
@login_required
@never_cache
def archived(request: HttpRequest) -> HttpResponse:
    """A page of the conversations that were put away, and what was deleted a moment ago."""
    place = Place.read(request.GET.get("before", ""))
    away = Conversation.objects.for_user(request.user).in_archive().after(place)
    page = list(away.only(*FIELDS)[: PAGE + 1])
    last = page[PAGE - 1] if len(page) > PAGE else None
    context = {
        "conversations": page[:PAGE],
        "deleted": Conversation.objects.deleted_by(request.user).only(*FIELDS)[:PAGE],
        "more": _place(last) if last else "",
    }
    return render(request, "chat/archived.html", context)


def sidebar(request: HttpRequest, open_id: uuid.UUID | str) -> dict[str, Any]:
    """The context of the list: groups by day, and the address of the next page."""
    place = Place.read(request.GET.get("before", ""))
    size = _size(request)
    listed = Conversation.objects.for_user(request.user).listed().after(place)
    page = list(listed.with_running().only(*FIELDS)[: size + 1])
    more = len(page) > size
    return {
        "groups": _groups(page[:size], place),
        "first_page": place is None,
        "more_url": _more(page[size - 1], str(open_id)) if more else "",
        "conversation_id": str(open_id),
    }


def _size(request: HttpRequest) -> int:
    """A list that is read again stays as long as it was, within reason."""
    shown = request.GET.get("shown", "")
    known = int(shown) if shown.isascii() and shown.isdigit() and len(shown) < 9 else 0
    return min(MOST, max(PAGE, known))


def _more(last: Conversation, open_id: str) -> str:
    query = {"before": str(_place(last)), "open": open_id}
    return f"{reverse('chat:sidebar')}?{urlencode(query)}"


def _place(conversation: Conversation) -> Place:
    return Place(conversation.pinned, conversation.updated_at, conversation.pk)


def _groups(conversations: list[Conversation], place: Place | None) -> list[Group]:
    today = timezone.localdate()

    def name(conversation: Conversation | Place) -> str:
        if conversation.pinned:
            return _("Pinned")
        return _day_name(conversation.updated_at, today)

    said = name(place) if place else ""
    groups = groupby(conversations, key=name)
    return [Group("" if label == said else label, list(each)) for label, each in groups]


def _day_name(at: datetime, today: date) -> str:
    days = (today - timezone.localtime(at).date()) // timedelta(days=1)
    if days <= 0:
        return _("Today")
    if days == 1:
        return _("Yesterday")
    if days <= 7:
        return _("Previous 7 days")
    return _("Previous 30 days") if days <= 30 else _("Older")
