"""Markdown to safe HTML, whole or as it arrives. Plain Python: knows nothing of Django."""

from chat.rendering.blocks import Blocks
from chat.rendering.document import render
from chat.rendering.fence import OpenCode

VERSION = 4
"""Raised whenever the HTML of some document changes, so that stored HTML is rendered again."""

__all__ = ["VERSION", "Blocks", "OpenCode", "render"]
