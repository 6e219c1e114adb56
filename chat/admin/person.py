"""People: Django's own page for users, from which nobody's conversations can vanish."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _

from chat.models import Conversation

# Generic for the type checker only.
if TYPE_CHECKING:
    Users = UserAdmin[User]
else:
    Users = UserAdmin


class PersonAdmin(Users):
    """People with conversations are deactivated, not deleted."""

    list_display = ("username", "email", "is_active", "is_staff", "last_login", "date_joined")
    ordering = ("username",)

    def get_deleted_objects(
        self, objs: Sequence[Any] | QuerySet[Any], request: HttpRequest
    ) -> tuple[list[Any], dict[str, int], set[str], list[str]]:
        """Refuse whoever has conversations, and say what can be done instead.

        Django would load every message they wrote, and then refuse because of a permission.
        """
        owners = Conversation.objects.filter(owner__in=[each.pk for each in objs])
        kept = sorted(owners.values_list("owner__username", flat=True).distinct())
        if not kept:
            return super().get_deleted_objects(objs, request)
        return (
            [],
            {},
            set(),
            [_("The conversations of %s, who can be deactivated instead") % name for name in kept],
        )
