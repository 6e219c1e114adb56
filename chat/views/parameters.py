"""The form of what a model is told and asked: system prompt and parameters."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from pydantic import ValidationError

from chat.forms import Params

from .page_form import PageForm

SENTENCES = {
    "temperature": _("This must be a number from 0 to 2."),
    "top_p": _("This must be a number from 0 to 1."),
    "max_tokens": _("This must be a whole number from 1 to 10,000,000."),
    "seed": _("This must be a whole number."),
    "reasoning_effort": _("Choose one of the list."),
}
EFFORTS = [
    ("", _("Model’s default")),
    ("none", _("None")),
    ("minimal", _("Minimal")),
    ("low", _("Low")),
    ("medium", _("Medium")),
    ("high", _("High")),
    ("xhigh", _("Very high")),
]


class Words(forms.CharField):
    """Text of several lines, counted as the browser counts it: a line's end is one character."""

    widget = forms.Textarea

    def to_python(self, value: Any) -> str:
        return (super().to_python(value) or "").replace("\r\n", "\n")


class Number(forms.CharField):
    """A number as people write it, with a point or a comma; "" if it is not set."""

    def __init__(self, mode: str, **kwargs: Any) -> None:
        attrs = {"inputmode": mode, "autocomplete": "off", "placeholder": _("Model’s default")}
        super().__init__(
            required=False, max_length=40, widget=forms.TextInput(attrs=attrs), **kwargs
        )

    def to_python(self, value: Any) -> str:
        return (super().to_python(value) or "").replace(",", ".")


class ParametersForm(PageForm):
    """Checked by `Params`, as everything is that reaches a model; only what is set is kept."""

    system_prompt = Words(
        label=_("System prompt"),
        required=False,
        help_text=_("What the model is told before the conversation begins."),
    )
    temperature = Number(
        "decimal", label=_("Temperature"), help_text=_("From 0 to 2; higher is more varied.")
    )
    top_p = Number(
        "decimal", label=_("Top-p"), help_text=_("From 0 to 1; lower keeps to likely words.")
    )
    max_tokens = Number(
        "numeric", label=_("Maximum tokens"), help_text=_("The longest that an answer may be.")
    )
    seed = Number("text", label=_("Seed"), help_text=_("The same number makes answers more alike."))
    reasoning_effort = forms.ChoiceField(
        label=_("Reasoning effort"), required=False, choices=EFFORTS
    )

    def __init__(self, data: Any = None, *, kept: Any = None, **kwargs: Any) -> None:
        """`kept` has the `system_prompt` and `params` that are there now."""
        initial = {"system_prompt": kept.system_prompt, **kept.params} if kept else {}
        super().__init__(data, initial=initial, **kwargs)
        most = settings.LIMITS.max_system_prompt_chars
        attrs = {"rows": 4, "dir": "auto", "maxlength": most}
        self.fields["system_prompt"].widget.attrs |= attrs

    def clean_system_prompt(self) -> str:
        """Refuse what is too long; a browser would not have let it be typed."""
        words: str = self.cleaned_data["system_prompt"]
        most = settings.LIMITS.max_system_prompt_chars
        if len(words) > most:
            sentence = _("This is too long: at most %(limit)s characters.")
            raise forms.ValidationError(sentence, params={"limit": f"{most:,}"})
        return words

    def clean(self) -> dict[str, Any]:
        """The fields, with `params` as a conversation keeps them."""
        given = {name: self.cleaned_data.get(name) for name in Params.model_fields}
        try:
            params = Params.model_validate({name: value for name, value in given.items() if value})
        except ValidationError as error:
            for each in error.errors():
                name = str(each["loc"][0])
                self.add_error(name, str(SENTENCES[name]))
            return self.cleaned_data
        return {**self.cleaned_data, "params": params.given()}

    @property
    def chosen(self) -> dict[str, Any]:
        """The system prompt and the parameters of a valid form."""
        return {name: self.cleaned_data[name] for name in ("system_prompt", "params")}
