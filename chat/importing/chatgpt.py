"""ChatGPT's export: `conversations.json`, a list of conversations with a `mapping` of nodes."""

import re
from typing import Any

from .fields import key, listing, mapping, mappings, text, time
from .thread import Node, Said, Thread, answer_parts

ROLES = {"user": "user", "assistant": "assistant", "system": "system"}
# Marks of citations, in characters for private use. None goes beyond the beginning of the next:
# looking to the end of the text for each that has no end would take for ever.
CITATIONS = re.compile("\ue200[^\ue200\ue201]*\ue201|【\\d+†[^【】]*】")


def is_one(item: dict[str, Any]) -> bool:
    """Whether this is a conversation of ChatGPT."""
    return isinstance(item.get("mapping"), dict)


def read(item: dict[str, Any]) -> Thread:
    """The conversation, with its branches; hidden messages, tools and files are left out."""
    thread = Thread(
        source="ChatGPT",
        origin=key(item.get("conversation_id")) or key(item.get("id")),
        title=text(item.get("title"), 200),
        model=text(item.get("default_model_slug"), 200),
        created_at=time(item.get("create_time")),
        updated_at=time(item.get("update_time")),
        archived=item.get("is_archived") is True,
    )
    nodes = [_node(str(id), mapping(node), thread) for id, node in item["mapping"].items()]
    thread.plant(nodes, key(item.get("current_node")))
    return thread


def _node(id: str, node: dict[str, Any], thread: Thread) -> Node:
    place = Node(id, key(node.get("parent")))
    message = mapping(node.get("message"))
    if not message:
        return place
    content = mapping(message.get("content"))
    kind = content.get("content_type")
    role = ROLES.get(text(mapping(message.get("author")).get("role")))
    facts = mapping(message.get("metadata"))
    if kind == "thoughts":
        place.carried = answer_parts("", _thoughts(content))
    elif role is None or message.get("recipient", "all") != "all" or kind == "code":
        thread.left_out["tools"] += 1
    elif kind in ("text", "multimodal_text") and not facts.get(
        "is_visually_hidden_from_conversation"
    ):
        said = _words(content, thread)
        if said.strip():
            parts = answer_parts(said) if role == "assistant" else []
            at, model = time(message.get("create_time")), text(facts.get("model_slug"), 200)
            place.said = Said(id, role, said, parts, at, model)
    return place


def _words(content: dict[str, Any], thread: Thread) -> str:
    pieces = []
    for part in listing(content.get("parts")):
        words = text(part) or text(mapping(part).get("text"))
        pieces.append(CITATIONS.sub("", words))
        if not words and isinstance(part, dict):
            thread.left_out["files"] += 1
    return "\n\n".join(piece for piece in pieces if piece)


def _thoughts(content: dict[str, Any]) -> str:
    thoughts = mappings(content.get("thoughts"))
    return "\n\n".join(
        "\n".join(filter(None, (text(each.get("summary")), text(each.get("content")))))
        for each in thoughts
    )
