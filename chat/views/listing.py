"""What a person does with a conversation in the list: rename, pin, archive, delete, bring back."""

import uuid
from http import HTTPStatus
from typing import Any

from asgiref.sync import async_to_sync
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from chat import supervisor
from chat.database import writing
from chat.forms import Stop
from chat.live import news
from chat.models import Conversation

from .back import back

TITLE_LENGTH = 200


@require_safe
@login_required
@never_cache
def options(request: HttpRequest, conversation_id: uuid.UUID) -> HttpResponse:
    """A page of forms for one conversation; of a deleted one, the form that brings it back."""
    everything = Conversation.objects.for_user(request.user)
    found = everything | Conversation.objects.deleted_by(request.user)
    return render(
        request,
        "chat/options.html",
        {"conversation": get_object_or_404(found, pk=conversation_id)},
    )


@require_POST
@login_required
def rename(request: HttpRequest, conversation_id: uuid.UUID) -> HttpResponse:
    """Give a conversation of one's own another title."""
    conversation = _mine(request, conversation_id)
    title = " ".join(request.POST.get("title", "").replace("\x00", "").split())[:TITLE_LENGTH]
    if title:
        conversation.rename(title)
        async_to_sync(news.say_title)(conversation.owner_id, conversation.pk, title)
    return back(request)


@require_POST
@login_required
def pin(request: HttpRequest, conversation_id: uuid.UUID, on: bool) -> HttpResponse:
    """Put a conversation on top of the list, or back among the others."""
    conversation = _mine(request, conversation_id)
    conversation.pin(on)
    _say_moved(conversation)
    return back(request)


@require_POST
@login_required
def archive(request: HttpRequest, conversation_id: uuid.UUID, on: bool) -> HttpResponse:
    """Put a conversation away, or back into the list."""
    conversation = _mine(request, conversation_id)
    conversation.archive(on)
    _say_moved(conversation)
    return back(request)


@require_POST
@login_required
async def delete(request: HttpRequest, conversation_id: uuid.UUID) -> HttpResponse:
    """Delete a conversation; what is being written in it is stopped. It can be brought back."""
    user_id = (await request.auser()).pk or 0
    if not await writing(_discard, user_id, conversation_id):
        raise Http404
    # Deleted first: from then on nothing more can begin in it.
    await supervisor.current().stop(user_id, conversation_id, Stop())
    await news.say_list(user_id, conversation_id, running=False, deleted=True)
    await news.say_path(conversation_id)
    if request.htmx:  # type: ignore[attr-defined]
        return HttpResponse(status=HTTPStatus.NO_CONTENT)
    return redirect("chat:options", conversation_id)


@require_POST
@login_required
def restore(request: HttpRequest, conversation_id: uuid.UUID) -> HttpResponse:
    """Bring a deleted conversation back to where it was."""
    deleted = Conversation.objects.deleted_by(request.user)
    conversation = get_object_or_404(deleted, pk=conversation_id)
    conversation.restore()
    _say_moved(conversation)
    return back(request, to=conversation.get_absolute_url())


@login_required
@never_cache
def seen(request: HttpRequest, conversation_id: uuid.UUID) -> HttpResponse:
    """The newest answer was on a visible page.

    A page without JavaScript can only say so by loading something, so a GET counts too. It may be
    said just as the conversation is deleted, which ends its answer: no list shows it then.
    """
    mine = Conversation.objects.owned_by(request.user)
    conversation = get_object_or_404(mine, pk=conversation_id)
    if conversation.see() and not conversation.deleted_at:
        running = conversation.generations.unfinished().exists()
        tell = async_to_sync(news.say_list)
        tell(conversation.owner_id, conversation.pk, running=running, unseen=False)
    return HttpResponse(status=HTTPStatus.NO_CONTENT)


def _mine(request: HttpRequest, conversation_id: uuid.UUID) -> Any:
    return get_object_or_404(Conversation.objects.for_user(request.user), pk=conversation_id)


def _discard(user_id: int, conversation_id: uuid.UUID) -> bool:
    found = Conversation.objects.for_user(user_id).filter(pk=conversation_id).first()
    return found is not None and found.discard()


def _say_moved(conversation: Conversation) -> None:
    """Lists that show it, or should, are to be read again."""
    running = conversation.generations.unfinished().exists()
    tell = async_to_sync(news.say_list)
    tell(conversation.owner_id, conversation.pk, running=running, moved=True)
