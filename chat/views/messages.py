"""What can be done with one message: as a plain page, and by the page's menu and dialog."""

import uuid
from http import HTTPStatus
from typing import Any

from asgiref.sync import sync_to_async
from django import forms
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from chat import branching, choices
from chat.models import Conversation, Feedback, Message
from chat.models.feedback import TEXT_LENGTH
from chat.refusals import REFUSED, refusal
from chat.taking import Asker

from .back import back
from .places import address_at, id_in


class Opinion(forms.Form):
    """A verdict, or none to take it back, perhaps with a reason and a few words."""

    verdict = forms.ChoiceField(choices=Feedback.Verdict.choices, required=False)
    reason = forms.ChoiceField(choices=Feedback.Reason.choices, required=False)
    text = forms.CharField(max_length=TEXT_LENGTH, required=False)


@require_safe
@login_required
@never_cache
def message(request: HttpRequest, conversation_id: uuid.UUID, message_id: int) -> HttpResponse:
    """The page of one message of one's own, with all that can be done with it."""
    found = _mine(request, conversation_id, message_id)
    model = found.conversation.model or choices.default()
    context: dict[str, Any] = {
        "message": found,
        "opinion": found.feedback.filter(person=request.user.pk).first(),
        "models": choices.offered(model),
        "model": model,
        "key": uuid.uuid4(),
        "back": address_at(conversation_id, message_id),
        "verdicts": Feedback.Verdict.choices,
        "reasons": Feedback.Reason.choices,
    }
    return render(request, "chat/message.html", context)


@require_POST
@login_required
def feedback(request: HttpRequest, conversation_id: uuid.UUID, message_id: int) -> HttpResponse:
    """Keep what the person thinks of an answer, or forget it."""
    answer = _mine(request, conversation_id, message_id)
    opinion = Opinion(request.POST)
    if answer.role != Message.Role.ASSISTANT or not opinion.is_valid():
        return HttpResponseBadRequest(opinion.errors.as_text(), content_type="text/plain")
    if opinion.cleaned_data["verdict"]:
        Feedback.objects.update_or_create(
            message=answer, person_id=request.user.pk, defaults=opinion.cleaned_data
        )
    else:
        answer.feedback.filter(person=request.user.pk).delete()
    return back(request, address_at(conversation_id, message_id))


@require_POST
@login_required
async def prune(request: HttpRequest, conversation_id: uuid.UUID) -> HttpResponse:
    """Delete a message with what follows; the page of a deleted conversation can bring it back."""
    asker = Asker((await request.auser()).pk or 0)
    try:
        gone = await branching.prune(asker, conversation_id, _named(request))
    except REFUSED as error:
        return await _refused(request, conversation_id, error)
    where = "chat:options" if gone else "chat:conversation"
    return back(request, reverse(where, args=[conversation_id]))


@require_POST
@login_required
async def fork(request: HttpRequest, conversation_id: uuid.UUID) -> HttpResponse:
    """Go on from a message in a conversation of its own."""
    asker = Asker((await request.auser()).pk or 0)
    try:
        copy = await branching.fork(asker, conversation_id, _named(request))
    except REFUSED as error:
        return await _refused(request, conversation_id, error)
    return redirect(copy)


def _mine(request: HttpRequest, conversation_id: uuid.UUID, message_id: int) -> Message:
    mine = Conversation.objects.for_user(request.user)
    known = Message.objects.filter(conversation__in=mine).select_related("conversation")
    return get_object_or_404(known, pk=message_id, conversation=conversation_id)


def _named(request: HttpRequest) -> int:
    """The message that the form names; none has the number 0."""
    return id_in(request.POST.get("message", "")) or 0


async def _refused(
    request: HttpRequest, conversation_id: uuid.UUID, error: Exception
) -> HttpResponse:
    if isinstance(error, Conversation.DoesNotExist):
        raise Http404
    why = refusal(error)
    context = {"text": why.text, "back": reverse("chat:conversation", args=[conversation_id])}
    status = HTTPStatus.CONFLICT if why.code == "busy" else HTTPStatus.BAD_REQUEST
    return await sync_to_async(render)(request, "chat/refused.html", context, status=status)
