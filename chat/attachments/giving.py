"""A stored file as an answer to its owner, from which a browser runs nothing."""

from django.db.models.fields.files import FieldFile
from django.http import Http404, HttpResponse
from django.utils.http import content_disposition_header

SHOWN = ("image/png", "image/jpeg", "image/webp")
HEADERS = {
    "Cache-Control": "private, max-age=86400, immutable",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


def given(file: FieldFile, name: str, media_type: str) -> HttpResponse:
    """The whole file: images to be seen, everything else to be saved under its name."""
    try:
        with file.open("rb") as opened:
            data = opened.read()
    except (OSError, ValueError):
        raise Http404 from None
    response = HttpResponse(data, content_type=media_type, headers=HEADERS)
    how = content_disposition_header(media_type not in SHOWN, name)
    response["Content-Disposition"] = how or "attachment"
    return response
