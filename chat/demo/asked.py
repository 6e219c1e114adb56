"""A chat completion request, read and checked."""

import json
from dataclasses import dataclass
from typing import Any

from chat.demo.options import Options, split
from chat.demo.received import brought, without_files
from chat.demo.refusal import Refusal
from chat.demo.tokens import estimate

MODELS = ("demo", "demo-thinker")
HIDDEN_MODELS = ("demo-bench",)
TOKENS_PER_MESSAGE = 4


@dataclass(frozen=True, slots=True)
class Asked:
    """What a client asks.

    `text` is its last user message without options and files, `brought` says what files there were,
    `results` the tool results after it.
    """

    model: str
    text: str
    options: Options
    turns: int = 1
    results: tuple[str, ...] = ()
    tools: tuple[dict[str, Any], ...] = ()
    stream: bool = False
    include_usage: bool = False
    max_tokens: int | None = None
    prompt_tokens: int = 0
    messages: tuple[dict[str, Any], ...] = ()
    brought: tuple[str, ...] = ()


def asked(body: bytes, options: Options) -> Asked:
    """Return the request in `body`; raise Refusal for what OpenAI would refuse."""
    try:
        request = json.loads(body)
    except (ValueError, RecursionError):
        raise Refusal(400, "The body of the request is not JSON.") from None
    if not isinstance(request, dict):
        raise Refusal(400, "The body of the request must be a JSON object.")
    model, model_options = _model(request.get("model"))
    messages = _messages(request.get("messages"))
    users = [index for index, message in enumerate(messages) if message["role"] == "user"]
    last = users[-1] if users else -1
    words, text = split(without_files(_text(messages[last]))) if users else ("", "")
    results = [_text(message) for message in messages[last + 1 :] if message["role"] == "tool"]
    stream_options = request.get("stream_options")
    return Asked(
        model=model,
        text=text if model != "demo-bench" else "bench",
        options=options.read(model_options).read(words),
        turns=len(users),
        results=tuple(results),
        tools=_tools(request),
        stream=request.get("stream") is True,
        include_usage=isinstance(stream_options, dict)
        and bool(stream_options.get("include_usage")),
        max_tokens=_max_tokens(request),
        prompt_tokens=sum(TOKENS_PER_MESSAGE + estimate(_text(message)) for message in messages),
        messages=tuple(messages),
        brought=tuple(brought(messages[last])) if users else (),
    )


def of(messages: str | list[dict[str, Any]], **request: Any) -> Asked:
    """Return the request a client would make with these messages, or one of this text."""
    if isinstance(messages, str):
        messages = [{"role": "user", "content": messages}]
    body = {"model": "demo", "messages": messages, **request}
    return asked(json.dumps(body).encode(), Options())


def _model(name: object) -> tuple[str, str]:
    if not isinstance(name, str) or not name:
        raise Refusal(400, "You must provide a model parameter.", param="model")
    base, _, options = name.partition(":")
    if base not in MODELS + HIDDEN_MODELS:
        message = f"The model `{name[:100]}` does not exist. This server has: {', '.join(MODELS)}."
        raise Refusal(404, message, code="model_not_found", param="model")
    return base, options


def _messages(messages: object) -> list[dict[str, Any]]:
    if not isinstance(messages, list) or not messages:
        raise Refusal(400, "'messages' must be a list with at least one message.", param="messages")
    for index, message in enumerate(messages):
        if not isinstance(message, dict) or not isinstance(message.get("role"), str):
            raise Refusal(
                400, "A message must be an object with a role.", param=f"messages[{index}]"
            )
        content = message.get("content")
        if not isinstance(content, str | list | None):
            raise Refusal(
                400,
                "The content of a message must be a string or a list of parts.",
                param=f"messages[{index}].content",
            )
    return messages


def _text(message: dict[str, Any]) -> str:
    content = message.get("content")
    if isinstance(content, list):
        texts = [part.get("text") for part in content if isinstance(part, dict)]
        return "\n".join(text for text in texts if isinstance(text, str))
    return content or ""


def _tools(request: dict[str, Any]) -> tuple[dict[str, Any], ...]:
    """Return the functions the model may call: with a tool_choice the one chosen, or none."""
    choice, tools = request.get("tool_choice"), request.get("tools")
    if choice == "none" or not isinstance(tools, list):
        return ()
    functions = [tool.get("function") for tool in tools if isinstance(tool, dict)]
    known = [f for f in functions if isinstance(f, dict) and isinstance(f.get("name"), str)]
    if isinstance(choice, dict) and isinstance(choice.get("function"), dict):
        known = [f for f in known if f["name"] == choice["function"].get("name")]
    return tuple(known)


def _max_tokens(request: dict[str, Any]) -> int | None:
    for name in ("max_completion_tokens", "max_tokens"):
        value = request.get(name)
        if value is None:
            continue
        if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            raise Refusal(400, f"'{name}' must be a whole number above 0.", param=name)
        return value
    return None
