"""Export files are read whatever is in them: what fits comes in, the rest is left out and told."""

import contextlib
import io
import json
import zipfile
from datetime import UTC, datetime
from time import process_time
from typing import Any

import pytest

from chat.importing import chatgpt as of_chatgpt
from chat.importing import openwebui as of_open_webui
from chat.importing.fields import time
from chat.importing.files import Bounds, Reader, Unreadable, threads
from chat.importing.thread import Node, Said, Thread

from .exports import chatgpt, claude, open_webui


def read(data: bytes, bounds: Bounds | None = None) -> list[Thread | None]:
    return list(threads(io.BytesIO(data), len(data), bounds or Bounds()))


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


def test_chatgpts_branches_reasoning_and_times_are_kept() -> None:
    thread = one(chatgpt())
    assert tree(thread) == [
        (None, "user", "What is the sun?"),
        ("q", "assistant", "A ball."),
        ("q", "assistant", "A star."),
        ("a2", "user", "Thanks"),
    ]
    assert thread.messages[2].parts == [
        {"type": "reasoning", "text": "Hm\nA star", "ms": None},
        {"type": "text", "text": "A star."},
    ]
    assert thread.leaf == "q2"
    assert (thread.title, thread.archived, thread.origin) == ("The sun", True, "gpt-1")
    assert thread.messages[1].model == "gpt-4o"
    assert thread.messages[0].at == datetime.fromtimestamp(1_700_000_000.5, UTC)
    assert thread.left_out == {"files": 1, "tools": 2}


def test_claudes_messages_follow_each_other() -> None:
    thread = one(claude())
    assert tree(thread) == [
        (None, "user", "Shape?\n\nnotes.txt\n\nof the moon"),
        ("m1", "assistant", "Round."),
    ]
    assert thread.messages[1].parts[0]["text"] == "It is round."
    assert thread.created_at == datetime(2025, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert thread.left_out == {"files": 1, "tools": 1}


def test_open_webuis_history_is_a_tree() -> None:
    thread = one(open_webui())
    assert tree(thread) == [
        (None, "user", "Mars?"),
        ("u", "assistant", "No."),
        ("u", "assistant", "Red."),
    ]
    assert thread.messages[2].parts[0] == {"type": "reasoning", "text": "> Red", "ms": None}
    assert (thread.leaf, thread.system_prompt, thread.pinned) == ("x", "Be brief.", True)
    bare = one(open_webui()["chat"])
    assert len(bare.messages) == 3


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
    assert thread.left_out == {"circles": 3}
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
    reader = Reader(threads(io.BytesIO(data), len(data), Bounds()))
    assert len(reader.next(10, 100)) == 2
    with pytest.raises(Unreadable, match="json"):
        reader.next(10, 100)


def test_marks_that_never_end_hold_up_nobody() -> None:
    began = process_time()
    for mark in ("\ue200", "【1†"):
        assert of_chatgpt.CITATIONS.sub("", mark * 100_000) == mark * 100_000
    opened = '<details type="reasoning">' * 20_000
    message = {"role": "assistant", "content": f"<details></details>{opened}"}
    item = {"id": "x", "history": {"messages": {"a": message}, "currentId": "a"}}
    (said,) = of_open_webui.read(item).messages
    assert said.text == message["content"]
    assert process_time() - began < 5
