"""Links to conversations: made, listed and revoked by their owners, read by anybody."""

import uuid
from http import HTTPStatus
from typing import Any

from csp.constants import NONE, SELF
from csp.decorators import csp
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from chat import sharing
from chat.models import Conversation, Share

# How many days a link may work; "" is for ever.
DAYS = {"": None, "1": 1, "7": 7, "30": 30, "365": 365}
POLICY = {
    "default-src": [NONE],
    "style-src": [SELF],
    "img-src": [SELF, "data:"],
    "manifest-src": [SELF],
    "form-action": [NONE],
    "base-uri": [NONE],
    "frame-ancestors": [NONE],
}


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def share(request: HttpRequest, conversation_id: uuid.UUID) -> HttpResponse:
    """The links to a conversation of one's own, and by POST a new one."""
    mine = Conversation.objects.for_user(request.user)
    conversation = get_object_or_404(mine, pk=conversation_id)
    fault = _make(conversation, request.POST) if request.method == "POST" else ""
    if request.method == "POST" and not fault and not request.htmx:  # type: ignore[attr-defined]
        return redirect("chat:share", conversation_id)
    shares = sharing.shares_of(request.user).filter(conversation=conversation)
    context = {"conversation": conversation, "shares": shares, "fault": fault}
    return _answer(request, "share", context, HTTPStatus.BAD_REQUEST if fault else HTTPStatus.OK)


def _make(conversation: Conversation, fields: Any) -> str:
    """Make a link; gives a sentence if that cannot be."""
    days = fields.get("days", "")
    if days not in DAYS:
        return _("A link can be valid for a day, a week, a month, a year or for ever.")
    try:
        sharing.share(conversation, DAYS[days])
    except sharing.NothingToShare:
        return _("There is nothing to share yet.")
    except sharing.TooManyShares as error:
        (limit,) = error.args
        many = ngettext(
            "You have %(n)s link already; revoke one that is not needed any more.",
            "You have %(n)s links already; revoke one that is not needed any more.",
            limit,
        )
        return many % {"n": limit}
    return ""


@require_safe
@login_required
@never_cache
def shares(request: HttpRequest) -> HttpResponse:
    """All of one's links."""
    context = {"shares": sharing.shares_of(request.user), "address": _address(request)}
    return render(request, "chat/share/all.html", context)


@require_POST
@login_required
def revoke(request: HttpRequest, share_id: int) -> HttpResponse:
    """Let a link of one's own stop working."""
    share = get_object_or_404(sharing.shares_of(request.user), pk=share_id)
    conversation = share.conversation
    share.delete()
    if request.POST.get("from") == "all":
        return redirect("chat:shares")
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect("chat:share", conversation.pk)
    left = sharing.shares_of(request.user).filter(conversation=conversation)
    return _answer(request, "share", {"conversation": conversation, "shares": left}, HTTPStatus.OK)


@require_safe
@never_cache
@csp(POLICY)  # type: ignore[arg-type]
def shared(request: HttpRequest, token: str) -> HttpResponse:
    """What a link shows to anybody; of an unknown, expired or revoked one, nothing."""
    share = get_object_or_404(Share.objects.readable(), token=token)
    start = request.GET.get("from", "")
    found = sharing.shared(share, int(start) if start.isdecimal() and len(start) < 9 else 0)
    context = {"share": share, "shared": found}
    response = render(request, "chat/share/shared.html", context)
    response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    # A page that is linked from it must not learn the token.
    response["Referrer-Policy"] = "no-referrer"
    return response


def _address(request: HttpRequest) -> str:
    """The site as this person reaches it."""
    return request.build_absolute_uri("/").rstrip("/")


def _answer(
    request: HttpRequest, name: str, context: dict[str, Any], status: HTTPStatus
) -> HttpResponse:
    """The fragment for a dialog, or the page around it."""
    context["address"] = _address(request)
    whole = not request.htmx  # type: ignore[attr-defined]
    template = f"chat/share/{'page' if whole else name}.html"
    return render(request, template, context, status=status)
