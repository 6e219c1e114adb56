"""The written texts, read from the files beside this module."""

import functools
from pathlib import Path

DIRECTORY = Path(__file__).parent / "texts"


@functools.cache
def text(name: str) -> str:
    """Return the text of this name."""
    return (DIRECTORY / f"{name}.md").read_text(encoding="utf-8")
