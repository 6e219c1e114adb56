"""One socket of one tab: commands go in, a task of the tab's own sends the frames."""

import asyncio
import logging
import uuid
from collections.abc import Awaitable, Callable
from typing import Any

from channels.exceptions import StopConsumer
from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings
from django.utils.translation import gettext as _

from chat import sessions
from chat.allowance import Allowance
from chat.database import in_database
from chat.live import frames
from chat.live.tab import Tab, Visit, Wire
from chat.live.tabs import SIGNED_OUT, tabs

from .commands import SignedOut, carry_out
from .handshake import (
    FORBIDDEN,
    INTERNAL_ERROR,
    TOO_MANY,
    activate_language,
    live_start,
    same_origin,
    session_key,
)

logger = logging.getLogger(__name__)

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


class ConversationConsumer(AsyncWebsocketConsumer):
    """Handlers run one at a time, so none of them waits for the model."""

    # News comes to the process, not to each socket: see chat/live/news.py.
    channel_layer = None

    tab: Tab | None = None
    telling: asyncio.Task[None] | None = None

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        """Handle each message in the turn of the loop that brings it.

        Channels' dispatcher keeps a task for each thing it could wait for: three turns of a busy
        loop, in which a `stop` would stand behind everybody's frames.
        """
        self.scope, self.base_send = scope, send
        try:
            while True:
                await self.dispatch(await receive())
        except StopConsumer:
            pass

    async def dispatch(self, message: dict[str, Any]) -> None:
        """Call the handler, without Channels' detour through its one database thread."""
        await getattr(self, message["type"].replace(".", "_"))(message)

    async def connect(self) -> None:
        """Accept, so that a browser can read why it is turned away, and begin to tell."""
        await self.accept()
        activate_language(self.scope)
        key = session_key(self.scope)
        session = await in_database(sessions.admit, key) if key else None
        if not same_origin(self.scope):
            await self.close(FORBIDDEN)
        elif session is None:
            await self._turn_away()
        elif len(tabs.of(session.user_id)) >= settings.LIMITS.sockets_per_user:
            await self.close(TOO_MANY)
        else:
            await self._open(session, key)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """Carry out one command, for as long as the person is signed in."""
        if self.tab is None:
            return
        if wait := self.allowance.take():
            self._warn(self.tab, round(wait * 1000))
        elif text_data is None:
            self.tab.say(frames.notice("invalid", _("Frames are JSON text, not binary.")))
        else:
            await self._carry_out(self.tab, text_data)

    async def disconnect(self, code: int) -> None:
        """Forget the tab; what it asked for goes on."""
        if self.tab is not None:
            tabs.discard(self.tab)
        if self.telling is not None:
            self.telling.cancel()
        # The tab sends through this socket, and the task tells both: let go of them.
        self.tab = self.telling = None

    def _warn(self, tab: Tab, retry_ms: int) -> None:
        if not self.warnings.take():
            text = _("That was quick. Wait a little.")
            tab.say(frames.notice("rate_limited", text, retry_ms=retry_ms))

    async def _carry_out(self, tab: Tab, text: str) -> None:
        try:
            await carry_out(tab, self.session, text)
        except SignedOut:
            tab.leave(frames.bye("signed_out", 0), SIGNED_OUT)

    async def _open(self, session: sessions.Pass, key: str) -> None:
        conversation_id: uuid.UUID = self.scope["url_route"]["kwargs"]["conversation_id"]
        self.allowance = Allowance(settings.LIMITS.frames_per_second, 1)
        self.warnings = Allowance(1, 1)
        self.session = session
        visit = Visit(session.user_id, key, conversation_id, live_start(self.scope))
        self.tab = Tab(visit, Wire(self._send_text, self._writable()))
        tabs.add(self.tab)
        self.telling = asyncio.create_task(self._tell(self.tab))

    async def _tell(self, tab: Tab) -> None:
        try:
            code = await tab.run()
        except Exception:
            logger.exception("a tab on conversation %s could not be told", tab.conversation_id)
            code = INTERNAL_ERROR
        tabs.discard(tab)
        self.tab = None
        await self.close(code)

    async def _turn_away(self) -> None:
        await self._send_text(frames.bye("signed_out", 0))
        await self.close(SIGNED_OUT)

    async def _send_text(self, text: str) -> None:
        await self.base_send({"type": "websocket.send", "text": text})

    def _writable(self) -> asyncio.Event:
        """Set while the client reads; always, where the server cannot tell."""
        flow: asyncio.Event | None = self.scope.get("chatsite.writable")
        if flow is None:
            flow = asyncio.Event()
            flow.set()
        return flow
