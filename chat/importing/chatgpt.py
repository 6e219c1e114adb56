"""ChatGPT's export: `conversations.json`, a list of conversations with a `mapping` of nodes."""

from typing import Any

from .artifacts import made
from .citations import legible
from .fields import key, listing, loaded, mapping, mappings, text, time
from .parts import call, result, thought, took, words
from .thread import File, Node, Said, Thread

SPOKEN = ("text", "multimodal_text")
ROLES = ("user", "assistant", "system")
KINDS = {"image_asset_pointer": "image", "video_container_asset_pointer": "video"}
# Texts of what tools return, by where the kinds of content have them.
OUTPUTS = ("text", "result", "content")


def is_one(item: dict[str, Any]) -> bool:
    """Whether this is a conversation of ChatGPT."""
    return isinstance(item.get("mapping"), dict)


def read(item: dict[str, Any]) -> Thread:
    """The conversation, with its branches; hidden messages are left out."""
    thread = Thread(
        source="ChatGPT",
        origin=key(item.get("conversation_id")) or key(item.get("id")),
        title=text(item.get("title"), 200),
        model=text(item.get("default_model_slug"), 200),
        created_at=time(item.get("create_time")),
        updated_at=time(item.get("update_time")),
        archived=item.get("is_archived") is True,
        pinned=item.get("is_starred") is True or time(item.get("pinned_time")) is not None,
    )
    nodes = [_node(str(id), mapping(node), thread) for id, node in item["mapping"].items()]
    thread.plant(nodes, key(item.get("current_node")))
    return thread


def _node(id: str, node: dict[str, Any], thread: Thread) -> Node:
    place = Node(id, key(node.get("parent")))
    message = mapping(node.get("message"))
    content = mapping(message.get("content"))
    facts = mapping(message.get("metadata"))
    role = text(mapping(message.get("author")).get("role"))
    kind = content.get("content_type")
    to = message.get("recipient", "all")
    if facts.get("is_visually_hidden_from_conversation"):
        return place
    if kind == "thoughts":
        place.carried = thought(_thoughts(content))
    elif kind == "reasoning_recap":
        place.carried = took(facts.get("finished_duration_sec"))
    elif role == "tool":
        place.carried = result(_output(content, thread), error=kind == "system_error")
    elif role == "assistant" and (kind == "code" or to not in ("all", None)):
        name = text(to) if to not in ("all", None) else text(content.get("language"))
        asked = _output(content, thread)
        place.carried = made(name, loaded(asked)) or call(id, name, asked)
    elif role in ROLES and kind in SPOKEN:
        place.said = _said(id, role, message, thread)
    return place


def _said(id: str, role: str, message: dict[str, Any], thread: Thread) -> Said | None:
    content, facts = mapping(message.get("content")), mapping(message.get("metadata"))
    spoken = "\n\n".join(filter(None, map(_spoken, listing(content.get("parts")))))
    files = _files(content, facts)
    thread.left_out["files"] += len(files)
    if role == "assistant":
        spoken, files = legible(spoken, mappings(facts.get("content_references"))), []
    if not spoken.strip() and not files:
        return None
    at, model = time(message.get("create_time")), text(facts.get("model_slug"), 200)
    parts = words(spoken) if role == "assistant" else []
    return Said(id, role, spoken, parts, at, model or thread.model, files=files)


def _spoken(part: Any) -> str:
    """A text, or what was said aloud."""
    return text(part) or text(mapping(part).get("text"))


def _files(content: dict[str, Any], facts: dict[str, Any]) -> list[File]:
    """The files of a message by their names; of pictures the name is often unknown."""
    names = {
        key(each.get("id")): text(each.get("name"), 200)
        for each in mappings(facts.get("attachments"))
    }
    for part in mappings(content.get("parts")):
        kind, pointer = text(part.get("content_type")), text(part.get("asset_pointer"), 200)
        if not _spoken(part):
            names.setdefault(pointer.rpartition("://")[2], KINDS.get(kind, "audio"))
    return [File(name or "file") for name in names.values()]


def _output(content: dict[str, Any], thread: Thread) -> str:
    """What was said to a tool, or by one."""
    parts = listing(content.get("parts"))
    thread.left_out["files"] += sum(isinstance(each, dict) and not _spoken(each) for each in parts)
    pieces = [_spoken(part) for part in parts] + [text(content.get(name)) for name in OUTPUTS]
    return "\n\n".join(filter(None, pieces))


def _thoughts(content: dict[str, Any]) -> str:
    thoughts = mappings(content.get("thoughts"))
    return "\n\n".join(
        "\n".join(filter(None, (text(each.get("summary")), text(each.get("content")))))
        for each in thoughts
    )
