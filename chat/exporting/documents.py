"""One conversation as a document: JSON with all branches and usage, or the path as Markdown."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from chat.models import Attachment, Conversation, Feedback, Generation, Message

FORMAT = "chatsite"
VERSION = 1


def document(conversation: Conversation, messages: Iterable[Message]) -> dict[str, Any]:
    """The conversation with all of its messages and what is prefetched of them, as JSON."""
    said = list(messages)
    texts = _texts(conversation) if any(message.file_names for message in said) else {}
    return {
        "id": str(conversation.pk),
        "title": conversation.title,
        "model": conversation.model,
        "system_prompt": conversation.system_prompt,
        "params": conversation.params,
        "tools": conversation.tools,
        "pinned": conversation.pinned,
        "archived": conversation.archived,
        "created_at": _time(conversation.created_at),
        "updated_at": _time(conversation.updated_at),
        "leaf": conversation.leaf_id,
        "messages": [_message(each, texts) for each in said],
    }


def _texts(conversation: Conversation) -> dict[str, str]:
    """What the model was told of the files, by their ids; of pictures that is no text."""
    told = Attachment.objects.filter(conversation=conversation).exclude(text="")
    return {str(id): text for id, text in told.values_list("pk", "text")}


def _message(message: Message, texts: Mapping[str, str]) -> dict[str, Any]:
    parts = [
        {**part, "text": texts.get(part["id"], "")} if part["type"] == "attachment" else part
        for part in message.parts
    ]
    return {
        "id": message.pk,
        "parent": message.parent_id,
        "role": message.role,
        "text": message.text,
        "parts": parts,
        "created_at": _time(message.created_at),
        "updated_at": _time(message.updated_at),
        "generations": [_generation(each) for each in message.generations.all()],
        "feedback": next(map(_opinion, message.feedback.all()), None),
    }


def _opinion(feedback: Feedback) -> dict[str, str]:
    return {"verdict": feedback.verdict, "reason": feedback.reason, "text": feedback.text}


def _generation(generation: Generation) -> dict[str, Any]:
    return {
        "status": generation.status,
        "model": generation.model,
        "params": generation.params,
        "created_at": _time(generation.created_at),
        "first_token_at": _time(generation.first_token_at),
        "finished_at": _time(generation.finished_at),
        "finish_reason": generation.finish_reason,
        "usage": {
            "prompt_tokens": generation.prompt_tokens,
            "completion_tokens": generation.completion_tokens,
            "reasoning_tokens": generation.reasoning_tokens,
            "source": generation.usage_source,
        },
        "error": {"code": generation.error_code, "text": generation.error_text},
    }


def _time(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def markdown(conversation: Conversation, path: Iterable[Message]) -> str:
    """The messages of one path to read, oldest first."""
    pieces = [f"# {conversation.title or conversation.pk}"]
    for message in path:
        files = [f"- {name}" for part in message.parts if (name := _file(part))]
        words = [piece for piece in ("\n".join(files), message.text.strip()) if piece]
        if words:
            pieces.append("\n\n".join([f"## {_who(message)}", *words]))
    return "\n\n".join(pieces) + "\n"


def _file(part: Mapping[str, Any]) -> str:
    """The name of an attached file; "" for other parts."""
    known = ("text", "reasoning", "tool_call")
    return "" if part["type"] in known else str(part.get("name", ""))


def _who(message: Message) -> str:
    if message.role == Message.Role.USER:
        return _("You")
    if message.role == Message.Role.SYSTEM:
        return _("Instructions")
    generation = message.generation
    model = generation.model if generation is not None else ""
    return f"{_('Answer')} ({model})" if model else _("Answer")
