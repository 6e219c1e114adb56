"""Text files, in whatever characters they were written."""

import codecs
import re

from charset_normalizer import from_bytes

from .found import Bounds, Found
from .refused import Refused

# The longer mark first: that of UTF-32 begins with that of UTF-16.
MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
MOST_BYTES_A_CHARACTER = 4
# Detecting costs time, and the first pages tell as much as all of them.
SAMPLE = 64 * 1024
# Of the encodings that files still have; among all that there are, a short text looks like any.
OLD = ["cp1252", "cp1251", "gb18030", "cp932", "cp949", "big5", "koi8_r", "cp1250"]
CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
LINE_END = re.compile(r"\r\n?")


def read_text(data: bytes, bounds: Bounds) -> Found:
    """The text of a file with its bytes as they are; raises Refused for what is no text."""
    if len(data) > bounds.chars * MOST_BYTES_A_CHARACTER:
        raise Refused("long", bounds.chars)
    text = storable(_decoded(data))
    if CONTROL.search(text):
        raise Refused("kind")
    if not text.strip():
        raise Refused("empty")
    if len(text) > bounds.chars:
        raise Refused("long", bounds.chars)
    return Found(kind="text", media_type="text/plain; charset=utf-8", data=text.encode(), text=text)


def storable(text: str) -> str:
    """The text without halves of characters, with the line ends of Unix."""
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return LINE_END.sub("\n", whole)


def _decoded(data: bytes) -> str:
    for mark, encoding in MARKS:
        if data.startswith(mark):
            return data.removeprefix(codecs.BOM_UTF8).decode(encoding, "replace")
    try:
        return data.decode()
    except UnicodeDecodeError:
        guess = from_bytes(data[:SAMPLE], cp_isolation=OLD).best()
    if guess is None:
        raise Refused("kind")
    return data.decode(guess.encoding, "replace")
