"""The site's settings with so few of everything that a test can use them up, and all patience."""

from dataclasses import replace

from chatsite.settings import *  # noqa: F403
from chatsite.settings import LIMITS as MANY

LIMITS = replace(MANY, streams_per_process=2, sockets_per_user=5, sends_per_minute=12)
