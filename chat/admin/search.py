"""What somebody searches for: words, those in quotation marks together, or an id."""

import uuid

from django.db.models import Q
from django.utils.text import smart_split, unescape_string_literal


def words(search: str) -> list[str]:
    """The words of a search; those in quotation marks are one."""
    return [
        unescape_string_literal(word) if word[0] in "\"'" and word[-1:] == word[0] else word
        for word in smart_split(search)
    ]


def any_in(field: str, search: str) -> Q:
    """Rows of which a field has any of the words."""
    found = Q(pk__in=[])
    for word in words(search):
        found |= Q((f"{field}__icontains", word))
    return found


def as_id(word: str) -> uuid.UUID | None:
    """The id that a word may be."""
    try:
        return uuid.UUID(word)
    except ValueError:
        return None
