"""What a request brought along: for tests, and for people who attach files to a demonstration."""

import base64
import binascii
import hashlib
import json
import re
from collections.abc import Sequence
from typing import Any

from chat.demo.answer import Answer
from chat.demo.refusal import Refusal

# A file's text comes under its name, in a fence.
ENCLOSED = re.compile(
    r"^File “(?P<name>.*?)”(?:, \d+ pages)?:\n(`{3,})\n.*?\n\2(?:\n\n|$)", re.MULTILINE | re.DOTALL
)
BLIND = Refusal(
    400,
    "Invalid content type. image_url is only supported by certain models.",
    param="messages",
)
CANNOT = "I am a demonstration and cannot look at files, but a real model would have got these:"


def without_files(text: str) -> str:
    """The text of a message without the files that are enclosed in it."""
    return ENCLOSED.sub("", text)


def brought(message: dict[str, Any]) -> list[str]:
    """A line of Markdown for each image and each file of a message."""
    content = message.get("content")
    parts = content if isinstance(content, list) else [{"type": "text", "text": content}]
    lines = []
    for part in parts:
        if isinstance(part, dict) and (url := _url(part)):
            lines.append(f"- an image: {_told(url)}")
        elif isinstance(part, dict) and isinstance(part.get("text"), str):
            found = ENCLOSED.finditer(part["text"])
            lines += [f"- {match['name']}: {len(match[0]):,} characters" for match in found]
    return lines


def has_images(messages: Sequence[dict[str, Any]]) -> bool:
    """Whether a request shows images."""
    contents = [message.get("content") for message in messages]
    parts = [part for content in contents if isinstance(content, list) for part in content]
    return any(isinstance(part, dict) and _url(part) for part in parts)


def received(messages: Sequence[dict[str, Any]]) -> Answer:
    """All messages of the request as JSON, with images as their size and digest."""
    said = json.dumps(list(messages), ensure_ascii=False, indent=1, default=str)
    said = re.sub(r'"(data:[^"]*)"', lambda found: f'"{_told(found[1])}"', said)
    return Answer(text=f"`````json\n{said}\n`````\n")


def _url(part: dict[str, Any]) -> str:
    image = part.get("image_url")
    url = image.get("url") if isinstance(image, dict) else None
    return url if isinstance(url, str) else ""


def _told(url: str) -> str:
    head, _, data = url.partition(";base64,")
    try:
        image = base64.b64decode(data, validate=True)
    except binascii.Error:
        return "not base64"
    digest = hashlib.sha256(image).hexdigest()[:16]
    return f"{head.removeprefix('data:')}, {len(image)} bytes, {digest}"
