"""Small export files in the forms that other sites give them."""

from typing import Any

HIDDEN = {"metadata": {"is_visually_hidden_from_conversation": True}}
THOUGHTS = {"content_type": "thoughts", "thoughts": [{"summary": "Hm", "content": "A star"}]}
RECAP = {"content_type": "reasoning_recap", "content": "Thought for 4 s"}
IMAGE = {"content_type": "image_asset_pointer", "asset_pointer": "sediment://file_1"}
ATTACHED = {"metadata": {"attachments": [{"id": "file_1", "name": "sun.png"}]}}
CITED, PLACE = "\ue200cite\ue202turn0\ue201", '\ue200entity\ue202["star","Sun",0]\ue201'
REFERENCES = {"content_references": [{"matched_text": CITED, "alt": "([s](https://s.de))"}]}


def _node(id: str, parent: str | None, role: str, *parts: Any, **more: Any) -> dict[str, Any]:
    """A node of ChatGPT's tree."""
    message = {
        "id": id,
        "author": {"role": role, "name": None, "metadata": {}},
        "create_time": 1_700_000_000.5,
        "content": {"content_type": "text", "parts": list(parts), **more.pop("content", {})},
        "recipient": "all",
        "metadata": {"model_slug": "gpt-4o"} if role == "assistant" else {},
        **more,
    }
    return {"id": id, "message": message, "parent": parent, "children": []}


def chatgpt(id: str = "gpt-1") -> dict[str, Any]:
    """Two variants of an answer, the second with reasoning and a program, and a picture drawn."""
    output = {"content_type": "execution_output", "text": "1"}
    nodes = [
        {"id": "root", "message": None, "parent": None, "children": []},
        _node("sys", "root", "system", "", **HIDDEN),
        _node("q", "sys", "user", IMAGE, "What is the sun?", **ATTACHED),
        _node("a1", "q", "assistant", f"A ball {CITED}.", metadata=REFERENCES),
        _node("think", "q", "assistant", content=THOUGHTS),
        _node("recap", "think", "assistant", content=RECAP, metadata={"finished_duration_sec": 4}),
        _node("call", "recap", "assistant", "print(1)", recipient="python"),
        _node("out", "call", "tool", content=output),
        _node("a2", "out", "assistant", f"The {PLACE} is a star \ue200cite\ue202turn9\ue201."),
        _node("q2", "a2", "user", "Thanks"),
        _node("q3", "q2", "user", IMAGE),
        _node("draw", "q3", "assistant", '{"prompt": "A sun"}', recipient="dalle.text2im"),
        _node("drawn", "draw", "tool", IMAGE),
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


def _looked_up() -> list[dict[str, Any]]:
    """The blocks of an answer of Claude: reasoning, a tool, an artifact."""
    begun, ended = "2025-01-02T03:04:06.000000Z", "2025-01-02T03:04:08.500000Z"
    took = {"start_timestamp": begun, "stop_timestamp": ended}
    page = {"type": "knowledge", "title": "Moon", "url": "https://moon.example", "text": "A ball"}
    artifact = '<antArtifact identifier="m" type="application/vnd.ant.code" language="python" '
    artifact += 'title="moon.py">\nprint("round")\n</antArtifact>'
    return [
        {"type": "thinking", "thinking": "It is round.", **took},
        {"type": "text", "text": "Let me look."},
        {"type": "tool_use", "id": "t1", "name": "web_search", "input": {"query": "moon"}},
        {"type": "tool_result", "tool_use_id": "t1", "content": [page], "is_error": False},
        {"type": "token_budget", "remaining": 5},
        {"type": "text", "text": f"Round:\n\n{artifact}"},
    ]


def claude(id: str = "claude-1") -> dict[str, Any]:
    """A pasted text, a picture; an answer with reasoning, a tool and an artifact, and another."""
    block = "```\nThis block is not supported on your current device yet.\n```"
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
                "files": [{"file_name": "a.png", "file_uuid": "f"}],
                "parent_message_uuid": "00000000-0000-4000-8000-000000000000",
            },
            {
                "uuid": "m2",
                "sender": "assistant",
                "text": f"Let me look.\n{block}\nRound",
                "content": _looked_up(),
                "parent_message_uuid": "m1",
            },
            {
                "uuid": "m3",
                "sender": "assistant",
                "text": f"{block}\n\nOval.",
                "content": [],
                "parent_message_uuid": "m1",
            },
        ],
    }


FOLDED = (
    '<details type="reasoning" done="true" duration="3">\n<summary>Thought for 3 seconds'
    "</summary>\n&gt; Red\n&gt; as rust\n</details>\n"
    '<details type="tool_calls" done="true" id="c1" name="look" arguments="&quot;{\\&quot;at'
    '\\&quot;: \\&quot;sky\\&quot;}&quot;" result="&quot;a red dot&quot;" files="">\n'
    "<summary>Tool Executed</summary>\n</details>\n"
)


def _mars() -> dict[str, Any]:
    """The messages of a chat of Open WebUI, by their ids."""
    file = {"filename": "mars.pdf", "data": {"content": "All about Mars"}}
    return {
        "u": {
            "id": "u",
            "parentId": None,
            "childrenIds": ["x", "y"],
            "role": "user",
            "content": "Mars?",
            "files": [
                {"type": "file", "name": "mars.pdf", "file": file},
                {"type": "image", "url": "data:image/png;base64,AAAA"},
            ],
            "timestamp": 1.73e9,
            "models": ["llama3", "qwen3"],
        },
        "x": {
            "id": "x",
            "parentId": "u",
            "role": "assistant",
            "content": "No.",
            "model": "llama3",
            "usage": {"prompt_eval_count": 9, "eval_count": 2, "total_duration": 1},
        },
        "y": {"id": "y", "parentId": "u", "role": "assistant", "content": f"{FOLDED}Red."},
        "z": {"id": "z", "parentId": "x", "role": "user", "content": "Why?"},
        "e": {
            "id": "e",
            "parentId": "z",
            "role": "assistant",
            "content": "",
            "model": "llama3",
            "error": {"content": "llama runner process has terminated"},
        },
    }


def open_webui(id: str = "webui-1") -> dict[str, Any]:
    """Two answers beside each other, one with reasoning and a tool folded in; one that failed."""
    chat = {
        "title": "Mars",
        "models": ["llama3"],
        "params": {"system": "Be brief.", "temperature": 0.2, "num_ctx": 8192, "top_p": 7},
        "history": {"messages": _mars(), "currentId": "x"},
        "timestamp": 1_730_000_000_000,
    }
    return {"id": id, "title": "Mars", "chat": chat, "created_at": 1_730_000_000, "pinned": True}
