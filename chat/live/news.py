"""News for tabs: that something changed, never what it says.

Tabs of this process hear at once. Where a site has several processes, the channel layer tells the
others; it may lose what it is told, so every process also looks for itself (see the heartbeat).
"""

import asyncio
import logging
import uuid
from typing import Any

from channels.layers import get_channel_layer
from django.conf import settings
from django.db import DatabaseError, InterfaceError
from redis.exceptions import RedisError

from chat import sessions
from chat.database import in_database

from . import frames, permissions, standing
from .answers import answers
from .tabs import tabs

logger = logging.getLogger(__name__)

GROUP = "processes"
HERE = uuid.uuid4().hex
AGAIN_SECONDS = 0.5


async def say_turn(user_id: int, conversation_id: uuid.UUID, generation_id: int) -> None:
    """A turn was added at the leaf of a person's conversation."""
    await _say("turn", user=user_id, conversation=str(conversation_id), generation=generation_id)


async def say_path(conversation_id: uuid.UUID, generation_id: int | None = None) -> None:
    """Other messages are shown now; `generation_id` brought that about, if one did."""
    await _say("path", conversation=str(conversation_id), generation=generation_id)


async def say_list(
    user_id: int, conversation_id: uuid.UUID, *, running: bool, **what: bool
) -> None:
    """The list of a person's conversations changed: this one runs now, or ended.

    It may also be `deleted`, have `moved` to another place of the list or out of it or back, or
    have an answer that is `unseen` or no longer so.
    """
    hint = {"conversation": str(conversation_id), "running": running, **what}
    await _say("list", user=user_id, hint=hint)


async def say_title(user_id: int, conversation_id: uuid.UUID, title: str) -> None:
    """A conversation has this title, which other processes read in its row."""
    _tell_title(user_id, str(conversation_id), title)
    await _say_elsewhere("title", user=user_id, conversation=str(conversation_id))


async def say_settings(
    user_id: int, conversation_id: uuid.UUID, model: str, *, differs: bool
) -> None:
    """A conversation goes on with this model; its settings are the person's usual ones or not."""
    hint = {"conversation": str(conversation_id), "model": model, "differs": differs}
    await _say("settings", user=user_id, hint=hint)


async def say_check(user_id: int) -> None:
    """A person's password or standing changed: some sessions may have ended."""
    await _say("check", user=user_id)


async def say_signed_out(session_hash: str) -> None:
    """A browser signed out."""
    await _say("signed_out", session=session_hash)


async def say_stop(generation_id: int, user_id: int) -> None:
    """A person wants their generation stopped, which is noted in its row too."""
    await _say("stop", generation=generation_id, user=user_id)


async def say_permission(ask: uuid.UUID) -> None:
    """A person said whether a tool may run, which is in the database."""
    await _say("permission", ask=str(ask))


async def listen() -> None:
    """Hear what other processes tell, until cancelled; what is lost meanwhile is lost."""
    layer = get_channel_layer()
    assert layer is not None, "settings.CHANNEL_LAYERS has a default"
    while True:
        try:
            channel = await layer.new_channel()
            await layer.group_add(GROUP, channel)
            while True:
                event = await layer.receive(channel)
                if event["told_by"] != HERE:
                    await hear(event)
        except (RedisError, OSError) as error:
            logger.warning("other processes cannot be heard: %s", type(error).__name__)
            await asyncio.sleep(AGAIN_SECONDS)


async def hear(event: dict[str, Any]) -> None:
    """Tell the tabs and the writers of this process."""
    try:
        await _pass_on(event)
    except (DatabaseError, InterfaceError) as error:
        logger.warning("%s was not told: %s", event["kind"], type(error).__name__)


async def _pass_on(event: dict[str, Any]) -> None:
    match event["kind"]:
        case "turn":
            for tab in tabs.on(uuid.UUID(event["conversation"])):
                if tab.user_id == event["user"]:
                    tab.turn_accepted(event["generation"])
                else:
                    # It showed a new chat whose id somebody else has used: it will be turned away.
                    tab.path_changed()
        case "path":
            for tab in tabs.on(uuid.UUID(event["conversation"])):
                tab.path_changed(event["generation"])
        case "list":
            tabs.say(event["user"], frames.encode("sidebar", **event["hint"]))
            if not event["hint"]["running"]:
                for tab in tabs.on(uuid.UUID(event["hint"]["conversation"])):
                    tab.answer_over()
        case "settings":
            tabs.say(event["user"], frames.encode("settings", **event["hint"]))
        case "title":
            if tabs.of(event["user"]):
                title = await in_database(standing.title, event["conversation"])
                _tell_title(event["user"], event["conversation"], title)
        case "check":
            keys = {tab.session_key for tab in tabs.of(event["user"])}
            tabs.sign_out({key for key in keys if not await in_database(sessions.user_of, key)})
        case "signed_out":
            keys = {tab.session_key for tab in tabs}
            tabs.sign_out({k for k in keys if sessions.session_hash(k) == event["session"]})
        case "stop":
            answers.stop(event["generation"], event["user"])
        case "permission":
            permissions.hear(event["ask"])


def _tell_title(user_id: int, conversation_id: str, title: str) -> None:
    if title:
        tabs.say(user_id, frames.encode("title", conversation=conversation_id, title=title))


async def _say(kind: str, **event: Any) -> None:
    await hear({"kind": kind, **event})
    await _say_elsewhere(kind, **event)


async def _say_elsewhere(kind: str, **event: Any) -> None:
    if not settings.ENVIRONMENT.redis_url:
        return
    layer = get_channel_layer()
    assert layer is not None, "settings.CHANNEL_LAYERS has a default"
    try:
        await layer.group_send(GROUP, {"type": "news", "told_by": HERE, "kind": kind, **event})
    except (RedisError, OSError) as error:
        logger.warning("other processes could not be told: %s", type(error).__name__)
