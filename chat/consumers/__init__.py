"""The WebSocket door."""

from .conversation import ConversationConsumer

__all__ = ["ConversationConsumer"]
