"""What the model is told: the path of a conversation in the form of the chat completions API."""

from typing import Any

from .enclosed import enclosed
from .generation import Generation

GO_ON = "Continue your last answer exactly where it stopped. Do not repeat any of it."


def history(generation: Generation) -> list[dict[str, Any]]:
    """The messages to send for `generation`: system prompt, the path, and what to go on with."""
    conversation, answer = generation.conversation, generation.message
    messages: list[dict[str, Any]] = []
    if conversation.system_prompt:
        messages.append({"role": "system", "content": conversation.system_prompt})
    path = conversation.messages.words_to(answer.pk)
    files = enclosed([id for _, _, id in path if id is not None])
    for role, text, id in path:
        content = files[id].content(text) if id in files else text
        if content:
            messages.append({"role": role, "content": content})
    if answer.text:
        messages.append({"role": "user", "content": GO_ON})
    return messages
