"""What Open WebUI folds into the text of an answer: reasoning, calls of tools, programs."""

import json
import re
from html import unescape

from .parts import Part, call, result, thought, took, words

FOLDED = re.compile(
    r'<details type="(reasoning|tool_calls|code_interpreter)"([^<>]*)>'
    r"\s*(?:<summary>[^<]*</summary>)?(.*?)</details>",
    re.DOTALL,
)
FIELD = re.compile(r'(\w+)="([^"]*)"')
FENCE = re.compile(r"\A```\w*\n(.*)\n```\Z", re.DOTALL)
QUOTE = re.compile(r"^> ?", re.MULTILINE)


def unfolded(text: str) -> list[Part]:
    """The parts of an answer, in order."""
    # Where an end follows, each beginning finds one: it looks no further than that.
    head, mark, _rest = text.rpartition("</details>")
    parts: list[Part] = []
    at = 0
    for found in FOLDED.finditer(text, 0, len(head + mark)):
        parts += words(text[at : found.start()].strip("\n"))
        at = found.end()
        kind, fields, inner = found.groups()
        parts += _inner(kind, dict(FIELD.findall(fields)), unescape(inner).strip())
    return parts + words(text[at:].strip("\n") if at else text)


def _inner(kind: str, fields: dict[str, str], inner: str) -> list[Part]:
    known = {name: unescape(value) for name, value in fields.items()}
    if kind == "reasoning":
        seconds = known.get("duration", "")
        lasted = took(int(seconds)) if seconds.isdecimal() and len(seconds) < 7 else []
        return thought(QUOTE.sub("", inner)) + lasted
    if kind == "code_interpreter":
        ran = call("code", "code_interpreter", FENCE.sub(r"\1", inner))
        return ran + (result(known["output"], id="code") if known.get("output") else [])
    id = known.get("id", "")
    asked = call(id, known.get("name", ""), _plain(known.get("arguments", "")))
    returned = known.get("result") or inner
    return asked + (result(_plain(returned), id=id) if returned else [])


def _plain(text: str) -> str:
    """A text that was written as JSON, once more than it needed to be."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return text
    return value if isinstance(value, str) else text
