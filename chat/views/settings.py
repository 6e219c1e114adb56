"""A person's own page of settings: what a new conversation begins with, colours, language."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods
from pydantic import TypeAdapter, ValidationError

from chat import choices
from chat.forms import ModelName
from chat.models import Preferences

from .parameters import ParametersForm

_model_name: TypeAdapter[str] = TypeAdapter(ModelName)


class PreferencesForm(ParametersForm):
    """The parameters, and the model: one of the list or any other by its name."""

    field_order = ("model",)
    model = forms.CharField(
        label=gettext_lazy("Model"),
        required=False,
        help_text=gettext_lazy("One of the list, or any other that the server knows."),
        widget=forms.TextInput(
            attrs={"list": "models", "autocomplete": "off", "autocapitalize": "off"}
        ),
    )

    def __init__(self, data: Any = None, *, kept: Preferences) -> None:
        super().__init__(data, kept=kept, auto_id="setting-%s")
        self.initial["model"] = kept.model
        self.fields["model"].widget.attrs["placeholder"] = choices.default()

    def clean_model(self) -> str:
        """Refuse what can be nobody's name."""
        try:
            return _model_name.validate_python(self.cleaned_data["model"])
        except ValidationError:
            raise forms.ValidationError(_("A name has at most 200 characters.")) from None

    @property
    def chosen(self) -> dict[str, Any]:
        """The fields of the person's preferences."""
        return {**super().chosen, "model": self.cleaned_data["model"]}


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def preferences(request: HttpRequest) -> HttpResponse:
    """Show and keep what new conversations begin with; those that exist stay as they are."""
    form = PreferencesForm(request.POST or None, kept=Preferences.objects.of(request.user))
    if request.method == "POST" and form.is_valid():
        user_id: int = request.user.pk or 0
        Preferences.objects.update_or_create(user_id=user_id, defaults=form.chosen)
        messages.success(request, _("Saved. New chats begin with this."))
        return redirect("chat:preferences")
    context = {"form": form, "models": choices.models(), "languages": settings.LANGUAGES}
    return render(request, "settings/preferences.html", context)
