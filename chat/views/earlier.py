"""Turns that a long page lacks, asked for as one scrolls."""

import uuid

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from chat.live import paging
from chat.models import Conversation

from .places import id_in


@require_safe
@login_required
@never_cache
def turns(request: HttpRequest, conversation_id: uuid.UUID) -> HttpResponse:
    """A screen of turns before the message `before`, or after `after`; not beyond `until`."""
    mine = Conversation.objects.for_user(request.user)
    conversation = get_object_or_404(mine, pk=conversation_id)
    before, after, until = (id_in(request.GET.get(n, "")) for n in ("before", "after", "until"))
    page = paging.Page()
    if before is not None:
        page = paging.before(conversation, before, until)
    elif after is not None and until is not None:
        page = paging.after(conversation, after, until)
    return render(request, "chat/stretch.html", {"page": page, "conversation_id": conversation_id})
