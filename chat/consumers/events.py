"""The SSE door: a tab's frames as server-sent events, for where no WebSocket gets through.

It speaks plain ASGI, as its response ends when the reader or the tab leaves, whichever is first.
"""

import asyncio
import logging
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import orjson
from django.conf import settings

from chat import sessions
from chat.database import in_database
from chat.live import frames
from chat.live.tab import Tab, Visit, Wire
from chat.live.tabs import SIGNED_OUT, tabs

from .handshake import INTERNAL_ERROR, TOO_MANY, activate_language, live_start, session_key

logger = logging.getLogger(__name__)

HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
    (b"x-content-type-options", b"nosniff"),
]


async def events(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Tell a tab until it leaves; the last event is `close`, with the code of a WebSocket's end."""
    if scope["method"] != "GET":
        await send({"type": "http.response.start", "status": 405, "headers": [(b"allow", b"GET")]})
        await send({"type": "http.response.body"})
        return
    activate_language(scope)
    await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
    with paced(scope) as writable:
        telling = asyncio.create_task(_tell(scope, EventStream(send), writable))
        leaving = asyncio.create_task(_disconnected(receive))
        try:
            await asyncio.wait({telling, leaving}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            telling.cancel()
            leaving.cancel()
            await asyncio.gather(telling, leaving, return_exceptions=True)
    await send({"type": "http.response.body"})


class EventStream:
    """Frames on their way out as events."""

    def __init__(self, send: Any) -> None:
        self._send = send

    async def event(self, frame: str) -> None:
        """Send a frame as an event of its type."""
        name = orjson.loads(frame)["type"]
        await self._write(f"event: {name}\ndata: {frame}\n\n")

    async def keep_alive(self, writable: asyncio.Event) -> None:
        """Now and then a comment for proxies, and a `pong` for the page, which sees no comments."""
        n = 0
        while True:
            await asyncio.sleep(settings.LIMITS.keep_alive_seconds)
            if writable.is_set():
                n += 1
                await self._write(": still here\n\n")
                await self.event(frames.encode("pong", n=n))

    async def _write(self, text: str) -> None:
        await self._send({"type": "http.response.body", "body": text.encode(), "more_body": True})


async def _tell(scope: dict[str, Any], stream: EventStream, writable: asyncio.Event) -> None:
    key = session_key(scope)
    user = await in_database(sessions.user_of, key) if key else None
    if user is None:
        await stream.event(frames.bye("signed_out", 0))
        code = SIGNED_OUT
    elif len(tabs.of(user.pk)) >= settings.LIMITS.sockets_per_user:
        code = TOO_MANY
    else:
        conversation_id = scope["url_route"]["kwargs"]["conversation_id"]
        visit = Visit(user.pk, key, conversation_id, live_start(scope))
        code = await _run(Tab(visit, Wire(stream.event, writable)), stream.keep_alive(writable))
    await stream.event(frames.encode("close", code=code))


async def _run(tab: Tab, keep_alive: Any) -> int:
    tabs.add(tab)
    living = asyncio.create_task(keep_alive)
    try:
        return await tab.run()
    except Exception:
        logger.exception("a tab on conversation %s could not be told", tab.conversation_id)
        return INTERNAL_ERROR
    finally:
        living.cancel()
        tabs.discard(tab)


async def _disconnected(receive: Any) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def paced(scope: dict[str, Any]) -> AbstractContextManager[asyncio.Event]:
    """An event that is set while the client reads; always, where the server cannot tell."""
    if "chatsite.paced" in scope:
        pace: AbstractContextManager[asyncio.Event] = scope["chatsite.paced"]()
        return pace
    always = asyncio.Event()
    always.set()
    return nullcontext(always)
