"""Downloads: one conversation or all, as Markdown or JSON."""

import uuid
from collections.abc import AsyncIterator
from contextlib import nullcontext
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.handlers.asgi import ASGIRequest
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import aget_object_or_404, get_object_or_404
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from chat import exporting
from chat.database import in_database
from chat.models import Conversation

TYPES = {
    "json": "application/json",
    "md": "text/markdown; charset=utf-8",
    "zip": "application/zip",
}


@require_safe
@login_required
@never_cache
def export(request: HttpRequest, conversation_id: uuid.UUID) -> HttpResponse:
    """The path shown of a conversation of one's own, as Markdown."""
    mine = Conversation.objects.for_user(request.user)
    conversation = get_object_or_404(mine, pk=conversation_id)
    text = exporting.markdown(conversation, conversation.path())
    response = HttpResponse(text, content_type=TYPES["md"])
    _attach(response, conversation.title, "md")
    return response


@require_safe
@login_required
@never_cache
async def export_json(request: HttpRequest, conversation_id: uuid.UUID) -> HttpResponseBase:
    """A conversation of one's own with all its branches, as JSON."""
    user = await request.auser()
    mine = Conversation.objects.for_user(user)
    conversation = await aget_object_or_404(mine, pk=conversation_id)
    pieces = exporting.as_json(user, [conversation.pk])
    return _streamed(_paced(request, pieces), conversation.title, "json")


@require_safe
@login_required
@never_cache
async def export_all(request: HttpRequest, ending: str) -> HttpResponseBase:
    """All conversations of one's own: JSON, or a zip file of Markdown."""
    user = await request.auser()
    streams = {"json": exporting.as_json, "zip": exporting.as_zip}
    if ending not in streams:
        raise Http404
    mine = Conversation.objects.for_user(user).kept().order_by("-updated_at", "-id")
    ids = await in_database(lambda: list(mine.values_list("pk", flat=True)))
    return _streamed(_paced(request, streams[ending](user, ids)), "conversations", ending)


async def _paced(request: HttpRequest, pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The pieces, each made when the client has room for it: none is gathered in memory."""
    pace = request.scope.get("chatsite.paced") if isinstance(request, ASGIRequest) else None
    with pace() if pace else nullcontext() as writable:
        async for piece in pieces:
            yield piece
            if writable is not None:
                await writable.wait()


def _streamed(pieces: AsyncIterator[bytes], title: str, ending: str) -> StreamingHttpResponse:
    response = StreamingHttpResponse(pieces, content_type=TYPES[ending])
    # Compressing would be done in the event loop, where the answers are written.
    response["Content-Encoding"] = "identity"
    _attach(response, title, ending)
    return response


def _attach(response: Any, title: str, ending: str) -> None:
    """Have it saved by a name instead of shown."""
    name = exporting.filename(title, timezone.localtime(), ending)
    header = content_disposition_header(as_attachment=True, filename=name)
    response.headers["Content-Disposition"] = header or "attachment"
