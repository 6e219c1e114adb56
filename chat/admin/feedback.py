"""Feedback: what people think of answers, the newest first."""

from typing import Any

from django.contrib import admin
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from chat.models import Feedback

from .readonly import ReviewAdmin, badge, transcript_url


class FeedbackAdmin(ReviewAdmin):
    list_display = (
        "updated_at",
        "shown_verdict",
        "reason",
        "words",
        "person",
        "written_by",
        "answer",
    )
    list_filter = ("verdict", "reason", "message__generations__model", "updated_at")
    list_select_related = ("person", "message__conversation")
    date_hierarchy = "updated_at"
    ordering = ("-updated_at", "-pk")
    search_fields = ("text", "person__username", "message__conversation__title")
    search_help_text = _("Words of the feedback, of the conversation’s title, or a user name")
    fields = ("shown_verdict", "reason", "text", "person", "written_by", "answer", "updated_at")

    class Media:
        css = {"all": ["css/admin-review.css"]}  # noqa: RUF012 (Django's own form)

    def get_queryset(self, request: Any) -> Any:
        """Each with the commands that wrote its answer."""
        return super().get_queryset(request).prefetch_related("message__generations")

    @admin.display(description=_("verdict"), ordering="verdict")
    def shown_verdict(self, feedback: Feedback) -> SafeString | str:
        """Coloured like the endings of answers."""
        return badge(feedback.verdict)

    @admin.display(description=_("words"))
    def words(self, feedback: Feedback) -> str:
        """The first of what was written."""
        return Truncator(feedback.text).chars(120) or "—"

    @admin.display(description=_("model"))
    def written_by(self, feedback: Feedback) -> str:
        """Who wrote the answer."""
        generation = feedback.message.generation
        return generation.model if generation else "—"

    @admin.display(description=_("answer"))
    def answer(self, feedback: Feedback) -> SafeString:
        """Where it stands in its conversation."""
        conversation = feedback.message.conversation
        address = transcript_url(conversation.pk, feedback.message.pk)
        return format_html('<a href="{}">{}</a>', address, Truncator(str(conversation)).chars(60))
