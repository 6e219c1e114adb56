"""Small export files in the forms that other sites give them."""

from typing import Any


def chatgpt(id: str = "gpt-1") -> dict[str, Any]:
    """Two variants of an answer, the second with reasoning; a hidden message and a tool."""

    def node(id: str, parent: str | None, role: str, *parts: Any, **more: Any) -> dict[str, Any]:
        content = {"content_type": "text", "parts": list(parts), **more.pop("content", {})}
        message = {
            "id": id,
            "author": {"role": role, "name": None, "metadata": {}},
            "create_time": 1_700_000_000.5,
            "content": content,
            "recipient": "all",
            "metadata": {"model_slug": "gpt-4o"} if role == "assistant" else {},
            **more,
        }
        return {"id": id, "message": message, "parent": parent, "children": []}

    hidden = {"metadata": {"is_visually_hidden_from_conversation": True}}
    thoughts = {"content_type": "thoughts", "thoughts": [{"summary": "Hm", "content": "A star"}]}
    image = {"content_type": "image_asset_pointer", "asset_pointer": "file-service://x"}
    nodes = [
        {"id": "root", "message": None, "parent": None, "children": []},
        node("sys", "root", "system", "", **hidden),
        node("q", "sys", "user", image, "What is the sun?"),
        node("a1", "q", "assistant", "A \ue200cite\ue202turn0\ue201ball."),
        node("think", "q", "assistant", content=thoughts),
        node("call", "think", "assistant", "print(1)", recipient="python"),
        node("out", "call", "tool", "1"),
        node("a2", "out", "assistant", "A star."),
        node("q2", "a2", "user", "Thanks"),
    ]
    return {
        "conversation_id": id,
        "title": "The sun",
        "create_time": 1_700_000_000.0,
        "update_time": 1_700_000_100.0,
        "mapping": {each["id"]: each for each in nodes},
        "current_node": "q2",
        "default_model_slug": "gpt-4o",
        "is_archived": True,
    }


def claude(id: str = "claude-1") -> dict[str, Any]:
    """An attachment, reasoning, a tool and a file."""
    thinking = [
        {"type": "thinking", "thinking": "It is round."},
        {"type": "tool_use", "name": "web", "input": {}},
        {"type": "text", "text": "Round."},
    ]
    return {
        "uuid": id,
        "name": "The moon",
        "created_at": "2025-01-02T03:04:05.000000Z",
        "updated_at": "2025-01-02T03:05:05Z",
        "account": {"uuid": "x"},
        "chat_messages": [
            {
                "uuid": "m1",
                "sender": "human",
                "text": "Shape?",
                "content": [{"type": "text", "text": "Shape?"}],
                "created_at": "2025-01-02T03:04:05Z",
                "attachments": [{"file_name": "notes.txt", "extracted_content": "of the moon"}],
                "files": [{"file_name": "a.png"}],
            },
            {"uuid": "m2", "sender": "assistant", "text": "", "content": thinking},
        ],
    }


def open_webui(id: str = "webui-1") -> dict[str, Any]:
    """Two answers beside each other, one with reasoning folded in."""
    reasoning = (
        '<details type="reasoning" done="true"><summary>Thought</summary>\n&gt; Red</details>\n'
    )
    messages = {
        "u": {"id": "u", "parentId": None, "role": "user", "content": "Mars?", "timestamp": 1.73e9},
        "x": {"id": "x", "parentId": "u", "role": "assistant", "content": "No.", "model": "llama3"},
        "y": {"id": "y", "parentId": "u", "role": "assistant", "content": reasoning + "Red."},
    }  # fmt: skip
    chat = {
        "title": "Mars",
        "models": ["llama3"],
        "system": "Be brief.",
        "history": {"messages": messages, "currentId": "x"},
        "timestamp": 1_730_000_000_000,
    }
    return {"id": id, "title": "Mars", "chat": chat, "created_at": 1_730_000_000, "pinned": True}
