"""What comes in is saved whole, with its branches and times, and never twice."""

import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError

from chat.exporting import document
from chat.importing.bounded import Bounds, Progress
from chat.importing.files import Reader, threads
from chat.importing.saving import save
from chat.importing.thread import Thread
from chat.importing.work import receive, settle
from chat.models import (
    Attachment,
    Conversation,
    Feedback,
    Generation,
    Import,
    Message,
    Process,
    UsedTokens,
    branches,
)
from chat.search import search
from chat.supervisor import begin

from .exports import chatgpt, claude, open_webui

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice() -> User:
    return User.objects.create(username="alice")


@pytest.fixture
def bob() -> User:
    return User.objects.create(username="bob")


def read(*items: object) -> list[Thread]:
    data = json.dumps(items).encode()
    return [each for each in threads(io.BytesIO(data), len(data), Bounds(), Progress()) if each]


def exported(conversation: Conversation) -> dict[str, object]:
    return document(conversation, conversation.messages.order_by("pk"))


def exported_by(owner: User) -> dict[str, Any]:
    """An export of a conversation of theirs, a prompt and an answer long."""
    item = {"uuid": "x", "chat_messages": claude()["chat_messages"][:2]}
    assert save(owner, read(item)[0])
    return json.loads(json.dumps(exported(Conversation.objects.get(owner=owner))))  # type: ignore[no-any-return]


def test_a_conversation_comes_in_with_its_branches_times_and_model(alice: User) -> None:
    (thread,) = read(chatgpt())
    assert save(alice, thread)
    conversation = Conversation.objects.get(owner=alice)
    assert conversation.title == "The sun"
    assert conversation.archived
    assert conversation.created_at.timestamp() == 1_700_000_000
    assert conversation.updated_at.timestamp() == 1_700_000_100
    said = ["What is the sun?", "The Sun is a star.", "Thanks"]
    assert [each.text for each in conversation.path()] == said
    first, second, _drawn = conversation.messages.filter(role="assistant").order_by("pk")
    assert first.parent_id == second.parent_id
    assert first.created_at.timestamp() == 1_700_000_000.5
    assert second.part_htmls[-1] == "<p>The Sun is a star.</p>\n"
    assert Generation.objects.get(message=first).model == "gpt-4o"
    assert search(alice, "ball").count == 1


def test_the_same_conversation_never_comes_in_twice(alice: User, bob: User) -> None:
    items = [chatgpt(), claude(), open_webui()]
    assert [save(alice, each) for each in read(*items)] == [True] * 3
    assert [save(alice, each) for each in read(*items)] == [False] * 3
    assert [save(bob, each) for each in read(*items)] == [True] * 3
    nameless = claude()
    del nameless["uuid"]
    assert [save(alice, each) for each in read(nameless, nameless)] == [True, False]
    Conversation.objects.filter(owner=alice, title="The moon").delete()
    assert [save(alice, each) for each in read(claude())] == [True], "it was deleted"


def test_our_own_export_comes_back_as_it_was(alice: User, bob: User) -> None:
    assert save(alice, read(chatgpt())[0])
    conversation = Conversation.objects.get(owner=alice)
    Generation.objects.filter(conversation=conversation).update(
        completion_tokens=7, usage_source="provider", status="stopped"
    )
    data = exported(conversation)
    (thread,) = read(data)
    assert not save(alice, thread), "it is still here"
    assert save(bob, thread)
    again = exported(Conversation.objects.get(owner=bob))

    def facts(each: dict[str, object]) -> list[object]:
        messages: list[dict[str, object]] = each["messages"]  # type: ignore[assignment]
        place = {message["id"]: number for number, message in enumerate(messages)}
        return [
            (place.get(m["parent"]), m["text"], m["parts"], m["created_at"], m["generations"])
            for m in messages
        ]

    assert facts(again) == facts(data)
    assert not UsedTokens.objects.exists(), "nobody used them here"
    for name in ("title", "model", "archived", "created_at", "updated_at"):
        assert again[name] == data[name]


def test_settings_files_and_opinions_come_back_as_far_as_they_can(alice: User, bob: User) -> None:
    assert save(alice, read(claude())[0])
    conversation = Conversation.objects.get(owner=alice)
    chosen: dict[str, Any] = {"params": {"temperature": 0.5}, "tools": {"calculate": False}}
    conversation.configure(system_prompt="Be brief.", **chosen)
    answer = conversation.messages.filter(role="assistant")[0]
    answer.feedback.create(person=alice, verdict="down", reason="wrong", text="Oval!")
    data = exported(conversation)
    data["params"] = {**chosen["params"], "top_p": 9, "unknown": 1}
    assert save(bob, read(data)[0])
    again = Conversation.objects.get(owner=bob)
    assert {"params": again.params, "tools": again.tools} == chosen
    assert again.system_prompt == "Be brief."
    opinion = Feedback.objects.get(person=bob)
    assert (opinion.verdict, opinion.reason, opinion.text) == ("down", "wrong", "Oval!")
    prompt = again.messages.get(role="user")
    assert [(each["name"], each["kind"]) for each in prompt.parts] == [
        ("notes.txt", "text"),
        ("a.png", "missing"),
    ]
    (kept,) = again.attachments.all()
    assert (kept.owner, kept.message, kept.text) == (bob, prompt, "of the moon")
    with kept.file.open("rb") as file:
        assert file.read() == b"of the moon"
    assert prompt.parts[0]["id"] == str(kept.pk)
    copy = branches.fork(again, prompt.pk).messages.get()
    assert copy.file_names == "notes.txt, a.png"
    assert copy.parts[0]["id"] == str(copy.attachments.get().pk)


def test_files_beyond_the_quota_are_told_by_name(alice: User, settings: Any) -> None:
    settings.LIMITS = replace(settings.LIMITS, files_bytes_per_user=5)
    (thread,) = read(claude())
    assert save(alice, thread)
    assert not Attachment.objects.exists()
    prompt = Message.objects.get(role="user")
    assert [each["kind"] for each in prompt.parts] == ["missing", "missing"]
    assert thread.left_out["files"] == 2


def test_files_of_a_conversation_that_cannot_be_saved_are_not_kept(
    alice: User, tmp_path: Path, settings: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    (thread,) = read(claude())
    thread.messages[1].feedback = {"verdict": None}  # type: ignore[dict-item]
    with pytest.raises(IntegrityError):
        save(alice, thread)
    assert not list(tmp_path.rglob("*.txt"))


def test_what_is_too_long_is_not_even_rendered(alice: User) -> None:
    items = [claude(), own := exported_by(alice)]
    own["messages"][1]["parts"] = [{"type": "text", "text": "word " * 1000}]
    data = json.dumps(items).encode()
    bounds = Bounds(characters=1000, messages=2)
    found = Reader(io.BytesIO(data), len(data), bounds).next(9, 9)
    assert [each.why for each in found] == ["long", "long"]
    assert not any(said.rendered for each in found if each.thread for said in each.thread.messages)


def test_a_long_conversation_comes_in_in_few_queries(
    alice: User, django_assert_max_num_queries: object
) -> None:
    messages = [
        {"uuid": str(n), "sender": "assistant" if n % 2 else "human", "text": f"text {n}"}
        for n in range(2000)
    ]
    (thread,) = read({"uuid": "long", "name": "Long", "chat_messages": messages})
    with django_assert_max_num_queries(200):  # type: ignore[operator]
        assert save(alice, thread)
    assert len(Conversation.objects.get(owner=alice).path()) == 2000


def test_an_import_whose_process_is_gone_has_failed_honestly(alice: User) -> None:
    process = Process.objects.create(name="gone")
    lost = Import.objects.create(owner=alice, process=process, name="a.json", size=1)
    settle(alice)
    lost.refresh_from_db()
    assert lost.going_on, "its process lives"
    process.delete()
    settle(alice)
    lost.refresh_from_db()
    assert (lost.state, lost.fault) == ("failed", "lost")


def test_a_file_that_cannot_be_kept_leaves_no_import_going_on(
    alice: User, tmp_path: Path, settings: Any
) -> None:
    begin(Process.objects.create(name="here"))
    settings.VAR_DIR = tmp_path / "full"
    settings.VAR_DIR.write_text("no folder")
    for _ in range(2):
        made = receive(alice, SimpleUploadedFile("a.json", b"[]"))
        made.refresh_from_db()
        assert (made.state, made.fault) == ("failed", "file")
