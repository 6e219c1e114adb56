"""Names of files, as people gave them, made fit to be shown and saved."""

import re
from pathlib import PurePosixPath

LENGTH = 120
# Control characters, and those that turn the direction of what follows: `gpj.exe` is no picture.
UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")


def clean_name(name: str) -> str:
    """The last part of a path, in one line, its middle left out where it is too long."""
    last = UNSEEN.sub("", name.replace("\\", "/").rpartition("/")[2])
    last = " ".join(last.split()).encode(errors="replace").decode()
    if len(last) > LENGTH:
        suffix = PurePosixPath(last).suffix[:20]
        last = f"{last[: LENGTH - 1 - len(suffix)]}…{suffix}"
    return last.strip(". ") or "file"
