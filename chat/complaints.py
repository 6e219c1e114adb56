"""What is wrong with a field of a command, in a plain sentence that names it as its sender did."""

import re

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from pydantic import ValidationError

# By how pydantic's names for what is wrong begin: https://docs.pydantic.dev/latest/errors/validation_errors/
SENTENCES: dict[str, Promise] = {
    "missing": _("%(field)s is missing."),
    "extra_forbidden": _("%(field)s is not known."),
    "int": _("%(field)s must be a whole number."),
    "float": _("%(field)s must be a number."),
    "finite_number": _("%(field)s must be a number."),
    "string_type": _("%(field)s must be a string."),
    "string_too_long": _("%(field)s is too long: at most %(max_length)s characters."),
    "bool": _("%(field)s must be true or false."),
    "dict_type": _("%(field)s must be an object."),
    "model": _("%(field)s must be an object."),
    "list_type": _("%(field)s must be a list."),
    "too_long": _("%(field)s holds more than %(max_length)s entries."),
    "uuid": _("%(field)s must be a UUID."),
    "greater_than_equal": _("%(field)s must be at least %(ge)s."),
    "less_than_equal": _("%(field)s must be at most %(le)s."),
    "less_than": _("%(field)s must be less than %(lt)s."),
    "literal_error": _("%(field)s must be one of: %(choices)s."),
}
OTHERWISE = _("%(field)s is not valid.")
WITHOUT_A_FIELD: dict[str, Promise] = {
    "json_invalid": _("The frame is not JSON."),
    "union_tag_invalid": _("The type is unknown."),
    "union_tag_not_found": _("The type is missing."),
}
# A name may be the sender's own: say no more of it than a name can hold.
NO_NAME = re.compile(r"[^\w.-]")
LONGEST_NAME = 60


def complaint(error: ValidationError) -> str:
    """A sentence about the first problem, without repeating what was sent."""
    first = error.errors(include_url=False, include_input=False)[0]
    field = _field(first["loc"])
    if field is None:
        return str(WITHOUT_A_FIELD.get(first["type"], _("The frame is not an object.")))
    found = [name for name in SENTENCES if first["type"].startswith(name)]
    sentence = SENTENCES[max(found, key=len)] if found else OTHERWISE
    context = first.get("ctx", {}).items()
    told = {name: f"{v:g}" if isinstance(v, float) else v for name, v in context}
    choices = ", ".join(re.findall(r"'([^']+)'", str(told.get("expected"))))
    return str(sentence) % {**told, "field": field, "choices": choices}


def _field(place: tuple[int | str, ...]) -> str | None:
    """The name of a field within its command, as `params.seed`; None for the frame itself."""
    # First is the command's type; "[key]" says that a key, which stands before it, is wrong.
    names = [str(name) for name in place[1:] if name != "[key]"]
    return NO_NAME.sub("", ".".join(names))[:LONGEST_NAME] if names else None
