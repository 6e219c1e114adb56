"""The tools of a conversation: which are offered, and whether one that asks may run."""

import uuid
from http import HTTPStatus

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST
from pydantic import ValidationError

from chat import supervisor
from chat.models import Conversation
from chat.tools import Allow, switch


@require_POST
@login_required
def choose(request: HttpRequest, conversation_id: uuid.UUID) -> HttpResponse:
    """Offer the tools that are ticked, of those that the form `shown`; let some ask again."""
    mine = Conversation.objects.for_user(request.user)
    conversation = get_object_or_404(mine, pk=conversation_id)
    ticked = set(request.POST.getlist("tool"))
    on = {name: name in ticked for name in request.POST.getlist("shown")}
    switch(conversation, on, set(request.POST.getlist("ask_again")))
    return _done(request, conversation_id)


@require_POST
@login_required
async def allow(request: HttpRequest, conversation_id: uuid.UUID, choice: str) -> HttpResponse:
    """Answer a tool that asks whether it may run."""
    user_id = (await request.auser()).pk or 0
    try:
        answer = Allow.model_validate({"ask": request.POST.get("ask"), "choice": choice})
    except ValidationError:
        return HttpResponseBadRequest()
    if not await supervisor.current().allow(user_id, conversation_id, answer):
        raise Http404
    return _done(request, conversation_id)


def _done(request: HttpRequest, conversation_id: uuid.UUID) -> HttpResponse:
    """Nothing for a script; the conversation for a plain form."""
    if request.htmx:  # type: ignore[attr-defined]
        return HttpResponse(status=HTTPStatus.NO_CONTENT)
    return redirect("chat:conversation", conversation_id)
