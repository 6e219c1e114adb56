"""Open WebUI's export: a list of chats, each with the `history` of its messages by their ids."""

from typing import Any

from .details import unfolded
from .fields import count, key, listing, mapping, mappings, parameters, text, time
from .parts import settled, text_of
from .thread import File, Node, Said, Thread

ROLES = ("user", "assistant", "system")
# What servers call the numbers of tokens.
COUNTS = {
    "prompt_tokens": ("prompt_tokens", "prompt_eval_count", "input_tokens"),
    "completion_tokens": ("completion_tokens", "eval_count", "output_tokens"),
}


def is_one(item: dict[str, Any]) -> bool:
    """Whether this is a chat of Open WebUI, with what the database knows of it or without."""
    chat = mapping(item.get("chat")) or item
    return isinstance(mapping(chat.get("history")).get("messages"), dict)


def read(item: dict[str, Any]) -> Thread:
    """The conversation, with its branches."""
    chat = mapping(item.get("chat")) or item
    history, params = mapping(chat.get("history")), mapping(chat.get("params"))
    models = [text(each, 200) for each in listing(chat.get("models"))]
    thread = Thread(
        source="Open WebUI",
        origin=key(item.get("id")) or key(chat.get("id")),
        title=text(item.get("title") or chat.get("title"), 200),
        model=models[0] if models else "",
        system_prompt=text(chat.get("system") or params.get("system")),
        params=parameters(params),
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
    role, content = text(message.get("role")), message.get("content")
    words = text(content) or "\n\n".join(text(each.get("text")) for each in mappings(content))
    files = [_file(each) for each in mappings(message.get("files"))]
    files += [File("image") for each in mappings(content) if each.get("type") == "image_url"]
    thread.left_out["files"] += sum(not each.text for each in files)
    at, model = time(message.get("timestamp")), text(message.get("model"), 200)
    if role == "assistant":
        parts, facts = settled(unfolded(words)), _facts(message, model)
        if not parts and facts.get("status") != "failed":
            return None
        return Said(
            id, role, text_of(parts), parts, at, model, [facts] if any(facts.values()) else []
        )
    if role not in ROLES or not (words.strip() or files):
        return None
    return Said(id, role, words, at=at, files=files if role == "user" else [])


def _file(item: dict[str, Any]) -> File:
    """A file with the text that was read from it, or by its name."""
    file = mapping(item.get("file"))
    name = text(item.get("name")) or text(file.get("filename")) or text(item.get("type")) or "file"
    return File(name[:200], text(mapping(file.get("data")).get("content")))


def _facts(message: dict[str, Any], model: str) -> dict[str, Any]:
    """What is known of how an answer was made, in the fields of its row."""
    usage, error = mapping(message.get("usage") or message.get("info")), message.get("error")
    facts: dict[str, Any] = {"model": model}
    for field, names in COUNTS.items():
        facts[field] = next((n for name in names if (n := count(usage.get(name)))), None)
    if facts["completion_tokens"] is not None:
        facts["usage_source"] = "provider"
    if error:
        said = text(mapping(error).get("content"), 500) or text(error, 500)
        facts |= {"status": "failed", "error_code": "imported", "error_text": said}
    return facts
