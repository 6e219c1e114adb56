"""The tools that there are: those that come with the site, and those of MCP servers."""

from . import servers
from .calculator import calculate
from .clock import current_time
from .conversations import search_conversations
from .tool import Tool


def builtin() -> list[Tool]:
    """Each that comes with the site; to add one, write a function and name it here."""
    return [current_time, calculate, search_conversations]


def known() -> list[Tool]:
    """All that can be offered now."""
    return [*builtin(), *servers.tools()]
