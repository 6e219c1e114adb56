"""The symbols of `static/icons.svg`, in every template without `load`."""

from functools import cache

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag
def icon(name: str, which: str = "") -> SafeString:
    """A symbol beside words that say the same; `which` are more classes of it."""
    return _drawn(name, f"icon {which}".strip())


@cache
def _drawn(name: str, classes: str) -> SafeString:
    symbol = f"{static('icons.svg')}#{name}"
    return format_html(
        '<svg class="{}" aria-hidden="true"><use href="{}"></use></svg>', classes, symbol
    )
