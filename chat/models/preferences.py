"""What a person wants a new conversation to begin with."""

from typing import ClassVar

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db import models


class PreferencesManager(models.Manager["Preferences"]):
    """One row for each person who has chosen anything."""

    def of(self, user: AbstractBaseUser | AnonymousUser) -> "Preferences":
        """The person's own, or unsaved ones in which nothing is chosen."""
        user_id: int = user.pk or 0
        return self.filter(user_id=user_id).first() or Preferences(user_id=user_id)


class Preferences(models.Model):
    """The model, the system prompt and the parameters of a person's new conversations."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="preferences"
    )
    model = models.CharField(max_length=200, blank=True)
    system_prompt = models.TextField(blank=True)
    params = models.JSONField(default=dict, blank=True)

    objects: ClassVar[PreferencesManager] = PreferencesManager()

    class Meta:
        verbose_name_plural = "preferences"

    def __str__(self) -> str:
        return f"preferences of {self.user_id}"
