"""Shares: which conversations anybody with a link can read, and an end to that."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from chat.models import Conversation, Share

from .readonly import ReviewAdmin, badge, filtered, transcript_url


class ShareAdmin(ReviewAdmin):
    actions = ("revoke",)
    list_display = ("created_at", "shown_title", "person", "state", "expires_at", "link")
    list_select_related = ("conversation__owner",)
    list_filter = ("created_at", "expires_at")
    date_hierarchy = "created_at"
    ordering = ("-created_at", "-pk")
    search_fields = ("title", "conversation__owner__username")
    search_help_text = _("Words of the title, or a user name")
    fields = ("shown_title", "person", "state", "created_at", "expires_at", "link")

    class Media:
        css = {"all": ["css/admin-review.css"]}  # noqa: RUF012 (Django's own form)

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        """Whether links may be made to stop working."""
        return request.user.has_perm("chat.delete_share")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Share]:
        """Each with whether it works, and without the copy that it shows."""
        works = Exists(Share.objects.readable().filter(pk=OuterRef("pk")))
        shares: QuerySet[Share] = super().get_queryset(request)
        return shares.annotate(works=works).defer("turns")

    @admin.action(description=_("Revoke the selected links"), permissions=["revoke"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[Share]) -> None:
        self.log_deletions(request, queryset)
        count = queryset.count()
        queryset.delete()
        said = ngettext("%d link was revoked.", "%d links were revoked.", count)
        self.message_user(request, said % count, messages.SUCCESS)

    @admin.display(description=_("title"), ordering="title")
    def shown_title(self, share: Share) -> SafeString:
        """What is shared, and where it is read in full."""
        title = share.title or str(_("Untitled"))
        return format_html('<a href="{}">{}</a>', transcript_url(share.conversation_id), title)

    @admin.display(description=_("person"), ordering="conversation__owner__username")
    def person(self, share: Share) -> SafeString:
        """The owner of the conversation, and where the others of theirs are."""
        owner = share.conversation.owner
        link = filtered(Conversation, owner__id__exact=owner.pk)
        return format_html('<a href="{}">{}</a>', link, owner)

    @admin.display(description=_("state"))
    def state(self, share: Any) -> SafeString | str:
        return badge("open" if share.works else "closed")

    @admin.display(description=_("link"))
    def link(self, share: Share) -> SafeString:
        """What anybody sees who has it."""
        return format_html('<a href="{}">{}</a>', share.get_absolute_url(), _("Open"))
