"""Template filters of the cards that show tool calls."""

import json
from typing import Any

from django import template
from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from chat.stream.entries import ToolCallPart
from chat.tools import builtin

register = template.Library()

LONGEST_PRETTY = 40_000
ICONS = {
    "calculate": "tool-calculator",
    "current_time": "tool-clock",
    "search_conversations": "search",
}


@register.filter
def tool_title(name: str) -> str | Promise:
    """What a person calls the tool of this name."""
    return next((tool.title for tool in builtin() if tool.name == name), name or "…")


@register.filter
def tool_icon(name: str) -> str:
    """The symbol of a tool in icons.svg."""
    return ICONS.get(name, "tool")


@register.filter
def tool_state(part: ToolCallPart, done: bool) -> str:
    """How a call stands: writing, asking, running, done, error, stopped or idle (never run)."""
    state = part.get("state")
    if part["result"] is not None and state != "denied":
        return "error" if part["error"] else "done"
    if done and state != "denied":
        return "stopped" if state else "idle"
    return state or "writing"


@register.filter
def tool_seconds(milliseconds: int) -> str:
    """How long a call took, in seconds."""
    digits = 1 if milliseconds < 10_000 else 0
    return _("%(n)s s") % {"n": number_format(milliseconds / 1000, decimal_pos=digits)}


@register.filter
def pretty(text: str, width: int) -> str:
    """JSON that is longer than a line of `width` characters with its structure, else as it is."""
    if not width < len(text) < LONGEST_PRETTY or text[0] not in "{[":
        return text
    try:
        value: Any = json.loads(text)
    except (ValueError, RecursionError):
        return text
    return json.dumps(value, indent=2, ensure_ascii=False)
