"""Commands by posts: of plain forms, and of pages that have no socket."""

import uuid
from http import HTTPStatus
from typing import Any

from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from chat import branching, supervisor
from chat.attachments.sentences import too_many
from chat.database import in_database
from chat.forms import Command, Frame, Invalid, Show, Stop
from chat.live import frames
from chat.models import Accepted, Conversation
from chat.reading import parse_body, parse_fields
from chat.refusals import REFUSED, refusal
from chat.taking import Asker
from chat.uploads import NotTaken, take_in

from .back import back
from .places import address_at

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
    """Carry one out: a form goes back to the conversation, JSON hears more."""
    user_id = (await request.auser()).pk or 0
    if request.content_type == "application/json":
        return await _by_json(request.body, user_id, conversation_id, type)
    # An empty field is as good as none, but an empty parent is the root.
    fields: dict[str, Any] = {n: v for n, v in request.POST.items() if v or n == "parent"}
    try:
        if type == "send":
            fields["attachments"] = await _attached(request, user_id)
        frame = parse_fields({**fields, "type": type})
        await _carry_out(frame, user_id, conversation_id)
        if isinstance(frame, Show):
            return redirect(address_at(conversation_id, frame.message))
    except REFUSED as error:
        why = refusal(error)
        where = await in_database(_address, user_id, conversation_id)
        context = {"text": why.text, "back": where, **_kept(fields)}
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
    elif isinstance(frame, Show):
        await branching.show(Asker(user_id), conversation_id, frame.message)
    return None


async def _by_json(
    body: bytes, user_id: int, conversation_id: uuid.UUID, type: str
) -> HttpResponse:
    """The `ack` or `notice` that a socket would have been sent; nothing for a `stop` or `show`."""
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


async def _attached(request: HttpRequest, user_id: int) -> list[uuid.UUID | str]:
    """The ids of files that were uploaded before, or come with the form; raises Invalid."""
    files = [file for file in request.FILES.getlist("files") if isinstance(file, UploadedFile)]
    if len(files) > settings.LIMITS.files_per_prompt:
        raise Invalid(too_many(settings.LIMITS.files_per_prompt))
    try:
        taken = [(await take_in(user_id, file)).pk for file in files]
    except NotTaken as why:
        raise Invalid(str(why)) from None
    return [*request.POST.getlist("attachments"), *taken]


def _kept(fields: dict[str, Any]) -> dict[str, Any]:
    """What was written in a form that was refused, and what went with it, to be sent again."""
    carried = {n: v for n, v in fields.items() if n not in ("csrfmiddlewaretoken", "text")}
    files = carried.pop("attachments", [])
    ids = files if isinstance(files, list) else [files]
    together = [*carried.items(), *(("attachments", each) for each in ids)]
    words = fields.get("text", "")
    return {"words": words if words.strip() else "", "carried": together}


def _mine(user_id: int, conversation_id: uuid.UUID) -> Conversation:
    """The conversation; raises Conversation.DoesNotExist for another person's."""
    mine: Conversation = Conversation.objects.for_user(user_id).get(pk=conversation_id)
    return mine


def _address(user_id: int, conversation_id: uuid.UUID) -> str:
    """Where to go back to: a refused first prompt has left no conversation."""
    try:
        return _mine(user_id, conversation_id).get_absolute_url()
    except Conversation.DoesNotExist:
        return reverse("chat:new")


@require_POST
@login_required
def theme(request: HttpRequest) -> HttpResponse:
    """Choose the colours: of the system, light or dark."""
    chosen = request.POST.get("theme", "")
    response = back(request)
    if chosen in THEMES:
        response.set_cookie(
            "theme", chosen, max_age=YEAR, samesite="Lax", secure=request.is_secure()
        )
    return response
