"""Export files are read whatever is in them: what fits comes in, the rest is left out and told."""

import contextlib
import io
import json
import zipfile
from datetime import UTC, datetime
from time import process_time
from typing import Any

import pytest

from chat.importing.artifacts import unwrapped
from chat.importing.bounded import Bounds, Progress, Unreadable
from chat.importing.citations import legible
from chat.importing.details import unfolded
from chat.importing.fields import time
from chat.importing.files import Reader, threads
from chat.importing.thread import File, Node, Said, Thread

from .exports import chatgpt, claude, open_webui


def read(data: bytes, bounds: Bounds | None = None) -> list[Thread | None]:
    return list(threads(io.BytesIO(data), len(data), bounds or Bounds(), Progress()))


def one(item: Any) -> Thread:
    (thread,) = read(json.dumps([item]).encode())
    assert thread is not None
    return thread


def zipped(files: dict[str, bytes]) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return data.getvalue()


def tree(thread: Thread) -> list[tuple[str | None, str, str]]:
    return [(said.parent, said.role, said.text) for said in thread.messages]


def test_chatgpts_branches_reasoning_tools_and_times_are_kept() -> None:
    thread = one(chatgpt())
    assert tree(thread) == [
        (None, "user", "What is the sun?"),
        ("q", "assistant", "A ball ([s](https://s.de))."),
        ("q", "assistant", "The Sun is a star."),
        ("a2", "user", "Thanks"),
        ("q2", "user", ""),
        ("q3", "assistant", ""),
    ]
    call = {"type": "tool_call", "id": "call", "name": "python", "arguments": "print(1)"}
    assert thread.messages[2].parts == [
        {"type": "reasoning", "text": "Hm\nA star", "ms": 4000},
        {**call, "result": "1", "error": False},
        {"type": "text", "text": "The Sun is a star."},
    ]
    assert [each["name"] for each in thread.messages[5].parts] == ["dalle.text2im"]
    assert [each.files for each in thread.messages[::4]] == [[File("sun.png")], [File("image")]]
    assert thread.leaf == "q2"
    assert (thread.title, thread.archived, thread.origin) == ("The sun", True, "gpt-1")
    assert [said.model for said in thread.messages[1:3]] == ["gpt-4o", "gpt-4o"]
    assert thread.messages[0].at == datetime.fromtimestamp(1_700_000_000.5, UTC)
    assert +thread.left_out == {"files": 3}


def test_claudes_blocks_files_and_variants_are_kept() -> None:
    thread = one(claude())
    artifact = '**moon.py**\n\n```python\nprint("round")\n```'
    assert tree(thread) == [
        (None, "user", "Shape?"),
        ("m1", "assistant", f"Let me look.\n\nRound:\n\n{artifact}"),
        ("m1", "assistant", "Oval."),
    ]
    assert thread.messages[0].files == [File("notes.txt", "of the moon"), File("a.png")]
    thought, look, search, *shown = thread.messages[1].parts
    assert thought == {"type": "reasoning", "text": "It is round.", "ms": 2500}
    assert (look["text"], len(shown)) == ("Let me look.", 2)
    assert search["arguments"] == '{"query": "moon"}'
    assert search["result"] == "Moon\nhttps://moon.example\nA ball"
    assert thread.created_at == datetime(2025, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert +thread.left_out == {"files": 1}


def test_open_webuis_history_is_a_tree_with_tools_and_failures() -> None:
    thread = one(open_webui())
    assert tree(thread) == [
        (None, "user", "Mars?"),
        ("u", "assistant", "No."),
        ("x", "user", "Why?"),
        ("z", "assistant", ""),
        ("u", "assistant", "Red."),
    ]
    call = {"type": "tool_call", "id": "c1", "name": "look", "arguments": '{"at": "sky"}'}
    assert thread.messages[4].parts == [
        {"type": "reasoning", "text": "Red\nas rust", "ms": 3000},
        {**call, "result": "a red dot", "error": False},
        {"type": "text", "text": "Red."},
    ]
    assert thread.messages[0].files == [File("mars.pdf", "All about Mars"), File("image")]
    assert thread.messages[1].facts[0]["prompt_tokens"] == 9
    assert thread.messages[3].facts[0]["error_text"] == "llama runner process has terminated"
    assert (thread.leaf, thread.system_prompt, thread.pinned) == ("x", "Be brief.", True)
    assert thread.params == {"temperature": 0.2}, "what is no parameter here is left out"
    bare = one(open_webui()["chat"])
    assert len(bare.messages) == 5


def test_documents_that_were_written_beside_an_answer_are_shown_in_it() -> None:
    asked = {"command": "create", "type": "text/markdown", "title": "Moon", "content": "# Moon"}
    made = {"type": "tool_use", "id": "t2", "name": "artifacts", "input": asked}
    noted = {"type": "tool_result", "tool_use_id": "t2", "content": [{"text": "OK"}]}
    item = claude()
    item["chat_messages"][1]["content"][3:3] = [made, noted]
    _thought, _look, search, document, *_rest = one(item).messages[1].parts
    assert document == {"type": "text", "text": "**Moon**\n\n# Moon"}
    assert search["result"].startswith("Moon\nhttps"), "each result is with its own call"
    item = chatgpt()
    call = item["mapping"]["call"]["message"]
    code = {"name": "sun.py", "type": "code/python", "content": "print('```')"}
    call |= {"recipient": "canmore.create_textdoc"}
    call["content"] = {"content_type": "code", "text": json.dumps(code)}
    assert one(item).messages[2].parts[1]["text"] == "**sun.py**\n\n````python\nprint('```')\n````"


def test_files_come_in_lists_alone_with_a_byte_order_mark_and_in_zips() -> None:
    both = [chatgpt(), claude(), open_webui()]
    listed = json.dumps(both).encode()
    assert len(read(listed)) == 3
    assert len(read(b"\xef\xbb\xbf  " + listed)) == 3
    assert len(read(json.dumps(chatgpt(), indent=2).encode())) == 1
    inside = {"export/conversations.json": listed, "user.json": b"{}", "chat.html": b"<html>"}
    assert len(read(zipped(inside))) == 3
    several = {"conversations-000.json": listed, "conversations-001.json": listed}
    assert len(read(zipped(several))) == 6
    assert len(read(zipped({"chats.json": listed}))) == 3


@pytest.mark.parametrize(
    "data",
    [
        b"", b"   ", b"hello", b"[", b"[1,", b'[{"mapping": {', b"{}{}", b"\xff\xfe[\x00]\x00",
        b"PK\x03\x04 no zip", b"[" * 100_000, b'{"a":' * 100_000, b"[\xff]", b'["\\ud800', b"[1e]",
        b"[" + b"9" * 10_000 + b"]", b"\0" * 100, b"[1] x",
    ],
    ids=range(17),
)  # fmt: skip
def test_nothing_comes_out_of_broken_files(data: bytes) -> None:
    with contextlib.suppress(Unreadable):
        assert all(each is None for each in read(data))


HOSTILE: list[Any] = [
    None, 1, "text", [], [[]], {}, {"mapping": {}}, {"mapping": {"a": None}}, {"mapping": {"a": 1}},
    {"mapping": {"a": {"parent": "a", "message": {"author": [], "content": {"parts": {}}}}}},
    {"mapping": {"a": {"parent": {}, "message": {"content": {"content_type": [], "parts": [1]}}}}},
    {"mapping": {"": {"message": {"author": {"role": {}}, "recipient": [], "content": 5}}}},
    {"chat_messages": [1, None, {}, {"sender": [], "text": {}, "content": 5, "files": 3}]},
    {"chat_messages": [{"sender": "human", "text": "a\x00b\ud800", "parent_message_uuid": ["x"]}]},
    {"chat": {"history": {"messages": {"a": None, "b": {"role": "user", "content": {"x": 1}}}}}},
    {"history": {"messages": {"a": {"role": [], "models": 3, "parentId": 1e308}}}},
    {"messages": [None, {"id": [], "role": "user", "parts": 3}], "leaf": {}},
    {"messages": [{"id": True, "role": "assistant", "parts": [{"type": "text"}]}], "leaf": 1},
    {"messages": [{"id": 1, "role": "user", "generations": [[], {"usage": []}]}], "leaf": 1},
    {"mapping": {}, "create_time": 1e300, "update_time": "yesterday", "title": ["x"]},
]  # fmt: skip


def test_wrong_types_anywhere_are_left_out() -> None:
    for item in HOSTILE:
        for thread in read(json.dumps([item]).encode()):
            assert thread is None or all("\0" not in said.text for said in thread.messages)


@pytest.mark.parametrize(
    "value",
    [None, True, [], "x", "", -1, 0, 1e300, float("inf"), float("nan"), 10**30, "9999-99-99", "1"],
)
def test_times_that_make_no_sense_are_none(value: Any) -> None:
    assert time(value) is None


def test_times_are_known_in_every_unit() -> None:
    at = datetime(2024, 1, 1, tzinfo=UTC)
    seconds = int(at.timestamp())
    for value in (seconds, seconds * 10**3, seconds * 10**6, seconds * 10**9, at.isoformat()):
        assert time(value) == at


def test_a_tree_may_be_as_deep_as_it_likes_and_circles_are_left_out() -> None:
    nodes = [
        Node(str(n), str(n - 1), Said(str(n), "assistant" if n % 2 else "user", "x"))
        for n in range(50_000)
    ]
    nodes += [Node("a", "b"), Node("b", "a"), Node("c", "c", Said("c", "user", "self"))]
    thread = Thread("test", "1")
    thread.plant(nodes, "nowhere")
    assert len(thread.messages) == 50_000
    assert +thread.left_out == {"circles": 3}
    seen: set[str | None] = {None}
    for said in thread.messages:
        assert said.parent in seen, "parents come first"
        seen.add(said.id)


def test_zip_bombs_are_not_unpacked() -> None:
    bomb = zipped({"conversations.json": b"[" + b" " * 50_000_000 + b"]"})
    assert len(bomb) < 100_000
    with pytest.raises(Unreadable, match="unpacked"):
        read(bomb)
    with pytest.raises(Unreadable, match="files"):
        read(zipped({f"{n}.json": b"" for n in range(30)}), Bounds(files=20))
    with pytest.raises(Unreadable, match="nothing"):
        read(zipped({"a.zip": bomb, "b.txt": b"x"}))
    lying = bomb.replace(len(b"[" + b" " * 50_000_000 + b"]").to_bytes(4, "little"), b"\x10\0\0\0")
    with pytest.raises(Unreadable):
        read(lying)


def test_one_huge_conversation_is_not_gathered_in_memory() -> None:
    big = json.dumps([{"mapping": {}, "title": "x" * 300_000}]).encode()
    with pytest.raises(Unreadable, match="conversation"):
        read(big, Bounds(conversation=200_000))


def test_many_small_values_are_not_gathered_in_memory() -> None:
    many = b",".join([b"0"] * 2_000_000)
    with pytest.raises(Unreadable, match="conversation"):
        read(b'[{"chat_messages":[' + many + b"]}]")


def test_what_came_before_a_fault_is_not_lost() -> None:
    data = json.dumps([claude(), claude()]).encode()[:-1] + b", {broken"
    reader = Reader(io.BytesIO(data), len(data), Bounds())
    assert len(reader.next(10, 100)) == 2
    with pytest.raises(Unreadable, match="json"):
        reader.next(10, 100)


def test_marks_that_never_end_hold_up_nobody() -> None:
    began = process_time()
    for mark in ("\ue200", "【1†"):
        assert legible(mark * 100_000, []) == mark * 100_000
    opened = '<details type="reasoning">' * 20_000
    (part,) = unfolded(f"<details></details>{opened}")
    assert part["text"] == f"<details></details>{opened}"
    for last in ("", "</antThinking>"):
        text = "<antArtifact>" * 20_000 + last
        assert unwrapped(text) == [{"type": "text", "text": text}]
    assert process_time() - began < 5
