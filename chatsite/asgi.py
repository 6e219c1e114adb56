"""The ASGI entry: HTTP by Django, WebSockets by Channels, both after the process has started."""

import os
from typing import Any

from channels.routing import ProtocolTypeRouter, URLRouter
from django.core.asgi import get_asgi_application
from django.urls import re_path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatsite.settings")
http = get_asgi_application()

# Models load only after Django's set-up.
from chat.routing import event_urlpatterns, websocket_urlpatterns  # noqa: E402
from chatsite.bodies import Body  # noqa: E402
from chatsite.lifetime import lifetime  # noqa: E402

served = ProtocolTypeRouter(
    {
        "http": URLRouter([*event_urlpatterns, re_path("", http)]),  # type: ignore[arg-type]
        "websocket": URLRouter(websocket_urlpatterns),
    }
)


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Serve, once started. Servers with a lifespan protocol start and drain by it."""
    if scope["type"] == "lifespan":
        await lifespan(receive, send)
        return
    await lifetime.started()
    if (content := scope.pop("chatsite.body", None)) is None:
        await served(scope, receive, send)
        return
    with content:
        await served(scope, Body(content, receive), send)


async def lifespan(receive: Any, send: Any) -> None:
    """Start before the server listens; drain before it ends."""
    await receive()
    await lifetime.started()
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await lifetime.drain()
    await lifetime.end()
    await send({"type": "lifespan.shutdown.complete"})
