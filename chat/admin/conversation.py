"""Conversations: found by person, date, model, status and text; read as transcripts."""

import uuid
from typing import Any
from urllib.parse import parse_qs

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from chat.attachments.giving import given
from chat.models import Attachment, Conversation, Generation, Message

from .filters import AnswerModelFilter, AnswerStatusFilter, PersonFilter, of_person
from .readonly import ReviewAdmin, badge, filtered
from .search import as_id, words
from .transcript import Asked, transcript

SAFE_METHODS = ("GET", "HEAD")


class ConversationAdmin(ReviewAdmin):
    list_display = (
        "shown_title",
        "person",
        "shown_model",
        "said",
        "status",
        "updated_at",
    )
    list_filter = (PersonFilter, AnswerStatusFilter, AnswerModelFilter, "updated_at")
    date_hierarchy = "created_at"
    ordering = ("-updated_at", "-id")
    search_fields = ("title", "messages__text")
    search_help_text = _(
        "Words of the title, of any message or of the person’s name, or a conversation’s id"
    )

    class Media:
        css = {"all": ["css/admin-review.css"]}  # noqa: RUF012 (Django's own form)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Conversation]:
        """Each with its number of messages and the status of its newest answer."""
        newest = Generation.objects.filter(conversation=OuterRef("pk")).order_by("-pk")
        said = Message.objects.filter(conversation=OuterRef("pk")).order_by()
        counted = said.values("conversation").annotate(n=Count("pk")).values("n")
        everybodys: QuerySet[Conversation] = super().get_queryset(request)
        return everybodys.select_related("owner").annotate(
            messages_in_all=Coalesce(Subquery(counted, output_field=IntegerField()), 0),
            newest_status=Subquery(newest.values("status")[:1]),
        )

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Those with every word in the title, some message, or the person's name or e-mail.

        "Quoted words" stay together.
        A subquery for each word, not a join: nothing is multiplied, so nothing must be distinct.
        """
        for word in words(search_term):
            said = Message.objects.filter(conversation=OuterRef("pk"), text__icontains=word)
            found = Q(title__icontains=word) | Q(Exists(said)) | of_person(word)
            queryset = queryset.filter(found | Q(pk=id) if (id := as_id(word)) else found)
        return queryset, False

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """The whole transcript, a page at a time."""
        if request.method not in SAFE_METHODS or not self.has_view_permission(request):
            raise PermissionDenied
        conversation = self.get_object(request, unquote(object_id))
        if conversation is None:
            raise Http404
        asked = Asked.of(request.GET)
        context = {
            **self.admin_site.each_context(request),
            "title": conversation.title or _("Untitled"),
            "opts": self.opts,
            "original": conversation,
            "conversation": conversation,
            "transcript": transcript(conversation, asked),
            "words": asked.words or sought(request),
            "person_url": filtered(Conversation, owner__id__exact=conversation.owner_id),
            "answers_url": filtered(Generation, conversation__id__exact=conversation.pk),
            "preserved_filters": self.get_preserved_filters(request),
            "media": self.media,
        }
        template = "admin/chat/conversation/transcript.html"
        return TemplateResponse(request, template, {**context, **(extra_context or {})})

    def get_urls(self) -> list[Any]:
        """Also the files of a transcript."""
        file = self.admin_site.admin_view(self.attachment_view)
        return [path("attachments/<uuid:pk>/", file, name="chat_attachment"), *super().get_urls()]

    def attachment_view(self, request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
        """A file that was sent, for those who may read the transcript that it is in."""
        if request.method not in SAFE_METHODS or not self.has_view_permission(request):
            raise PermissionDenied
        sent = Attachment.objects.exclude(message=None).defer("text")
        found = get_object_or_404(sent, pk=pk)
        if "preview" in request.GET:
            return given(found.preview, found.name, "image/webp")
        return given(found.file, found.name, found.media_type)

    @admin.display(description=_("title"), ordering="title")
    def shown_title(self, conversation: Any) -> str:
        return conversation.title or str(_("Untitled"))

    @admin.display(description=_("person"), ordering="owner__username")
    def person(self, conversation: Any) -> SafeString:
        link = filtered(Conversation, owner__id__exact=conversation.owner_id)
        return format_html('<a href="{}">{}</a>', link, conversation.owner)

    @admin.display(description=_("model"), ordering="model")
    def shown_model(self, conversation: Any) -> str:
        return conversation.model or "—"

    @admin.display(description=_("messages"))
    def said(self, conversation: Any) -> int:
        return int(conversation.messages_in_all)

    @admin.display(description=_("last status"))
    def status(self, conversation: Any) -> SafeString | str:
        return badge(conversation.newest_status)


def sought(request: HttpRequest) -> str:
    """What was searched for in the list from which somebody comes."""
    return parse_qs(request.GET.get("_changelist_filters", "")).get("q", [""])[0]
