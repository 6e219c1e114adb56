"""What was read from a file, and within which limits."""

from dataclasses import dataclass

MEGA = 1_000_000


@dataclass(frozen=True)
class Bounds:
    """Limits of one reading: pixels of an image, pages and characters of a text, time, memory."""

    pixels: int = 50 * MEGA
    side: int = 2048
    pages: int = 500
    chars: int = 400_000
    seconds: int = 20
    memory: int = 1024 * 1024 * 1024


@dataclass(frozen=True)
class Found:
    """What is kept of a file: itself, made harmless; a small picture of it; its text."""

    kind: str
    media_type: str
    data: bytes
    preview: bytes = b""
    text: str = ""
    width: int = 0
    height: int = 0
    pages: int = 0
