"""The few places where text becomes HTML."""

import re

_SPECIAL = re.compile("[&<>\"'\x01-\x06]")
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;"}


def escape(text: str) -> str:
    """Return `text` as HTML text; it can hold neither a tag nor one of the writer's marks."""
    return _SPECIAL.sub(lambda match: _ENTITIES.get(match[0], "\ufffd"), text)
