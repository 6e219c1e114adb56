"""Models that are read in the admin and changed nowhere."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.contrib.auth.models import AnonymousUser, User
from django.db.models import Model
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

# Generic for the type checker only.
if TYPE_CHECKING:
    Admin = admin.ModelAdmin[Any]
else:
    Admin = admin.ModelAdmin


class ReadOnlyAdmin(Admin):
    """Nobody adds, changes or deletes here, superusers included."""

    actions: tuple[str, ...] | None = None
    view_on_site = False
    # One count less: nobody needs to know how many rows a filter left out.
    show_full_result_count = False
    list_per_page = 50

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ReviewAdmin(ReadOnlyAdmin):
    """What people and models said, for those who may read conversations: one permission for all."""

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may_review(request.user)


def may_review(user: User | AnonymousUser) -> bool:
    """Whether `user` may read everybody's conversations."""
    return user.has_perm("chat.view_conversation")


def transcript_url(conversation_id: Any, message_id: int | None = None) -> str:
    """The address of a transcript, at one of its messages if one is named."""
    address = reverse("admin:chat_conversation_change", args=[conversation_id])
    return address if message_id is None else f"{address}?at={message_id}#turn-{message_id}"


def filtered(model: type[Model], **params: Any) -> str:
    """The address of a model's list with these filters."""
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"
    return reverse(name, query={key: str(value) for key, value in params.items()})


def badge(status: str | None) -> SafeString | str:
    """A status, coloured by what it says."""
    return format_html('<span class="status {0}">{0}</span>', status) if status else "—"
