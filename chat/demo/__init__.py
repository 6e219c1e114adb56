"""The demo model: a small OpenAI-compatible server on loopback, complete in itself."""

from chat.demo.generated import expected_text, plain
from chat.demo.server import Server, serve
from chat.demo.words import expected

__all__ = ["Server", "expected", "expected_text", "plain", "serve"]
