"""Generations: the answers of everybody, to find those that went wrong."""

from typing import Any

from django.contrib import admin
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from chat.templatetags.chat import seconds

from .readonly import ReviewAdmin, badge, transcript_url

STEPS = "started_at first_token_at stop_requested_at finished_at".split()


class GenerationAdmin(ReviewAdmin):
    list_display = (
        "created_at",
        "transcript",
        "person",
        "model",
        "shown_status",
        "error_code",
        "first_token",
        "duration",
        "completion_tokens",
    )
    list_filter = ("status", "error_code", "model", "usage_source", "created_at")
    list_select_related = ("conversation__owner",)
    date_hierarchy = "created_at"
    ordering = ("-pk",)
    search_fields = ("error_text", "conversation__title", "conversation__owner__username")
    search_help_text = _("Words of the error, of the conversation’s title, or a user name")
    fieldsets = (
        (None, {"fields": ["transcript", "person", "shown_status", "model", "params"]}),
        (_("Times"), {"fields": ["created_at", "timeline", "tokens_per_second"]}),
        (
            _("Ending"),
            {
                "fields": [
                    "finish_reason",
                    "stop_requested_by",
                    "upstream_closed_ms",
                    "error_code",
                    "error_text",
                    "error_retryable",
                ]
            },
        ),
        (
            _("Tokens"),
            {"fields": ["usage_source", "prompt_tokens", "completion_tokens", "reasoning_tokens"]},
        ),
        (_("Command"), {"fields": ["key", "attempt", "owner"]}),
    )

    class Media:
        css = {"all": ["css/admin-review.css"]}  # noqa: RUF012 (Django's own form)

    @admin.display(description=_("conversation"), ordering="conversation__title")
    def transcript(self, generation: Any) -> SafeString:
        link = transcript_url(generation.conversation_id, generation.message_id)
        title = Truncator(str(generation.conversation)).chars(40)
        return format_html('<a href="{}">{}</a>', link, title)

    @admin.display(description=_("person"), ordering="conversation__owner__username")
    def person(self, generation: Any) -> str:
        return str(generation.conversation.owner)

    @admin.display(description=_("status"), ordering="status")
    def shown_status(self, generation: Any) -> SafeString | str:
        return badge(generation.status)

    @admin.display(description=_("after that"))
    def timeline(self, generation: Any) -> SafeString:
        """What happened when, in seconds after the command."""
        times = [(step.removesuffix("_at"), getattr(generation, step)) for step in STEPS]
        after = [(at - generation.created_at, step) for step, at in times if at]
        return format_html_join(
            ", ",
            "{} {} s",
            (
                (step.replace("_", " "), f"{time.total_seconds():.3f}")
                for time, step in sorted(after)
            ),
        )

    @admin.display(description=_("first token"))
    def first_token(self, generation: Any) -> str:
        return _seconds(generation.first_token_ms)

    @admin.display(description=_("duration"))
    def duration(self, generation: Any) -> str:
        return _seconds(generation.duration_ms)


def _seconds(milliseconds: int | None) -> str:
    return "—" if milliseconds is None else f"{seconds(milliseconds)} s"
