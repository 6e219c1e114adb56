"""Files: uploaded before they are sent, given back to their owner only."""

import uuid
from http import HTTPStatus

from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.exceptions import SuspiciousOperation
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from chat.attachments.found import MEGA
from chat.attachments.giving import given
from chat.attachments.refused import Refused
from chat.attachments.sentences import sentence
from chat.database import in_database, writing
from chat.models import Attachment
from chat.uploads import NotTaken, take_in

# What a multipart body has beside the file.
ENVELOPE = 64 * 1024
STATUS = {
    "size": HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    "rate": HTTPStatus.TOO_MANY_REQUESTS,
    "quota": HTTPStatus.INSUFFICIENT_STORAGE,
    "stored": HTTPStatus.SERVICE_UNAVAILABLE,
    "upload": HTTPStatus.BAD_REQUEST,
}


@csrf_exempt  # the token is in the body, and is looked for after the size of that
@require_POST
@login_required
async def upload(request: HttpRequest) -> HttpResponse:
    """Take a file in; gives its chip as HTML, or a sentence that says why not."""
    length = request.META.get("CONTENT_LENGTH") or ""
    if length.isdecimal() and int(length) > settings.LIMITS.file_bytes + ENVELOPE:
        refused = Refused("size", settings.LIMITS.file_bytes // MEGA)
        return _refused(refused.code, sentence(refused))
    try:
        # Taking a body apart takes a while, which the loop does not have.
        await sync_to_async(lambda: request.FILES, thread_sensitive=False)()
    except (MultiPartParserError, UnreadablePostError, SuspiciousOperation):
        return _refused("upload", sentence(Refused("upload")))
    return await _checked_upload(request)


@csrf_protect
async def _checked_upload(request: HttpRequest) -> HttpResponse:
    file = request.FILES.get("file")
    if not isinstance(file, UploadedFile):
        return _refused("upload", sentence(Refused("upload")))
    try:
        attachment = await take_in((await request.auser()).pk or 0, file)
    except NotTaken as why:
        return _refused(why.code, str(why))
    context = {"part": attachment.part}
    chip = "chat/attachments/chip.html"
    return await sync_to_async(render)(request, chip, context, status=HTTPStatus.CREATED)


def _refused(code: str, text: str) -> HttpResponse:
    status = STATUS.get(code, HTTPStatus.UNPROCESSABLE_ENTITY)
    return HttpResponse(text, content_type="text/plain; charset=utf-8", status=status)


@require_http_methods(["GET", "HEAD", "DELETE"])
@login_required
async def attachment(request: HttpRequest, attachment_id: uuid.UUID) -> HttpResponse:
    """A file of one's own; or take back one that was not sent."""
    if request.method == "DELETE":
        return await _remove(request, attachment_id)
    found = await _mine(request, attachment_id)
    return await in_database(given, found.file, found.name, found.media_type)


@require_safe
@login_required
async def preview(request: HttpRequest, attachment_id: uuid.UUID) -> HttpResponse:
    """A small picture of an image of one's own."""
    found = await _mine(request, attachment_id)
    return await in_database(given, found.preview, found.name, "image/webp")


@require_POST
@login_required
async def remove(request: HttpRequest, attachment_id: uuid.UUID) -> HttpResponse:
    """Take back a file of one's own that was not sent; the same for a form."""
    return await _remove(request, attachment_id)


@require_safe
@login_required
@never_cache
def chips(request: HttpRequest) -> HttpResponse:
    """The chips of files of one's own that a page had before it was loaded again."""
    ids = [id for id in map(_uuid, request.GET.getlist("id")) if id is not None]
    mine = Attachment.objects.for_user(request.user)
    found = mine.defer("text").in_bulk(ids[: settings.LIMITS.files_per_prompt])
    parts = [found[id].part for id in dict.fromkeys(ids) if id in found]
    return render(request, "chat/attachments/chips.html", {"parts": parts})


async def _mine(request: HttpRequest, attachment_id: uuid.UUID) -> Attachment:
    mine = Attachment.objects.for_user(await request.auser()).defer("text")
    found: Attachment = await in_database(get_object_or_404, mine, pk=attachment_id)
    return found


async def _remove(request: HttpRequest, attachment_id: uuid.UUID) -> HttpResponse:
    unsent = Attachment.objects.for_user(await request.auser()).unsent()
    deleted, _ = await writing(unsent.filter(pk=attachment_id).delete)
    if not deleted:
        raise Http404
    return HttpResponse(status=HTTPStatus.NO_CONTENT)


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
