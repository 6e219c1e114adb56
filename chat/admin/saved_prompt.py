"""Prompts that administrators share with everybody; nobody's own are seen here."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from chat.models import SavedPrompt

from .readonly import Admin

# Generic for the type checker only.
if TYPE_CHECKING:
    ModelForm = forms.ModelForm[SavedPrompt]
else:
    ModelForm = forms.ModelForm


class SharedPromptForm(ModelForm):
    """Checks what the owner of a prompt would be checked for; this one has none."""

    class Meta:
        model = SavedPrompt
        fields = ("name", "text")

    def clean_name(self) -> str:
        """In small letters, and not the name of another shared prompt."""
        name = str(self.cleaned_data["name"]).lower()
        if SavedPrompt.objects.shared().filter(name=name).exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(_("There is a shared prompt of this name already."))
        return name

    def clean_text(self) -> str:
        """As long as anybody's own may be."""
        text = str(self.cleaned_data["text"])
        most = settings.LIMITS.max_saved_prompt_chars
        if len(text) > most:
            sentence = _("This is too long: at most %(limit)s characters.")
            raise forms.ValidationError(sentence, params={"limit": f"{most:,}"})
        return text


class SavedPromptAdmin(Admin):
    form = SharedPromptForm
    list_display = ("name", "beginning", "updated_at")
    search_fields = ("name", "text")
    ordering = ("name",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """The shared ones."""
        return super().get_queryset(request).filter(owner=None)

    @admin.display(description=_("text"))
    def beginning(self, prompt: SavedPrompt) -> str:
        return Truncator(prompt.text).chars(80)
