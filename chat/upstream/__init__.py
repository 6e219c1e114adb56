"""Models behind OpenAI-compatible servers: the only part that knows the `openai` client."""

from .answer import AnswerStream, Batch
from .client import Upstream
from .errors import UpstreamError
from .local import LocalServer, local_servers
from .requests import ChatRequest, Limits, SendReasoning

__all__ = [
    "AnswerStream",
    "Batch",
    "ChatRequest",
    "Limits",
    "LocalServer",
    "Upstream",
    "UpstreamError",
    "configure",
    "get_upstream",
    "local_servers",
]

_configured: tuple[str, str] | None = None
_upstream: Upstream | None = None


def configure(base_url: str, api_key: str) -> None:
    """Talk to this server from now on, whatever the settings say."""
    global _configured, _upstream
    _configured = base_url, api_key
    _upstream = None


def get_upstream() -> Upstream:
    """The process's connection to its model server: the configured one, or that of the settings."""
    global _upstream
    if _upstream is None:
        _upstream = Upstream(*(_configured or _from_settings()))
    return _upstream


def _from_settings() -> tuple[str, str, SendReasoning]:
    from django.conf import settings

    reasoning: SendReasoning = settings.OPENAI_SEND_REASONING
    return settings.OPENAI_BASE_URL, settings.OPENAI_API_KEY, reasoning
