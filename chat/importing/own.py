"""Our own export: everything comes back, but for files and what only this site can know."""

from typing import Any

from .fields import count, key, mapping, mappings, text, time
from .thread import Node, Said, Thread

ROLES = ("user", "assistant", "system")
ENDED = ("complete", "stopped", "truncated", "filtered", "failed", "interrupted")


def is_one(item: dict[str, Any]) -> bool:
    """Whether this is a conversation of ours."""
    return isinstance(item.get("messages"), list) and "leaf" in item


def read(item: dict[str, Any]) -> Thread:
    """The conversation, with its branches and usage."""
    thread = Thread(
        source="Chatsite",
        origin=key(item.get("id")),
        title=text(item.get("title"), 200),
        model=text(item.get("model"), 200),
        system_prompt=text(item.get("system_prompt")),
        created_at=time(item.get("created_at")),
        updated_at=time(item.get("updated_at")),
        archived=item.get("archived") is True,
        pinned=item.get("pinned") is True,
    )
    nodes = [
        Node(key(each.get("id")), key(each.get("parent")), _said(each, thread))
        for each in mappings(item["messages"])
    ]
    thread.plant(nodes, key(item.get("leaf")))
    return thread


def _said(message: dict[str, Any], thread: Thread) -> Said | None:
    role = message.get("role")
    if role not in ROLES:
        return None
    parts = [_part(each) for each in mappings(message.get("parts"))]
    known = [each for each in parts if each is not None]
    thread.left_out["files"] += len(parts) - len(known)
    facts = [_fact(each) for each in mappings(message.get("generations"))]
    return Said(
        key(message.get("id")),
        role,
        text(message.get("text")),
        known if role == "assistant" else [],
        time(message.get("created_at")),
        facts[-1]["model"] if facts else "",
        facts if role == "assistant" else [],
    )


def _part(part: dict[str, Any]) -> dict[str, Any] | None:
    if part.get("type") == "text":
        return {"type": "text", "text": text(part.get("text"))}
    if part.get("type") == "reasoning":
        ms = count(part.get("ms"))
        return {"type": "reasoning", "text": text(part.get("text")), "ms": ms}
    if part.get("type") == "tool_call":
        fields = {name: text(part.get(name)) for name in ("id", "name", "arguments")}
        result = part.get("result")
        said = None if result is None else text(result)
        return {"type": "tool_call", **fields, "result": said, "error": part.get("error") is True}
    return None


def _fact(fact: dict[str, Any]) -> dict[str, Any]:
    """What is known of the command that wrote an answer, in the fields of its row."""
    usage, error = mapping(fact.get("usage")), mapping(fact.get("error"))
    status, source = fact.get("status"), usage.get("source")
    return {
        "status": status if status in ENDED else "interrupted",
        "model": text(fact.get("model"), 200),
        "created_at": time(fact.get("created_at")),
        "first_token_at": time(fact.get("first_token_at")),
        "finished_at": time(fact.get("finished_at")),
        "finish_reason": text(fact.get("finish_reason"), 40),
        "prompt_tokens": count(usage.get("prompt_tokens")),
        "completion_tokens": count(usage.get("completion_tokens")),
        "reasoning_tokens": count(usage.get("reasoning_tokens")),
        "usage_source": source if source in ("provider", "estimated") else "none",
        "error_code": text(error.get("code"), 40),
        "error_text": text(error.get("text"), 500),
    }
