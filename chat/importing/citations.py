"""ChatGPT's marks in an answer, which stand for sources and names, made legible."""

import json
import re
from typing import Any

from .fields import text

# In characters for private use, or in brackets as they were before. None goes beyond the beginning
# of the next: looking to the end of the text for each that has no end would take for ever.
MARK = re.compile(" ?(\ue200([^\ue200\ue201]*)\ue201|【\\d+†[^【】]*】)")
INNER = "\ue202"
WEB = ("https://", "http://")


def legible(words: str, references: list[dict[str, Any]]) -> str:
    """The text with each mark as ChatGPT writes it out, else as it can be read, else gone."""
    known = {text(each.get("matched_text")): text(each.get("alt")) for each in references}

    def shown(found: re.Match[str]) -> str:
        instead = known.get(found[1]) or _read(found[2] or "")
        # What goes takes the space before it along.
        return found[0].removesuffix(found[1]) + instead if instead else ""

    return MARK.sub(shown, words)


def _read(mark: str) -> str:
    kind, *values = mark.split(INNER)
    if kind == "entity" and values:
        return _name(values[0])
    if kind in ("url", "video") and values:
        title, address = values[0], values[-1]
        return f"[{title}]({address})" if address.startswith(WEB) else title
    return ""


def _name(entity: str) -> str:
    """The name in `["place", "Paris", …]`."""
    try:
        known = json.loads(entity)
    except (ValueError, RecursionError):
        return entity if "[" not in entity else ""
    return text(known[1]) if isinstance(known, list) and len(known) > 1 else ""
