"""Template filters of the chat pages."""

from decimal import Decimal

from django import template
from django.utils.formats import number_format
from django.utils.translation import gettext

from chat.attachments.found import MEGA
from chat.models import Generation
from chat.prices import cost_of
from chat.upstream.errors import ADVICE

register = template.Library()


@register.filter
def seconds(milliseconds: float | None) -> str:
    """Milliseconds as seconds with one decimal below ten, none above: 3400 → "3.4"."""
    if milliseconds is None:
        return ""
    value = milliseconds / 1000
    return number_format(value, decimal_pos=1 if value < 10 else 0)


@register.filter
def grouped(number: int) -> str:
    """A whole number with its thousands apart: 12345 → "12,345"."""
    return number_format(number, force_grouping=True)


@register.filter
def megabytes(number: int) -> str:
    """A limit of bytes as refusals name it: 20000000 → "20 MB"."""
    return f"{number_format(number // MEGA)} MB"


@register.filter
def money(amount: Decimal) -> str:
    """An amount with two decimals, or four where it is small: 0.00123 → "0.0012"."""
    if 0 < amount < Decimal("0.0001"):
        return f"< {number_format(Decimal('0.0001'), decimal_pos=4)}"
    return number_format(amount, decimal_pos=2 if amount >= 1 else 4, force_grouping=True)


@register.filter
def cost(generation: Generation) -> str:
    """What an answer cost, with its currency; "" where its model has no price."""
    found = cost_of(generation)
    return f"{money(found[0])} {found[1]}" if found else ""


@register.filter
def advice(generation: Generation) -> str:
    """What may help a failed answer, in the reader's language; "" where asking again may."""
    told = ADVICE.get(generation.error_code)
    return gettext(told) if told and not generation.error_retryable else ""
