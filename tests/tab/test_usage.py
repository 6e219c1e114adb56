"""One's own usage by day and model, and what it cost."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from importlib import import_module
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from chat import prices
from chat.models import Conversation, Generation, ModelPrice, Origin, UsedTokens, branches
from chat.models.usage import Used
from chat.templatetags.chat import money
from chat.views.chart import chart

from .answered import USAGE, command, conversation, person, say

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice(client: Client) -> User:
    """Alice, who is signed in; nothing has a price yet."""
    prices.forget()
    alice = person("alice")
    client.force_login(alice)
    return alice


def answers(owner: User, model: str, at: datetime, *tokens: int, source: Any = "provider") -> None:
    """One answer for each number of completion tokens, to prompts of ten times as many."""
    made: Conversation = Conversation.objects.create(owner=owner)
    for count in tokens:
        counts = {"prompt_tokens": count * 10, "completion_tokens": count, "source": source}
        answer = say(made, "Hello", "Hi", model, usage={**USAGE, **counts}).generation
        UsedTokens.objects.filter(at=answer.created_at).update(at=at)


def test_answers_are_counted_by_day_and_model(client: Client, alice: User) -> None:
    now = timezone.now()
    answers(alice, "big", now, 5, 7)
    answers(alice, "small", now - timedelta(days=3), 100, source="estimated")
    answers(alice, "big", now - timedelta(days=40), 1000)
    answers(person("bob"), "big", now, 10_000)
    page = client.get("/usage/")
    total = page.context["total"]
    assert (total.answers, total.prompt_tokens, total.completion_tokens) == (3, 1120, 112)
    assert [(each.name, each.tokens) for each in page.context["models"]] == [
        ("small", 1100),
        ("big", 132),
    ]
    text = page.content.decode()
    assert "Partly estimated: 1 answer" in text
    assert "Cost" not in text
    assert client.get("/usage/?days=90").context["total"].completion_tokens == 1112
    assert client.get("/usage/?days=7&x").context["total"].answers == 3
    for odd in ("8", "-7", "", "x", "٧"):
        assert client.get("/usage/", {"days": odd}).context["days"] == 30


def test_what_was_used_stays_when_it_is_deleted_and_is_not_counted_twice(
    client: Client, alice: User
) -> None:
    answers(alice, "big", timezone.now(), 5, 7)
    deleted = Conversation.objects.get()
    branches.fork(deleted, deleted.leaf_id or 0)
    branches.prune(deleted, deleted.leaf_id or 0)
    long_ago = timezone.now() - timedelta(days=1)
    Conversation.objects.update(deleted_at=long_ago)
    assert Conversation.objects.purge(10) == 2
    assert not Generation.objects.exists()
    total = client.get("/usage/").context["total"]
    assert (total.answers, total.tokens) == (2, 132)


def test_the_answers_of_before_are_noted_once_the_notes_exist(alice: User) -> None:
    answers(alice, "big", timezone.now(), 5, 7, source="estimated")
    conversation(alice)
    imported = conversation(alice, model="elsewhere")
    Origin.objects.create(owner=alice, digest="x", conversation=imported)
    imported.generations.update(started_at=None)
    imported.send(command(), "which goes on here, and is not answered yet")
    facts = "owner", "model", "prompt_tokens", "completion_tokens", "estimated"
    meant = sorted(UsedTokens.objects.exclude(model="elsewhere").values_list(*facts))
    UsedTokens.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute(import_module("chat.migrations.0012_used_tokens").NOTE_ALL)
    assert sorted(UsedTokens.objects.values_list(*facts)) == meant


def test_days_begin_where_the_person_is(client: Client, alice: User) -> None:
    today = timezone.now().astimezone(UTC).replace(hour=12)
    # 20:30 in UTC is the next day in Kathmandu, 5:45 ahead.
    at = (today - timedelta(days=2)).replace(hour=20, minute=30)
    answers(alice, "big", at, 5)
    days = []
    for zone in ("", "Asia/Kathmandu", "../etc/passwd", "Not/A_Zone", "x" * 9999):
        client.cookies["zone"] = zone
        (row,) = client.get("/usage/").context["by_day"]
        days.append(row.name[0])
    here, there = at.date(), at.date() + timedelta(days=1)
    assert days == [here, there, here, here, here]


def test_costs_are_exact_and_by_currency(client: Client, alice: User) -> None:
    ModelPrice.objects.create(
        model="big", prompt_price=Decimal("1.1"), completion_price=Decimal("3.3")
    )
    ModelPrice.objects.create(
        model="small", prompt_price=Decimal(0), completion_price=Decimal("0.1"), currency="EUR"
    )
    answers(alice, "big", timezone.now(), 100_000)
    answers(alice, "small", timezone.now(), 7)
    answers(alice, "free", timezone.now(), 7)
    page = client.get("/usage/")
    assert page.context["total"].money == [(Decimal("0.0000007"), "EUR"), (Decimal("1.43"), "USD")]
    assert "1.43 USD" in page.content.decode()
    generation = Generation.objects.get(model="big")
    assert prices.cost_of(generation) == (Decimal("1.43"), "USD")
    shown = client.get(f"/c/{generation.conversation_id}/").content.decode()
    assert "1.43 USD" in shown
    assert prices.cost_of(Generation.objects.get(model="free")) is None


def test_prices_are_written_down_in_the_admin(client: Client, alice: User) -> None:
    client.force_login(person("root", is_staff=True, is_superuser=True))
    fields = {"model": "big", "prompt_price": "1.25", "completion_price": "10", "currency": "EUR"}
    add = "/admin/chat/modelprice/add/"
    for wrong in ({"currency": "euro"}, {"prompt_price": "-1"}, {"model": ""}):
        assert client.post(add, {**fields, **wrong}).status_code == 200
    assert prices.prices() == {}
    assert client.post(add, fields).status_code == 302
    assert prices.prices()["big"].cost(1_000_000, 500_000) == Decimal("6.25")


def test_the_page_takes_as_many_queries_for_many_answers(
    client: Client, alice: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for days in range(5):
        answers(alice, f"model {days}", timezone.now() - timedelta(days=days), 1, 2, 3)
    prices.prices()
    with django_assert_num_queries(3):
        client.get("/usage/?days=90")


def test_bars_stand_on_each_other_and_many_models_share_a_colour() -> None:
    today = datetime(2026, 3, 1, tzinfo=UTC).date()
    used = [Used(today, f"m{n}", 1, 0, 10 - n, 0) for n in range(7)]
    drawn = chart(used, today, 7)
    assert [bar.tokens for bar in drawn.bars] == [0] * 6 + [49]
    assert [name for _colour, name in drawn.legend] == ["m0", "m1", "m2", "m3", "m4", "Others"]
    pieces = drawn.bars[-1].pieces
    assert [piece.colour for piece in pieces] == [1, 2, 3, 4, 5, 6]
    assert abs(sum(float(piece.height) for piece in pieces) - 100) < 0.1
    assert float(pieces[-1].y) < 0.1


@pytest.mark.parametrize(
    ("amount", "shown"),
    [("0", "0.0000"), ("0.00001", "< 0.0001"), ("0.00123", "0.0012"), ("1234.5", "1,234.50")],
)
def test_small_amounts_show_more_decimals(amount: str, shown: str) -> None:
    assert money(Decimal(amount)) == shown
