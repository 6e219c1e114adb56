"""What is asked of a model, within which limits, and the body that says it."""

import re
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class ChatRequest:
    """One question to a model: OpenAI's messages, and only those parameters that are set."""

    model: str
    messages: list[dict[str, Any]]
    params: dict[str, Any] = field(default_factory=dict)
    tools: list[dict[str, Any]] | None = None


@dataclass(frozen=True)
class Limits:
    """Seconds that are waited: to connect, for the first token, between tokens, and for all."""

    connect: float = 10
    first_token: float = 120
    silence: float = 60
    total: float = 1800


OTHER_NAME = {
    "max_tokens": "max_completion_tokens",
    "max_completion_tokens": "max_tokens",
}
_STRANGE = re.compile(
    r"(unknown|unrecogni[sz]ed|unexpected|unsupported|extra|additional).{0,24}"
    r"(field|argument|parameter|propert|input|key)|not permitted"
)


class Dialect:
    """What one server has refused so far, so that it is not sent again."""

    def __init__(self) -> None:
        self.stream_options = True
        self.renamed: dict[tuple[str, str], str] = {}

    def body(self, request: ChatRequest) -> dict[str, Any]:
        """The JSON body of a streaming chat completion request."""
        body: dict[str, Any] = {
            "model": request.model,
            "messages": [_filled(message) for message in request.messages],
            "stream": True,
        }
        if self.stream_options:
            body["stream_options"] = {"include_usage": True}
        for name, value in request.params.items():
            if value is not None:
                body[self.renamed.get((request.model, name), name)] = value
        if request.tools:
            body["tools"] = request.tools
        return body

    def learn(self, status: int, message: str, body: dict[str, Any]) -> bool:
        """Whether a refused body is worth saying once more, in other words."""
        if status not in (400, 422):
            return False
        message = message.lower()
        strange = _STRANGE.search(message) is not None
        for name, other in OTHER_NAME.items():
            if name in body and name in message and (other in message or strange):
                return self._rename(body["model"], name, other)
        named = "stream_options" in message or "include_usage" in message
        if "stream_options" in body and (named or strange):
            self.stream_options = False
            return True
        return False

    def _rename(self, model: str, name: str, other: str) -> bool:
        if (model, other) in self.renamed:
            return False
        self.renamed[model, name] = other
        return True


def _filled(message: dict[str, Any]) -> dict[str, Any]:
    """The message with a content of "" where it has none, which some servers refuse."""
    return message if message.get("content") is not None else {**message, "content": ""}
