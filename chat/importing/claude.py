"""Claude's export: `conversations.json`, a list of conversations with their `chat_messages`."""

from typing import Any

from .artifacts import made, unwrapped
from .fields import key, mapping, mappings, text, time
from .parts import Part, call, result, text_of, thought
from .thread import File, Node, Said, Thread

ROLES = {"human": "user", "user": "user", "assistant": "assistant"}
# What the parent of a first message is called.
ROOT = "00000000-0000-4000-8000-000000000000"
# What stands in the text for each call of a tool.
BLOCK = "```\nThis block is not supported on your current device yet.\n```"


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
    parts = [part for block in blocks for part in _parts(block)]
    if not blocks:
        parts = unwrapped(text(message.get("text")).replace(BLOCK, "").strip())
    files = [_file(each) for name in ("attachments", "files") for each in _listed(message, name)]
    thread.left_out["files"] += sum(not each.text for each in files)
    at = time(message.get("created_at"))
    if role == "user" and (files or text_of(parts)):
        return Said(id, role, text_of(parts), at=at, files=files)
    if role == "assistant" and parts:
        return Said(id, role, text_of(parts), parts, at, thread.model)
    return None


def _listed(message: dict[str, Any], name: str) -> list[dict[str, Any]]:
    return mappings(message.get(name))


def _file(file: dict[str, Any]) -> File:
    """A pasted or attached text, with what was told to the model, or a file by its name."""
    name = text(file.get("file_name"), 200)
    return File(name or "pasted.txt", text(file.get("extracted_content")))


def _parts(block: dict[str, Any]) -> list[Part]:
    """What a block of a message is in an answer; nothing for what is only for Claude's own page."""
    match block.get("type"):
        case "text" | "voice_note":
            return unwrapped(text(block.get("text")))
        case "thinking":
            return thought(text(block.get("thinking")), _milliseconds(block))
        case "tool_use":
            name, asked = text(block.get("name")), block.get("input") or {}
            return made(name, mapping(asked)) or call(key(block.get("id")), name, asked)
        case "tool_result":
            error = block.get("is_error") is True
            return result(_output(block), id=key(block.get("tool_use_id")), error=error)
    return []


def _output(block: dict[str, Any]) -> str:
    """What a tool returned, in words: pages have titles and addresses."""
    content = block.get("content")
    pieces = [text(content)] + [_listed_text(each) for each in mappings(content)]
    return "\n\n".join(filter(None, pieces))


def _listed_text(each: dict[str, Any]) -> str:
    lines = (text(each.get(name)) for name in ("title", "url", "text"))
    return "\n".join(filter(None, lines))


def _milliseconds(block: dict[str, Any]) -> int | None:
    begun, ended = time(block.get("start_timestamp")), time(block.get("stop_timestamp"))
    if begun is None or ended is None or ended < begun:
        return None
    return round((ended - begun).total_seconds() * 1000)
