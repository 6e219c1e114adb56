"""A new chat, and a conversation."""

import uuid
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from chat import choices
from chat.attachments.kinds import ACCEPTED
from chat.models import Conversation, Preferences
from chat.tools import switches
from chat.upstream import get_upstream

from .shown_settings import picker_context, settings_context
from .sidebar import sidebar
from .thread import thread


@require_safe
@login_required
@never_cache
def new(request: HttpRequest) -> HttpResponse:
    """An empty page; the conversation comes into being with its first prompt."""
    return page(request, uuid.uuid4())


@require_safe
@login_required
@never_cache
def conversation(request: HttpRequest, conversation_id: uuid.UUID) -> HttpResponse:
    """A conversation of one's own, at its end or at a message; anybody else's is not found."""
    mine = Conversation.objects.for_user(request.user)
    found = get_object_or_404(mine, pk=conversation_id)
    return page(request, conversation_id, found)


def page(
    request: HttpRequest,
    conversation_id: uuid.UUID,
    conversation: Conversation | None = None,
    chosen: Preferences | None = None,
) -> HttpResponse:
    """The page of a conversation, or of a new chat with the settings that were `chosen` for it."""
    preferences = Preferences.objects.of(request.user)
    context: dict[str, Any] = {
        "conversation_id": str(conversation_id),
        **thread(request, conversation),
        "send_key": uuid.uuid4(),
        "limits": settings.LIMITS,
        "accepted_files": ACCEPTED,
        "plain_key": uuid.uuid4(),
        "max_prompt": settings.LIMITS.max_prompt_chars,
        **(picker := picker_context(conversation.model if conversation else preferences.model)),
        **settings_context(conversation, preferences, chosen),
        "tool_switches": switches(conversation),
        "tools_refused": not get_upstream().takes_tools(picker["model"]),
        "banner": choices.banner(),
        **sidebar(request, conversation_id),
    }
    return render(request, "chat/page.html", context)
