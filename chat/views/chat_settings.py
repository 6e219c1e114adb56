"""The settings of one conversation: its model, its system prompt, its parameters."""

import uuid
from http import HTTPStatus
from typing import Any

from asgiref.sync import async_to_sync
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST
from pydantic import TypeAdapter, ValidationError

from chat.forms import ModelName
from chat.live import news
from chat.models import Conversation, Preferences

from . import pages
from .parameters import ParametersForm
from .shown_settings import differ, settings_context

_model_name: TypeAdapter[str] = TypeAdapter(ModelName)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def chat_settings(request: HttpRequest, conversation_id: uuid.UUID) -> HttpResponse:
    """Show the settings, or keep them; those of a new chat go with its first prompt."""
    mine = Conversation.objects.for_user(request.user)
    conversation = mine.filter(pk=conversation_id).first()
    preferences = Preferences.objects.of(request.user)
    if request.method != "POST":
        shown = settings_context(conversation, preferences)
        return _render(request, conversation_id, shown)
    form = ParametersForm(request.POST, auto_id="setting-%s")
    if not form.is_valid():
        invalid = {"settings_form": form, "conversation": conversation}
        return _render(request, conversation_id, invalid)
    if conversation is not None:
        conversation.configure(**form.chosen)
        _tell(conversation, preferences)
    elif not request.htmx:  # type: ignore[attr-defined]
        chosen = Preferences(model=preferences.model, **form.chosen)
        return pages.page(request, conversation_id, chosen=chosen)
    if request.htmx:  # type: ignore[attr-defined]
        kept = conversation or Preferences(**form.chosen)
        shown = settings_context(conversation, preferences, kept)
        return _render(request, conversation_id, {**shown, "saved": True})
    return redirect("chat:conversation", conversation_id)


@require_POST
@login_required
def choose_model(request: HttpRequest, conversation_id: uuid.UUID) -> HttpResponse:
    """Remember which model a conversation goes on with."""
    mine = Conversation.objects.for_user(request.user)
    conversation = get_object_or_404(mine, pk=conversation_id)
    try:
        model = _model_name.validate_python(request.POST.get("model", ""))
    except ValidationError:
        model = ""
    if not model:
        return HttpResponse(status=HTTPStatus.BAD_REQUEST)
    conversation.configure(model=model)
    _tell(conversation, Preferences.objects.of(request.user))
    return HttpResponse(status=HTTPStatus.NO_CONTENT)


def _render(
    request: HttpRequest, conversation_id: uuid.UUID, shown: dict[str, Any]
) -> HttpResponse:
    """The form alone for a script, a page of its own for a browser without."""
    part = request.htmx  # type: ignore[attr-defined]
    template = "chat/settings/answer.html" if part else "chat/settings/page.html"
    return render(request, template, {**shown, "conversation_id": str(conversation_id)})


def _tell(conversation: Conversation, preferences: Preferences) -> None:
    differs = differ(conversation, preferences)
    async_to_sync(news.say_settings)(
        conversation.owner_id, conversation.pk, conversation.model, differs=differs
    )
