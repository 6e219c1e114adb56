"""A saved prompt: text with a name, put into the composer by `/name`."""

from typing import ClassVar

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

NAME_LENGTH = 40


class SavedPromptQuerySet(models.QuerySet["SavedPrompt"]):
    """Saved prompts, by whose they are."""

    def own(self, user: AbstractBaseUser | AnonymousUser) -> "SavedPromptQuerySet":
        """Those that `user` has made."""
        return self.filter(owner_id=user.pk)

    def shared(self) -> "SavedPromptQuerySet":
        """Those that administrators have made for everybody."""
        return self.filter(owner=None)

    def for_user(self, user: AbstractBaseUser | AnonymousUser) -> "SavedPromptQuerySet":
        """All that `user` may use: by name, and of two with one name their own first."""
        mine_or_shared = self.filter(Q(owner_id=user.pk) | Q(owner=None))
        return mine_or_shared.order_by("name", F("owner").asc(nulls_last=True))


class SavedPrompt(models.Model):
    """One person's, or everybody's if nobody owns it; `{{topic}}` in the text is asked for."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        editable=False,
        related_name="saved_prompts",
    )
    name = models.SlugField(
        _("name"),
        max_length=NAME_LENGTH,
        allow_unicode=True,
        help_text=_("Typed after a slash: letters, digits and hyphens."),
    )
    text = models.TextField(
        _("text"), help_text=_("Write {{topic}} for what is to be asked each time.")
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects: ClassVar[SavedPromptQuerySet] = SavedPromptQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering: ClassVar[list[str]] = ["name"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["owner", "name"], name="saved_prompt_of_that_name"),
            models.UniqueConstraint(
                fields=["name"], condition=Q(owner=None), name="shared_prompt_of_that_name"
            ),
        ]

    def __str__(self) -> str:
        return f"/{self.name}"
