"""Our own export: everything comes back, but for pictures and what only this site can know."""

from typing import Any, get_args

from pydantic import TypeAdapter, ValidationError

from chat.models import Feedback
from chat.models.feedback import TEXT_LENGTH
from chat.stream.entries import ToolStateName
from chat.tools import Switched

from .fields import count, key, mapping, mappings, parameters, text, time
from .parts import Part
from .thread import File, Node, Said, Thread

ROLES = ("user", "assistant", "system")
ENDED = ("complete", "stopped", "truncated", "filtered", "failed", "interrupted")

_switched: TypeAdapter[dict[str, bool]] = TypeAdapter(Switched)


def is_one(item: dict[str, Any]) -> bool:
    """Whether this is a conversation of ours."""
    return isinstance(item.get("messages"), list) and "leaf" in item


def read(item: dict[str, Any]) -> Thread:
    """The conversation, with its branches, settings and usage."""
    thread = Thread(
        source="Chatsite",
        origin=key(item.get("id")),
        title=text(item.get("title"), 200),
        model=text(item.get("model"), 200),
        system_prompt=text(item.get("system_prompt")),
        params=parameters(item.get("params")),
        tools=_tools(item.get("tools")),
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


def _tools(value: Any) -> dict[str, bool]:
    try:
        return _switched.validate_python(mapping(value))
    except ValidationError:
        return {}


def _said(message: dict[str, Any], thread: Thread) -> Said | None:
    role = message.get("role")
    if role not in ROLES:
        return None
    parts = mappings(message.get("parts"))
    facts = [_fact(each) for each in mappings(message.get("generations"))]
    said = Said(
        key(message.get("id")),
        role,
        text(message.get("text")),
        at=time(message.get("created_at")),
        model=facts[-1]["model"] if facts else "",
    )
    if role == "assistant":
        said.parts = [known for each in parts if (known := _part(each)) is not None]
        said.facts, said.feedback = facts, _feedback(mapping(message.get("feedback")))
    if role == "user":
        said.files = [_file(each) for each in parts if each.get("type") == "attachment"]
    thread.left_out["files"] += sum(not file.text for file in said.files)
    return said


def _file(part: dict[str, Any]) -> File:
    return File(
        text(part.get("name"), 200) or "file", text(part.get("text")), count(part.get("pages")) or 0
    )


def _part(part: dict[str, Any]) -> Part | None:
    if part.get("type") == "text":
        return {"type": "text", "text": text(part.get("text"))}
    if part.get("type") == "reasoning":
        ms = count(part.get("ms"))
        return {"type": "reasoning", "text": text(part.get("text")), "ms": ms}
    if part.get("type") == "tool_call":
        fields = {name: text(part.get(name)) for name in ("id", "name", "arguments")}
        result = part.get("result")
        said = None if result is None else text(result)
        known = {"type": "tool_call", **fields, "result": said, "error": part.get("error") is True}
        return known | _circumstances(part)
    return None


def _circumstances(call: dict[str, Any]) -> Part:
    """What else is known of a call, if anything: its round, its time, how it stood."""
    numbers = {name: count(call.get(name)) for name in ("round", "ms")}
    known: Part = {name: number for name, number in numbers.items() if number is not None}
    return known | (
        {"state": call["state"]} if call.get("state") in get_args(ToolStateName) else {}
    )


def _feedback(feedback: dict[str, Any]) -> dict[str, str]:
    """The fields of its person's opinion; none if there is none."""
    verdict, reason = text(feedback.get("verdict")), text(feedback.get("reason"))
    if verdict not in Feedback.Verdict:
        return {}
    words = text(feedback.get("text"), TEXT_LENGTH)
    return {
        "verdict": verdict,
        "reason": reason if reason in Feedback.Reason else "",
        "text": words,
    }


def _fact(fact: dict[str, Any]) -> dict[str, Any]:
    """What is known of the command that wrote an answer, in the fields of its row."""
    usage, error = mapping(fact.get("usage")), mapping(fact.get("error"))
    status, source = fact.get("status"), usage.get("source")
    return {
        "status": status if status in ENDED else "interrupted",
        "model": text(fact.get("model"), 200),
        "params": parameters(fact.get("params")),
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
