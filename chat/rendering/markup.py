"""The few places where text becomes HTML."""

import re

from chat.rendering.equations import SHIELDED

_SPECIAL = re.compile("[&<>\"'\x01-\x07\x0e]")
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;", **SHIELDED}


def escape(text: str) -> str:
    """Return `text` as HTML text; it can hold neither a tag nor one of the writer's marks."""
    return _SPECIAL.sub(lambda match: _ENTITIES.get(match[0], "\ufffd"), text)
