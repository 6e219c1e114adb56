"""The WebSocket door, and its twin for server-sent events."""

from .conversation import ConversationConsumer
from .events import events

__all__ = ["ConversationConsumer", "events"]
