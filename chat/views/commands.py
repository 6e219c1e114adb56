"""Commands by posts: of plain forms, of pages that have no socket, and the list's own."""

import uuid
from http import HTTPStatus

from asgiref.sync import async_to_sync, sync_to_async
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from chat import supervisor
from chat.database import in_database, writing
from chat.forms import Command, Frame, Stop, parse_body, parse_fields
from chat.live import frames, news
from chat.models import Accepted, Conversation
from chat.refusals import REFUSED, refusal
from chat.taking import Asker

TITLE_LENGTH = 200
THEMES = ("system", "light", "dark")
YEAR = 365 * 24 * 3600
STATUS = {
    "busy": HTTPStatus.CONFLICT,
    "gone": HTTPStatus.NOT_FOUND,
    "too_long": HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    "rate_limited": HTTPStatus.TOO_MANY_REQUESTS,
    "draining": HTTPStatus.SERVICE_UNAVAILABLE,
    "model_unavailable": HTTPStatus.SERVICE_UNAVAILABLE,
}


@require_POST
@login_required
async def command(request: HttpRequest, conversation_id: uuid.UUID, type: str) -> HttpResponse:
    """Send, stop, regenerate or continue: a form goes back to the conversation, JSON hears more."""
    user_id = (await request.auser()).pk or 0
    if request.content_type == "application/json":
        return await _by_json(request.body, user_id, conversation_id, type)
    fields = {name: value for name, value in request.POST.items() if value}
    try:
        await _carry_out(parse_fields({**fields, "type": type}), user_id, conversation_id)
    except REFUSED as error:
        why = refusal(error)
        back = await in_database(_address, user_id, conversation_id)
        context = {"text": why.text, "back": back}
        status = STATUS.get(why.code, HTTPStatus.BAD_REQUEST)
        return await sync_to_async(render)(request, "chat/refused.html", context, status=status)
    return redirect("chat:conversation", conversation_id)


async def _carry_out(frame: Frame, user_id: int, conversation_id: uuid.UUID) -> Accepted | None:
    """What was accepted; raises what REFUSED has, and Conversation.DoesNotExist."""
    if isinstance(frame, Stop):
        await in_database(_mine, user_id, conversation_id)
        await supervisor.current().stop(user_id, conversation_id, frame)
    elif isinstance(frame, Command):
        return await supervisor.current().accept(Asker(user_id), conversation_id, frame)
    return None


async def _by_json(
    body: bytes, user_id: int, conversation_id: uuid.UUID, type: str
) -> HttpResponse:
    """The `ack` or `notice` that a socket would have been sent; nothing for a `stop`."""
    key = None
    try:
        frame = parse_body(body, type)
        key = getattr(frame, "key", None)
        accepted = await _carry_out(frame, user_id, conversation_id)
    except REFUSED as error:
        why = refusal(error)
        key = getattr(error, "key", None) or key
        said = frames.notice(why.code, why.text, key=key, retry_ms=why.retry_ms)
        return _json(said, STATUS.get(why.code, HTTPStatus.BAD_REQUEST))
    if accepted is None:
        return HttpResponse(status=HTTPStatus.NO_CONTENT)
    ids = conversation_id, accepted.message.pk, accepted.generation.pk
    said = frames.ack(accepted.generation.key, *ids, duplicate=accepted.duplicate)
    return _json(said, HTTPStatus.OK)


def _json(frame: str, status: HTTPStatus) -> HttpResponse:
    return HttpResponse(frame, content_type="application/json", status=status)


def _mine(user_id: int, conversation_id: uuid.UUID) -> Conversation:
    """The conversation; raises Conversation.DoesNotExist for another person's."""
    mine: Conversation = Conversation.objects.get(pk=conversation_id, owner_id=user_id)
    return mine


def _address(user_id: int, conversation_id: uuid.UUID) -> str:
    """Where to go back to: a refused first prompt has left no conversation."""
    try:
        return _mine(user_id, conversation_id).get_absolute_url()
    except Conversation.DoesNotExist:
        return reverse("chat:new")


@require_POST
@login_required
def rename(request: HttpRequest, conversation_id: uuid.UUID) -> HttpResponse:
    """Give a conversation of one's own another title."""
    mine = Conversation.objects.for_user(request.user)
    conversation = get_object_or_404(mine, pk=conversation_id)
    title = " ".join(request.POST.get("title", "").replace("\x00", "").split())[:TITLE_LENGTH]
    if title:
        # Not `save`: a new title does not make it the newest.
        mine.filter(pk=conversation.pk).update(title=title)
        async_to_sync(news.say_title)(conversation.owner_id, conversation.pk)
    return _done(request)


@require_POST
@login_required
async def delete(request: HttpRequest, conversation_id: uuid.UUID) -> HttpResponse:
    """Delete a conversation of one's own; what is being written in it is stopped."""
    user = await request.auser()
    await supervisor.current().stop(user.pk or 0, conversation_id, Stop())
    mine = Conversation.objects.for_user(user).filter(pk=conversation_id)
    deleted, _ = await writing(mine.delete)
    if not deleted:
        raise Http404
    await news.say_path(conversation_id)
    await news.say_list(user.pk or 0, conversation_id, running=False, deleted=True)
    return _done(request)


@require_POST
@login_required
def theme(request: HttpRequest) -> HttpResponse:
    """Choose the colours: of the system, light or dark."""
    chosen = request.POST.get("theme", "")
    response = _done(request)
    if chosen in THEMES:
        response.set_cookie(
            "theme", chosen, max_age=YEAR, samesite="Lax", secure=request.is_secure()
        )
    return response


def _done(request: HttpRequest) -> HttpResponse:
    """Nothing for a script; the page that one came from for a plain form."""
    if request.htmx:  # type: ignore[attr-defined]
        return HttpResponse(status=HTTPStatus.NO_CONTENT)
    back = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}):
        back = "/"
    return HttpResponseRedirect(back)
