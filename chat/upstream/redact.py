"""Server messages made fit for a log: no keys, and nothing of what a person wrote."""

import re
from collections.abc import Iterator
from typing import Any

CHARACTERS = 300
# Looking through more than this, such as whole files, would keep everybody waiting.
LONGEST = 500_000
# What is shorter is no key but a word that a server without keys is given.
SECRET = 8
_WINDOW = 12
_KEYS = re.compile(r"(?i)\b(sk|key|bearer|token)[-_ ][\w*.\-]{6,}")
_INPUT = re.compile(r"input_value=.*?(?=, input_type|\]|$)", re.DOTALL)


def redacted(detail: str, api_key: str, messages: list[dict[str, Any]]) -> str:
    """The detail, bounded, with keys and every run of characters from the messages blanked."""
    detail = _INPUT.sub("input_value=…", detail)
    if len(api_key) >= SECRET:
        detail = detail.replace(api_key, "…")
    detail = _KEYS.sub("…", detail[: 2 * CHARACTERS])
    prompt = "\n".join(words for message in messages for words in _words(message))
    if len(prompt) > LONGEST:
        return ""
    return _without(detail, prompt)[:CHARACTERS]


def _without(detail: str, prompt: str) -> str:
    covered = [False] * len(detail)
    flat = " ".join(prompt.split())
    for start in range(len(detail) - _WINDOW + 1):
        if detail[start : start + _WINDOW] in flat:
            covered[start : start + _WINDOW] = [True] * _WINDOW
    shown = "".join("\0" if hidden else mark for mark, hidden in zip(detail, covered, strict=True))
    return re.sub("\0+", "…", shown)


def _words(value: Any) -> Iterator[str]:
    """Every string inside a message, except roles, types and the data of images."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from _words(item)
    elif isinstance(value, dict):
        for name, item in value.items():
            if name not in ("role", "type", "image_url"):
                yield from _words(item)
