"""Importing: the form for a file, and how the imports of a person stand."""

from http import HTTPStatus

from asgiref.sync import async_to_sync
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from chat.importing import work
from chat.models import Import

SHOWN = 10


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def imports(request: HttpRequest) -> HttpResponse:
    """The form and the last imports; by POST a file to bring in."""
    fault = _take(request) if request.method == "POST" else ""
    if request.method == "POST" and not fault:
        return redirect("chat:import")
    whole = not request.htmx  # type: ignore[attr-defined]
    if fault and not whole:
        plain = "text/plain; charset=utf-8"
        return HttpResponse(fault, content_type=plain, status=HTTPStatus.BAD_REQUEST)
    work.settle(request.user)
    found = list(Import.objects.for_user(request.user)[:SHOWN])
    context = {
        "imports": found,
        "going_on": any(each.going_on for each in found),
        "fault": fault,
        "largest": settings.LIMITS.import_bytes,
    }
    template = "chat/import/page.html" if whole else "chat/import/list.html"
    status = HTTPStatus.BAD_REQUEST if fault else HTTPStatus.OK
    return render(request, template, context, status=status)


def _take(request: HttpRequest) -> str:
    """Begin the import of the file that was sent; gives a sentence if that cannot be."""
    upload = request.FILES.get("file")
    limit = settings.LIMITS.import_bytes
    if not isinstance(upload, UploadedFile) or not upload.size:
        return _("Choose a file first.")
    if upload.size > limit:
        return _("The file is larger than %(size)s.") % {"size": filesizeformat(limit)}
    try:
        made = work.receive(request.user, upload)
    except work.Busy:
        return _("An import is going on already. Wait until it has ended.")
    if made.going_on:
        async_to_sync(work.begin)(made)
    return ""
