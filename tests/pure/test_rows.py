"""Rows that are written and read past the ORM are those that it would have written and read."""

import uuid
from datetime import UTC, datetime
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import DatabaseError, IntegrityError, models, transaction
from django.db.transaction import TransactionManagementError

from chat.models import Conversation, Generation, Message, Process
from chat.models.rows import held, insert, update

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 1, 2, 12, 30, 15, 123456, tzinfo=UTC)


@pytest.fixture
def conversation() -> Conversation:
    """A conversation that has something in each of its fields."""
    return Conversation.objects.create(
        owner=User.objects.create(username="ada"),
        title="Ünïcode ✓ 'quoted' %s",
        pinned=True,
        model="demo",
        system_prompt="Be brief.",
        params={"temperature": 0.5},
        tools={"clock": False},
        tools_allowed=["clock"],
        deleted_at=NOON,
    )


@pytest.fixture
def message(conversation: Conversation) -> Message:
    """The same of a message."""
    return Message.objects.create(
        conversation=conversation,
        parent=Message.objects.create(conversation=conversation, role="user"),
        role="assistant",
        text="100 % \N{GRINNING FACE}",
        parts=[{"type": "text", "text": "é"}],
        rendered=["<p>é</p>"],
        rendered_by=3,
    )


@pytest.fixture
def generation(message: Message) -> Generation:
    """The same of a generation."""
    return Generation.objects.create(
        conversation=message.conversation,
        message=message,
        key=uuid.uuid4(),
        status="complete",
        owner=Process.objects.create(),
        model="demo",
        params={"seed": 2**62},
        started_at=NOON,
        upstream_closed_ms=1.25,
        without_tools=True,
        error_text="?",
    )


@pytest.fixture(params=["conversation", "message", "generation"])
def row(request: pytest.FixtureRequest) -> models.Model:
    """A row of each kind, as the ORM reads it."""
    written: models.Model = request.getfixturevalue(request.param)
    return type(written)._base_manager.get(pk=written.pk)


def values(row: models.Model) -> dict[str, Any]:
    return {each.attname: getattr(row, each.attname) for each in row._meta.concrete_fields}


def test_a_row_is_read_as_by_the_orm(row: models.Model) -> None:
    read = held(type(row), row.pk)

    assert read is not None
    assert values(read) == values(row)
    assert not read._state.adding


def test_a_row_is_written_as_by_the_orm(row: models.Model) -> None:
    copied = values(row) | {"id": None if row._meta.auto_field else uuid.uuid4()}
    if "key" in copied:
        copied["key"] = uuid.uuid4()
    copy = insert(type(row)(**copied))
    read = type(row)._base_manager.get(pk=copy.pk)

    assert copy.pk != row.pk
    assert values(read) == values(copy)
    # Where it is another one it is a key, or the time at which it was written.
    written = {"id", "key", "created_at", "updated_at"}
    assert {name for name, value in values(read).items() if value != values(row)[name]} <= written
    assert not copy._state.adding
    copy.save(force_update=True)


def test_fields_are_changed_as_by_the_orm(conversation: Conversation, message: Message) -> None:
    before = values(Conversation.objects.get())
    conversation.leaf, conversation.title, conversation.params = message, "'%s'", {"top_p": 1}
    conversation.system_prompt = "This is not said."
    update(conversation, "leaf", "title", "params", "updated_at")
    after = values(Conversation.objects.get())

    assert {name for name, value in after.items() if value != before[name]} == {
        "leaf_id",
        "title",
        "params",
        "updated_at",
    }
    assert (after["leaf_id"], after["title"], after["params"]) == (message.pk, "'%s'", {"top_p": 1})
    assert after["updated_at"] == conversation.updated_at


@pytest.mark.django_db(transaction=True)
def test_a_row_is_only_held_in_a_transaction(conversation: Conversation) -> None:
    with pytest.raises(TransactionManagementError):
        held(Conversation, conversation.pk)


def test_a_row_that_is_gone_cannot_be_changed(conversation: Conversation) -> None:
    Conversation.objects.all().delete()
    with pytest.raises(DatabaseError):
        update(conversation, "title")


def test_there_may_be_no_row(conversation: Conversation) -> None:
    assert held(Conversation, uuid.uuid4()) is None
    assert held(Message, 2**40) is None


def test_a_row_that_may_not_be_is_refused(conversation: Conversation) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        insert(Conversation(pk=conversation.pk, owner=conversation.owner))
    assert Conversation.objects.count() == 1
