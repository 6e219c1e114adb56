"""The site's settings with so little patience that a test can wait for its end."""

from dataclasses import replace

from chatsite.settings import *  # noqa: F403
from chatsite.settings import LIMITS as LONG

LIMITS = replace(
    LONG,
    connect_seconds=1.0,
    first_token_seconds=1.0,
    silence_seconds=0.6,
    answer_seconds=3.0,
    answer_chars=5_000,
    keep_alive_seconds=0.3,
)
