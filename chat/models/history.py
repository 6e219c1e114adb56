"""What the model is told: the path of a conversation in the form of the chat completions API."""

from typing import Any

from chat.stream.messages import messages_of

from .enclosed import enclosed
from .generation import Generation
from .told import Told, told_to

GO_ON = "Continue your last answer exactly where it stopped. Do not repeat any of it."


def history(generation: Generation) -> list[dict[str, Any]]:
    """The messages to send for `generation`: system prompt, the path, and what to go on with."""
    conversation, answer = generation.conversation, generation.message
    messages: list[dict[str, Any]] = []
    if conversation.system_prompt:
        messages.append({"role": "system", "content": conversation.system_prompt})
    path = told_to(answer.pk)
    files = enclosed([told.files for told in path if told.files is not None])
    for told in path:
        enclosure = files.get(told.files) if told.files else None
        messages += _messages(told, enclosure.content(told.text) if enclosure else told.text)
    # After the results of its calls a model goes on by itself.
    if answer.text and messages[-1]["role"] == "assistant":
        messages.append({"role": "user", "content": GO_ON})
    return messages


def _messages(told: Told, content: Any) -> list[dict[str, Any]]:
    """A message as the model is told it: several where tools were called, none if it is empty."""
    if told.parts:
        return messages_of(told.parts)
    return [{"role": told.role, "content": content}] if content else []
