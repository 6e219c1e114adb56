"""Claude's export: `conversations.json`, a list of conversations with their `chat_messages`."""

from typing import Any

from .fields import key, listing, mappings, text, time
from .thread import Node, Said, Thread, answer_parts

ROLES = {"human": "user", "user": "user", "assistant": "assistant"}
# What the parent of a first message is called.
ROOT = "00000000-0000-4000-8000-000000000000"


def is_one(item: dict[str, Any]) -> bool:
    """Whether this is a conversation of Claude."""
    return isinstance(item.get("chat_messages"), list)


def read(item: dict[str, Any]) -> Thread:
    """The conversation; older exports have no branches, their messages follow each other."""
    thread = Thread(
        source="Claude",
        origin=key(item.get("uuid")),
        title=text(item.get("name"), 200),
        model=text(item.get("model"), 200),
        created_at=time(item.get("created_at")),
        updated_at=time(item.get("updated_at")),
        pinned=item.get("is_starred") is True,
    )
    nodes: list[Node] = []
    before = ""
    for number, message in enumerate(mappings(item["chat_messages"])):
        id = key(message.get("uuid")) or f"#{number}"
        parent = key(message.get("parent_message_uuid")) or before
        nodes.append(Node(id, "" if parent == ROOT else parent, _said(id, message, thread)))
        before = id
    thread.plant(nodes, key(item.get("current_leaf_message_uuid")) or before)
    return thread


def _said(id: str, message: dict[str, Any], thread: Thread) -> Said | None:
    role = ROLES.get(text(message.get("sender")))
    blocks = mappings(message.get("content"))
    words = "\n\n".join(text(each.get("text")) for each in blocks if each.get("type") == "text")
    words = words or text(message.get("text"))
    thinking = [text(each.get("thinking")) for each in blocks if each.get("type") == "thinking"]
    for each in blocks:
        if each.get("type") in ("tool_use", "tool_result"):
            thread.left_out["tools"] += 1
    for each in mappings(message.get("attachments")):
        words += _attached(each)
    thread.left_out["files"] += len(listing(message.get("files")))
    if role is None or not words.strip():
        return None
    parts = answer_parts(words, "\n\n".join(thinking)) if role == "assistant" else []
    return Said(id, role, words, parts, time(message.get("created_at")), thread.model)


def _attached(attachment: dict[str, Any]) -> str:
    """A pasted or attached text, as it was told to the model."""
    content = text(attachment.get("extracted_content"))
    name = text(attachment.get("file_name"), 200)
    return f"\n\n{name}\n\n{content}" if content else ""
