"""One's saved prompts and the shared ones: a page to keep them, and what the composer asks for."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from chat.models import SavedPrompt
from chat.models.saved_prompt import NAME_LENGTH

from .page_form import PageForm
from .parameters import Words

EXCERPT = 100


class PromptForm(PageForm):
    """A name that is free, and a text that is not too long."""

    name = forms.SlugField(
        label=gettext_lazy("Name"),
        max_length=NAME_LENGTH,
        allow_unicode=True,
        help_text=gettext_lazy("Typed after a slash: letters, digits and hyphens."),
        error_messages={"invalid": gettext_lazy("Only letters, digits and hyphens can be used.")},
    )
    text = Words(
        label=gettext_lazy("Text"),
        help_text=gettext_lazy("Write {{topic}} for what is to be asked each time."),
    )

    def __init__(self, data: Any = None, *, prompt: SavedPrompt) -> None:
        initial = {"name": prompt.name, "text": prompt.text}
        super().__init__(data, initial=initial, auto_id="prompt-%s")
        self.prompt = prompt
        self.fields["name"].widget.attrs |= {"autocapitalize": "off", "autocomplete": "off"}
        attrs = {"rows": 6, "dir": "auto", "maxlength": settings.LIMITS.max_saved_prompt_chars}
        self.fields["text"].widget.attrs |= attrs

    def clean_name(self) -> str:
        """Names are small letters, so that nobody wonders which to type."""
        # Some letters are two when they are small.
        return str(self.cleaned_data["name"]).lower()[:NAME_LENGTH]

    def clean_text(self) -> str:
        """Refuse what is too long; a browser would not have let it be typed."""
        most = settings.LIMITS.max_saved_prompt_chars
        if len(self.cleaned_data["text"]) > most:
            sentence = _("This is too long: at most %(limit)s characters.")
            raise forms.ValidationError(sentence, params={"limit": f"{most:,}"})
        return str(self.cleaned_data["text"])

    def save(self) -> bool:
        """Keep it; False, with a sentence at the name, where another prompt has that name."""
        self.prompt.name, self.prompt.text = self.cleaned_data["name"], self.cleaned_data["text"]
        try:
            with transaction.atomic():
                self.prompt.save()
        except IntegrityError:
            self.add_error("name", _("You have a prompt of this name already."))
            return False
        return True


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def prompts(request: HttpRequest) -> HttpResponse:
    """The list, and a form to make another."""
    return _edited(request, SavedPrompt(owner_id=request.user.pk))


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def edit(request: HttpRequest, prompt_id: int) -> HttpResponse:
    """Change one of one's own."""
    mine = SavedPrompt.objects.own(request.user)
    return _edited(request, get_object_or_404(mine, pk=prompt_id))


@require_POST
@login_required
def delete(request: HttpRequest, prompt_id: int) -> HttpResponse:
    """Delete one of one's own."""
    mine = SavedPrompt.objects.own(request.user)
    prompt = get_object_or_404(mine, pk=prompt_id)
    prompt.delete()
    messages.success(request, _("%(prompt)s was deleted.") % {"prompt": prompt})
    return redirect("chat:prompts")


@require_POST
@login_required
def copy(request: HttpRequest, prompt_id: int) -> HttpResponse:
    """Make a shared prompt one's own, to change it."""
    shared = get_object_or_404(SavedPrompt.objects.shared(), pk=prompt_id)
    if _full(request):
        messages.error(request, _too_many())
        return redirect("chat:prompts")
    mine = SavedPrompt.objects.own(request.user)
    made, _created = mine.get_or_create(
        owner_id=request.user.pk, name=shared.name, defaults={"text": shared.text}
    )
    return redirect("chat:edit-prompt", made.pk)


@require_safe
@login_required
@never_cache
def choices(request: HttpRequest) -> HttpResponse:
    """The names, each with how its text begins; of two with one name one's own."""
    found = SavedPrompt.objects.for_user(request.user).values_list("pk", "name", "text")
    by_name: dict[str, dict[str, Any]] = {}
    for id, name, text in found:
        by_name.setdefault(name, {"id": id, "name": name, "hint": " ".join(text.split())[:EXCERPT]})
    return JsonResponse({"prompts": list(by_name.values())})


@require_safe
@login_required
@never_cache
def text(request: HttpRequest, prompt_id: int) -> HttpResponse:
    """The whole text of a prompt that one may use."""
    found = get_object_or_404(SavedPrompt.objects.for_user(request.user), pk=prompt_id)
    return JsonResponse({"text": found.text})


def _edited(request: HttpRequest, prompt: SavedPrompt) -> HttpResponse:
    form = PromptForm(request.POST or None, prompt=prompt)
    if request.method == "POST" and form.is_valid():
        if not prompt.pk and _full(request):
            form.add_error(None, _too_many())
        elif form.save():
            messages.success(request, _("%(prompt)s was saved.") % {"prompt": prompt})
            return redirect("chat:prompts")
    found = list(SavedPrompt.objects.for_user(request.user))
    context = {
        "form": form,
        "prompt": prompt,
        "own": [each for each in found if each.owner_id is not None],
        "shared": [each for each in found if each.owner_id is None],
    }
    return render(request, "prompts/prompts.html", context)


def _full(request: HttpRequest) -> bool:
    most = settings.LIMITS.saved_prompts_per_user
    return SavedPrompt.objects.own(request.user).count() >= most


def _too_many() -> str:
    most = settings.LIMITS.saved_prompts_per_user
    return _("You have as many prompts as one may: %(limit)s.") % {"limit": most}
