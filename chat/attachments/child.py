"""The child process that opens one file: little memory, little time, and nothing to give away.

`python -m chat.attachments.child KIND BOUNDS` reads the file from its standard input. It writes a
line of JSON, with the sizes of what follows: the file made harmless, its preview and its text.
"""

import contextlib
import json
import os
import resource
import sys
from dataclasses import asdict

from .found import Bounds, Found
from .refused import Refused

POLITE = 10


def confine(bounds: Bounds) -> None:
    """Take the rights away that reading does not need, so that a bomb hits nobody else."""
    os.nice(POLITE)
    limits = {
        resource.RLIMIT_AS: bounds.memory,
        resource.RLIMIT_CPU: bounds.seconds,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_CORE: 0,
    }
    for limit, value in limits.items():
        # Not every system knows, or lowers, every limit.
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(limit, (value, value))


def read(kind: str, data: bytes, bounds: Bounds) -> Found:
    """What is in the file; only the library for this kind is loaded."""
    if kind == "image":
        from .images import read_image

        return read_image(data, bounds)
    if kind == "pdf":
        from .pdfs import read_pdf

        return read_pdf(data, bounds)
    from .texts import read_text

    return read_text(data, bounds)


def main() -> None:
    """Read the file of the standard input, and tell the parent."""
    kind, bounds = sys.argv[1], Bounds(**json.loads(sys.argv[2]))
    confine(bounds)
    pieces: list[bytes] = []
    try:
        found = read(kind, sys.stdin.buffer.read(), bounds)
        head = asdict(found)
        pieces = [head.pop("data"), head.pop("preview"), head.pop("text").encode()]
        head["sizes"] = [len(piece) for piece in pieces]
    except Refused as refused:
        head = {"refused": refused.code, "limit": refused.limit}
    except (MemoryError, RecursionError):
        head = {"refused": "heavy", "limit": 0}
    sys.stdout.buffer.write(b"".join([json.dumps(head).encode(), b"\n", *pieces]))


if __name__ == "__main__":
    main()
