"""Template filters of the chat pages."""

from django import template
from django.utils.formats import number_format

register = template.Library()


@register.filter
def seconds(milliseconds: float | None) -> str:
    """Milliseconds as seconds with one decimal below ten, none above: 3400 → "3.4"."""
    if milliseconds is None:
        return ""
    value = milliseconds / 1000
    return number_format(value, decimal_pos=1 if value < 10 else 0)
