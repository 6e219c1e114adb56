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
from chat.live import turns
from chat.models import Conversation, Preferences
from chat.tools import switches

from .shown_settings import picker_context, settings_context
from .sidebar import sidebar


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
    """The last screen of a conversation of one's own; anybody else's is not found."""
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
    shown = turns.shown_of(conversation) if conversation else turns.Shown()
    preferences = Preferences.objects.of(request.user)
    # A snapshot says the last question and answer again, and nothing before them.
    start = max(0, len(shown.turns) - 2)
    live = shown.turns[start:]
    context: dict[str, Any] = {
        "conversation_id": str(conversation_id),
        "earlier": shown.turns[:start],
        "live": live,
        "live_from": live[0].message.pk if live else "",
        "running": shown.running.pk if shown.running else "",
        "send_key": uuid.uuid4(),
        "limits": settings.LIMITS,
        "accepted_files": ACCEPTED,
        "max_prompt": settings.LIMITS.max_prompt_chars,
        **picker_context(conversation.model if conversation else preferences.model),
        **settings_context(conversation, preferences, chosen),
        "tool_switches": switches(conversation),
        "banner": choices.banner(),
        **sidebar(request, conversation_id),
    }
    return render(request, "chat/page.html", context)
