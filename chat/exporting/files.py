"""Names of exported files, which every system can keep."""

import re
from datetime import datetime

from django.utils.text import get_valid_filename

LENGTH = 60
# Windows keeps these for devices.
DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)$", re.IGNORECASE)


def filename(title: str, at: datetime, ending: str, number: int | None = None) -> str:
    """A name made of a day and a title; a number keeps those with the same title apart."""
    words = " ".join(re.sub(r"[^\w\-]+", " ", title)[:LENGTH].split())
    name = get_valid_filename(words or "conversation").strip("._-") or "conversation"
    name = f"{name}_" if DEVICES.match(name) else name
    mark = "" if number is None else f"-{number}"
    return f"{at:%Y-%m-%d}-{name}{mark}.{ending}"
