"""The site's settings with little patience for tools."""

from dataclasses import replace

from chatsite.settings import *  # noqa: F403
from chatsite.settings import LIMITS as LONG

LIMITS = replace(LONG, tool_seconds=5.0)
