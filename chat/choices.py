"""The models that can be chosen: those of the settings, else those that the server lists."""

import asyncio
from typing import Any

from django.conf import settings

from chat.upstream import LocalServer, get_upstream, local_servers

FRESH_SECONDS = 60.0
UNKNOWN_SECONDS = 2.0

_listed: list[str] = []
_local: list[LocalServer] = []


async def refresh() -> None:
    """Ask the model server what it has; an answer of nothing keeps what was known.

    While the demo model answers, look also for real ones on this machine.
    """
    _listed[:] = await get_upstream().models() or _listed
    if settings.ENVIRONMENT.demo:
        _local[:] = await local_servers()


async def keep_fresh() -> None:
    """Ask now and every minute, for models are added; soon again of a server not yet there."""
    while True:
        await refresh()
        await asyncio.sleep(FRESH_SECONDS if models() else UNKNOWN_SECONDS)


def models() -> list[str]:
    """Names of models, the default first; empty while none is known."""
    return settings.ENVIRONMENT.openai_models or list(_listed)


def default() -> str:
    """The model of a new conversation; "" while none is known."""
    return next(iter(models()), "")


def offered(model: str) -> list[str]:
    """Names to choose from: those that are known, and `model`, which somebody may have typed."""
    known = models()
    return known if model in known or not model else [model, *known]


def banner() -> dict[str, Any] | None:
    """What to say while the demo model answers: the servers found here to connect to."""
    return {"servers": list(_local)} if settings.ENVIRONMENT.demo else None
