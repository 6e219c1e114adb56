"""Attachments as a model is told of them: images as data, everything else as text."""

import base64
import re
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings

from .attachment import Attachment

BACKTICKS = re.compile("`+")
LEFT_OUT = "[The image “%s” was shown earlier and is left out now.]"
LOST = "[The file “%s” is not there any more.]"


@dataclass
class Enclosed:
    """What goes with one prompt."""

    texts: list[str] = field(default_factory=list)
    images: list[dict[str, Any]] = field(default_factory=list)

    def content(self, text: str) -> str | list[dict[str, Any]]:
        """The content of a message: a text where there is no image, for not all know parts."""
        words = "\n\n".join([*self.texts, *([text] if text else [])])
        if not self.images:
            return words
        return [*self.images, *([{"type": "text", "text": words}] if words else [])]


def enclosed(prompts: list[int]) -> dict[int, Enclosed]:
    """What goes with each of these prompts of one path, by its id; no query if there are none.

    Messages are as old as their ids. Of the images the newest, as many as one request may hold.
    """
    if not prompts:
        return {}
    found: defaultdict[int, Enclosed] = defaultdict(Enclosed)
    known = list(Attachment.objects.filter(message__in=prompts).order_by("message", "place"))
    images = [each for each in known if each.kind == Attachment.Kind.IMAGE]
    shown = {each.pk for each in images[-settings.LIMITS.images_per_request :]}
    for each in known:
        if each.message_id is not None:
            _enclose(found[each.message_id], each, shown=each.pk in shown)
    return dict(found)


def _enclose(into: Enclosed, attachment: Attachment, *, shown: bool) -> None:
    if attachment.kind != Attachment.Kind.IMAGE:
        into.texts.append(fenced(attachment))
    elif not shown:
        into.texts.append(LEFT_OUT % attachment.name)
    elif url := _data_url(attachment):
        into.images.append({"type": "image_url", "image_url": {"url": url}})
    else:
        into.texts.append(LOST % attachment.name)


def fenced(attachment: Attachment) -> str:
    """A file's text under its name, in a fence that the text itself cannot close."""
    longest = max(map(len, BACKTICKS.findall(attachment.text)), default=0)
    fence = "`" * max(3, longest + 1)
    pages = f", {attachment.pages} pages" if attachment.pages else ""
    text = attachment.text.rstrip("\n")
    return f"File “{attachment.name}”{pages}:\n{fence}\n{text}\n{fence}"


def _data_url(attachment: Attachment) -> str:
    """The image as a URL (RFC 2397); "" if the storage lost it."""
    try:
        with attachment.file.open("rb") as file:
            data: bytes = file.read()
    except OSError:
        return ""
    return f"data:{attachment.media_type};base64,{base64.b64encode(data).decode()}"
