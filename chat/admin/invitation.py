"""Invitations: made here with a link that is shown once, and revoked."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from chat.models import Invitation

from .readonly import Admin, ReadOnlyAdmin, badge


class InvitationForm(forms.Form):
    """How long the link works."""

    days = forms.IntegerField(
        label=_("Days"),
        min_value=1,
        max_value=365,
        initial=7,
        help_text=_("How many days the link works"),
    )


class InvitationAdmin(ReadOnlyAdmin):
    actions = ("revoke",)
    list_display = ("created_at", "state", "expires_at", "used_by", "used_at")
    list_select_related = ("used_by",)
    list_filter = ("created_at",)
    fields = list_display
    ordering = ("-pk",)

    class Media:
        css = {"all": ["css/admin-review.css"]}  # noqa: RUF012 (Django's own form)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return Admin.has_add_permission(self, request)

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        """Whether invitations may be changed in the one way that there is."""
        return request.user.has_perm("chat.change_invitation")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Invitation]:
        """Each with whether somebody may still come with it."""
        is_open = Exists(Invitation.objects.open().filter(pk=OuterRef("pk")))
        invitations: QuerySet[Invitation] = super().get_queryset(request)
        return invitations.annotate(is_open=is_open)

    def add_view(
        self,
        request: HttpRequest,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Ask for how long; then show the link, which is kept nowhere and so never shown again."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = InvitationForm(request.POST if request.method == "POST" else None)
        link = self._issue(request, form.cleaned_data["days"]) if form.is_valid() else ""
        context = {
            **self.admin_site.each_context(request),
            "title": _("Invite somebody"),
            "opts": self.opts,
            "form": form,
            "link": link,
            "signup": settings.SIGNUP,
            "media": self.media,
        }
        return TemplateResponse(request, "admin/chat/invitation/invite.html", context)

    def _issue(self, request: HttpRequest, days: int) -> str:
        token = Invitation.objects.issue(days)
        invitation = Invitation.objects.usable(token).get()
        self.log_addition(request, invitation, [{"added": {}}])
        return str(settings.PUBLIC_URL + reverse("invitation", args=[token]))

    @admin.action(description=_("Revoke the selected invitations"), permissions=["revoke"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        revoked = list(queryset.filter(is_open=True))
        Invitation.objects.filter(pk__in=[each.pk for each in revoked]).revoke()
        for each in revoked:
            self.log_change(request, each, "Revoked.")
        said = ngettext("%d invitation was revoked.", "%d invitations were revoked.", len(revoked))
        self.message_user(request, said % len(revoked), messages.SUCCESS)

    @admin.display(description=_("state"))
    def state(self, invitation: Any) -> SafeString | str:
        if invitation.used_at:
            return badge("used")
        return badge("open" if invitation.is_open else "expired")
