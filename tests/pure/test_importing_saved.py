"""What comes in is saved whole, with its branches and times, and never twice."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile

from chat.exporting import document
from chat.importing.files import Bounds, threads
from chat.importing.saving import save
from chat.importing.thread import Thread
from chat.importing.work import receive, settle
from chat.models import Conversation, Generation, Import, Process, UsedTokens
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
    return [each for each in threads(io.BytesIO(data), len(data), Bounds()) if each]


def exported(conversation: Conversation) -> dict[str, object]:
    return document(conversation, conversation.messages.order_by("pk"))


def test_a_conversation_comes_in_with_its_branches_times_and_model(alice: User) -> None:
    (thread,) = read(chatgpt())
    assert save(alice, thread)
    conversation = Conversation.objects.get(owner=alice)
    assert conversation.title == "The sun"
    assert conversation.archived
    assert conversation.created_at.timestamp() == 1_700_000_000
    assert conversation.updated_at.timestamp() == 1_700_000_100
    assert [each.text for each in conversation.path()] == ["What is the sun?", "A star.", "Thanks"]
    first, second = conversation.messages.filter(role="assistant").order_by("pk")
    assert first.parent_id == second.parent_id
    assert first.created_at.timestamp() == 1_700_000_000.5
    assert second.part_htmls[1] == "<p>A star.</p>\n"
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
