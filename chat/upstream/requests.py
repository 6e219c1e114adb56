"""What is asked of a model, within which limits, and the body that says it."""

import re
from dataclasses import dataclass, field
from typing import Any, Literal

from chat.stream.messages import REASONING, without_calls

SendReasoning = Literal["auto", "tools", "never"]
"""Whether an answer that called tools is told again with its reasoning; auto: once asked for it."""


@dataclass(frozen=True)
class ChatRequest:
    """One question to a model: OpenAI's messages, and only those parameters that are set."""

    model: str
    messages: list[dict[str, Any]]
    params: dict[str, Any] = field(default_factory=dict)
    tools: list[dict[str, Any]] | None = None
    tool_choice: str | None = None


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
_TOOLS = re.compile(r"\b(tools?|tool[_ -](use|call|calling|calls|choice)|function calling)\b")
_REFUSED = re.compile(
    r"(not|n't|un)[ -]?support|requires?\b.{0,20}--|no endpoints|not (allowed|available)"
)


class Dialect:
    """What one server has refused so far, so that it is not sent again."""

    def __init__(self, reasoning: SendReasoning = "auto") -> None:
        self.stream_options = True
        self.reasoning = reasoning
        self.toolless: set[str] = set()
        self.renamed: dict[tuple[str, str], str] = {}

    def body(self, request: ChatRequest) -> dict[str, Any]:
        """The JSON body of a streaming chat completion request."""
        body: dict[str, Any] = {
            "model": request.model,
            "messages": self._messages(request),
            "stream": True,
        }
        if self.stream_options:
            body["stream_options"] = {"include_usage": True}
        for name, value in request.params.items():
            if value is not None:
                body[self.renamed.get((request.model, name), name)] = value
        if request.tools and request.model not in self.toolless:
            body["tools"] = request.tools
            if request.tool_choice is not None:
                body["tool_choice"] = request.tool_choice
        return body

    def _messages(self, request: ChatRequest) -> list[dict[str, Any]]:
        messages = request.messages
        if request.model in self.toolless:
            messages = without_calls(messages)
        if self.reasoning != "tools":
            messages = [_silent(message) for message in messages]
        return [_filled(message) for message in messages]

    def learn(self, status: int, message: str, body: dict[str, Any]) -> bool:
        """Whether a refused body is worth saying once more, in other words."""
        message = message.lower()
        strange = _STRANGE.search(message) is not None
        if self._learn_of_tools(status, message, body, strange=strange):
            return True
        if status not in (400, 422):
            return False
        if REASONING in message and self._learn_of_reasoning(strange=strange):
            return True
        for name, other in OTHER_NAME.items():
            if name in body and name in message and (other in message or strange):
                return self._rename(body["model"], name, other)
        named = "stream_options" in message or "include_usage" in message
        if "stream_options" in body and (named or strange):
            self.stream_options = False
            return True
        return False

    def _learn_of_tools(
        self, status: int, message: str, body: dict[str, Any], *, strange: bool
    ) -> bool:
        """Some models take no tools; servers say so in many ways, even as an error of theirs."""
        if "tools" not in body or status not in (400, 404, 422, 500, 501):
            return False
        if not _TOOLS.search(message) or not (strange or _REFUSED.search(message)):
            return False
        self.toolless.add(body["model"])
        return True

    def _learn_of_reasoning(self, *, strange: bool) -> bool:
        """Some servers want it back where tools were called, others refuse to know it."""
        wanted: SendReasoning = "never" if strange else "tools"
        if self.reasoning == wanted or (self.reasoning == "never" and not strange):
            return False
        self.reasoning = wanted
        return True

    def _rename(self, model: str, name: str, other: str) -> bool:
        if (model, other) in self.renamed:
            return False
        self.renamed[model, name] = other
        return True


def _silent(message: dict[str, Any]) -> dict[str, Any]:
    """The message without its reasoning."""
    if REASONING not in message:
        return message
    return {name: value for name, value in message.items() if name != REASONING}


def _filled(message: dict[str, Any]) -> dict[str, Any]:
    """The message with a content of "" where it has none, which some servers refuse."""
    return message if message.get("content") is not None else {**message, "content": ""}
