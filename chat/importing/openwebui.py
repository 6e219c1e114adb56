"""Open WebUI's export: a list of chats, each with the `history` of its messages by their ids."""

import re
from html import unescape
from typing import Any

from .fields import key, listing, mapping, mappings, text, time
from .thread import Node, Said, Thread, answer_parts

ROLES = {"user": "user", "assistant": "assistant", "system": "system"}
# Reasoning stands in the text, folded in.
REASONING = re.compile(
    r'<details type="reasoning"[^<>]*>\s*(?:<summary>[^<]*</summary>)?(.*?)</details>', re.DOTALL
)


def is_one(item: dict[str, Any]) -> bool:
    """Whether this is a chat of Open WebUI, with what the database knows of it or without."""
    chat = mapping(item.get("chat")) or item
    return isinstance(mapping(chat.get("history")).get("messages"), dict)


def read(item: dict[str, Any]) -> Thread:
    """The conversation, with its branches."""
    chat = mapping(item.get("chat")) or item
    history = mapping(chat.get("history"))
    models = [text(each, 200) for each in listing(chat.get("models"))]
    thread = Thread(
        source="Open WebUI",
        origin=key(item.get("id")) or key(chat.get("id")),
        title=text(item.get("title") or chat.get("title"), 200),
        model=models[0] if models else "",
        system_prompt=text(chat.get("system") or mapping(chat.get("params")).get("system")),
        created_at=time(item.get("created_at")) or time(chat.get("timestamp")),
        updated_at=time(item.get("updated_at")),
        archived=item.get("archived") is True,
        pinned=item.get("pinned") is True,
    )
    nodes = [
        Node(str(id), key(mapping(message).get("parentId")), _said(str(id), message, thread))
        for id, message in mapping(history.get("messages")).items()
    ]
    thread.plant(nodes, key(history.get("currentId")))
    return thread


def _said(id: str, message: Any, thread: Thread) -> Said | None:
    message = mapping(message)
    role = ROLES.get(text(message.get("role")))
    content = message.get("content")
    words = text(content) or "\n\n".join(text(each.get("text")) for each in mappings(content))
    thread.left_out["files"] += len(listing(message.get("files")))
    if role is None:
        return None
    parts: list[dict[str, Any]] = []
    if role == "assistant":
        words, reasoning = _unfolded(words)
        parts = answer_parts(words, reasoning)
    if not words.strip():
        return None
    model = text(message.get("model"), 200)
    return Said(id, role, words, parts, time(message.get("timestamp")), model)


def _unfolded(words: str) -> tuple[str, str]:
    """A text without the reasoning that is folded into it, and that."""
    # Where an end follows, each beginning finds one: it looks no further than that.
    folded, end, rest = words.rpartition("</details>")
    reasoning = "\n\n".join(unescape(each).strip() for each in REASONING.findall(folded + end))
    return f"{REASONING.sub('', folded + end)}{rest}".strip(), reasoning
