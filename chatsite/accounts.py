"""Who may have an account here, and how an invitation becomes one."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db import transaction
from django.db.models.functions import Now
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from chat.models.invitation import Invitation

INVITATION = "invitation"
LOOPBACK = ("127.0.0.1", "::1", "")


def invited(request: HttpRequest, token: str) -> HttpResponse:
    """Remember an invitation's token for the sign-up page; only signing up uses it."""
    request.session[INVITATION] = token
    return redirect("account_signup")


class AccountAdapter(DefaultAccountAdapter):
    """allauth's behaviour with the policy of `SIGNUP`."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        if settings.SIGNUP != "invite":
            return bool(settings.SIGNUP == "open")
        token = request.session.get(INVITATION, "")
        return bool(token) and Invitation.objects.usable(token).exists()

    @transaction.atomic
    def save_user(self, request: HttpRequest, user: Any, form: Any, commit: bool = True) -> Any:
        user = super().save_user(request, user, form, commit)
        if settings.SIGNUP == "invite":
            self._use_invitation(request, user)
        return user

    def _use_invitation(self, request: HttpRequest, user: AbstractUser) -> None:
        """Use the invitation up; of two who come with the same one, the update lets one pass."""
        invitation = Invitation.objects.usable(request.session.pop(INVITATION, ""))
        if not invitation.update(used_at=Now(), used_by=user):
            raise ImmediateHttpResponse(redirect("account_signup"))

    def get_client_ip(self, request: HttpRequest) -> str:
        """The address that throttling counts by: what the proxy says where there is one."""
        proxied = settings.BEHIND_PROXY or request.META.get("REMOTE_ADDR", "") in LOOPBACK
        forwarded = request.headers.get("X-Forwarded-For", "") if proxied else ""
        nearest = forwarded.rpartition(",")[2].strip()
        return nearest or request.META.get("REMOTE_ADDR") or "unknown"
