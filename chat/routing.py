"""The addresses of sockets, and of streams of events."""

from typing import Any

from django.urls import path, re_path

from chat.consumers import ConversationConsumer, events
from chat.live.tab import NOT_FOUND


async def nowhere(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Accept, so that a browser can read why, and close."""
    await receive()
    await send({"type": "websocket.accept"})
    await send({"type": "websocket.close", "code": NOT_FOUND})


websocket_urlpatterns = [
    path("ws/conversations/<uuid:conversation_id>/", ConversationConsumer.as_asgi()),
    re_path("", nowhere),  # type: ignore[arg-type]  # Channels routes ASGI applications
]

# Not by Django: its middleware would compress the stream, and so hold it back.
event_urlpatterns = [
    path("conversations/<uuid:conversation_id>/events", events),  # type: ignore[arg-type]
]
