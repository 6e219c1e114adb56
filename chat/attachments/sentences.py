"""Why a file is not taken, in a sentence for the person."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .refused import Refused

SENTENCES = {
    "empty": gettext_lazy("“%(name)s” is empty."),
    "size": gettext_lazy("“%(name)s” is too large: a file may have %(limit)s MB."),
    "kind": gettext_lazy(
        "“%(name)s” cannot be read. Images (PNG, JPEG, WebP, GIF), PDF and text files can."
    ),
    "image": gettext_lazy("“%(name)s” is damaged, or not the image that its name says."),
    "pixels": gettext_lazy("“%(name)s” has too many pixels: at most %(limit)s million are read."),
    "pdf": gettext_lazy("“%(name)s” is damaged, or not a PDF."),
    "encrypted": gettext_lazy("“%(name)s” is protected by a password: take it off, and try again."),
    "scanned": gettext_lazy(
        "“%(name)s” has no text, only pictures of pages. Attach the pages as images instead."
    ),
    "pages": gettext_lazy("“%(name)s” has too many pages: at most %(limit)s are read."),
    "long": gettext_lazy("“%(name)s” has too much text: at most %(limit)s characters are read."),
    "heavy": gettext_lazy("“%(name)s” takes too long to read, or too much memory."),
    "stored": gettext_lazy("“%(name)s” could not be stored. Please try again later."),
    "quota": gettext_lazy("Your files fill their %(limit)s MB. Delete conversations with files."),
    "rate": gettext_lazy("Those were many files. Wait a little."),
    "upload": gettext_lazy("No file arrived."),
}


def sentence(refused: Refused, name: str = "") -> str:
    """What to tell the person about the file of this name."""
    values: dict[str, Any] = {"name": name or _("The file"), "limit": f"{refused.limit:,}"}
    return str(SENTENCES[refused.code]) % values


def too_many(limit: int) -> str:
    """Say how many files go with a prompt."""
    return _("At most %(limit)s files can be sent at once.") % {"limit": limit}
