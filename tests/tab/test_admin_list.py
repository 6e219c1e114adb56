"""Finding conversations and answers in the admin."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from chat.models import Conversation, Generation

from .answered import conversation, days_ago, person, reviewer, say

pytestmark = pytest.mark.django_db
TITLE = re.compile(r'class="field-(?:shown_title|transcript)[^>]*><a [^>]*>([^<]*)<')
LIST = "/admin/chat/conversation/"
ANSWERS = "/admin/chat/generation/"
# Session, person, permissions (2), choices of filters (2), dates (2), the count and the rows.
QUERIES = 10


@pytest.fixture
def staff(client: Client) -> Client:
    """A reviewer's browser."""
    client.force_login(reviewer())
    return client


@pytest.fixture
def alice() -> User:
    return person("alice", first_name="Alice", last_name="Liddell")


@pytest.fixture
def bob() -> User:
    return person("bob")


def titles(client: Client, address: str = LIST, **params: str) -> list[str]:
    """The titles in a list, from its first row to its last."""
    page = client.get(address, params)
    assert page.status_code == 200, page
    found = re.findall(
        r'class="field-(?:shown_title|transcript)[^>]*><a [^>]*>([^<]*)<', text(page)
    )
    assert len(found) == page.context["cl"].result_count
    return found


def text(page: object) -> str:
    return page.content.decode()  # type: ignore[attr-defined, no-any-return]


def test_a_row_says_what_it_is(staff: Client, alice: User) -> None:
    made = conversation(alice, "How tall is Everest?", "Tall.", turns=2, model="gpt-5.2")
    say(made, "And K2?", "", status="failed", error_code="timeout", model="llama")
    row = text(staff.get(LIST)).split("<tbody>")[1].split("</tbody>")[0]
    cells = [re.sub(r"<[^>]+>", "", cell).strip() for cell in re.split("</t[dh]>", row)]
    assert cells[:5] == ["How tall is Everest?", "alice", "llama", "6", "failed"]


def test_found_by_person(staff: Client, alice: User, bob: User) -> None:
    conversation(alice, "of Alice")
    conversation(bob, "of Bob")
    for words in ("alice", "ALICE", "liddell", "Alice Liddell", "alice@example.org"):
        assert titles(staff, person=words) == ["of Alice"]
    assert titles(staff, owner__id__exact=str(bob.pk)) == ["of Bob"]
    assert titles(staff, person="nobody \0") == []
    assert titles(staff, person="  ") == ["of Bob", "of Alice"]


def test_the_search_finds_a_person_too(staff: Client, alice: User, bob: User) -> None:
    conversation(alice, "On bobsleighs")
    conversation(bob, "On sledges")
    assert titles(staff, q="ALICE@example.org") == ["On bobsleighs"]
    assert titles(staff, q="liddell") == ["On bobsleighs"]
    assert titles(staff, q="bob") == ["On sledges", "On bobsleighs"]
    assert titles(staff, q="bob sledges") == ["On sledges"]
    assert titles(staff, q="alice sledges") == []


def test_found_by_model_and_status_of_any_answer(staff: Client, alice: User) -> None:
    first = conversation(alice, "first", model="gpt-5.2")
    say(first, "again", "", model="llama", status="failed")
    say(first, "and again", "Yes", model="llama")
    conversation(alice, "second", model="llama")
    assert titles(staff, by="gpt-5.2") == ["first"]
    assert titles(staff, by="llama") == ["second", "first"]
    assert titles(staff, answer="failed") == ["first"]
    assert titles(staff, answer="complete") == ["second", "first"]
    assert titles(staff, answer="stopped") == []


def test_found_by_date(staff: Client, alice: User) -> None:
    days_ago(conversation(alice, "old"), 400)
    conversation(alice, "new")
    now = timezone.now()
    today = {"updated_at__gte": f"{now:%Y-%m-%d} 00:00:00+00:00"}
    assert titles(staff, **today) == ["new"]
    assert titles(staff, created_at__year=str((now - timedelta(days=400)).year)) == ["old"]


def test_found_by_text_of_any_message_or_of_the_title(staff: Client, alice: User) -> None:
    first = conversation(alice, "About penguins", "They swim.")
    say(first, "And where do they live?", "In the Antarctic; penguins like ice.")
    conversation(alice, "About polar bears", "They live in the Arctic.")
    renamed = conversation(alice, "x", "y")
    Conversation.objects.filter(pk=renamed.pk).update(title="Holidays in Greece")
    assert titles(staff, q="PENGUINS") == ["About penguins"]
    assert titles(staff, q="live") == ["About polar bears", "About penguins"]
    assert titles(staff, q="swim antarctic") == ["About penguins"]
    assert titles(staff, q="swim arctic greece") == []
    assert titles(staff, q='"in the Arctic"') == ["About polar bears"]
    assert titles(staff, q='"the in"') == []
    assert titles(staff, q="greece") == ["Holidays in Greece"]
    assert titles(staff, q=str(first.pk)) == ["About penguins"]


@pytest.mark.parametrize(
    "q", ["'", '"', "%", "_", "\\", "' OR 1=1 --", '"open', "🐧", "<b>", "[", "*"]
)
def test_any_search_has_an_answer(staff: Client, alice: User, q: str) -> None:
    conversation(alice, "100 % of <b>them</b>")
    assert staff.get(LIST, {"q": q}).status_code == 200


def test_a_percent_sign_stands_for_itself(staff: Client, alice: User) -> None:
    conversation(alice, "100 % sure")
    conversation(alice, "quite sure")
    assert titles(staff, q="%") == ["100 % sure"]


def test_titles_are_text(staff: Client, alice: User) -> None:
    conversation(alice, "<script>alert(1)</script>")
    assert "<script>alert" not in text(staff.get(LIST)) + text(staff.get(ANSWERS))


@pytest.mark.parametrize("number", [3, 100])
def test_a_list_takes_few_queries(
    staff: Client,
    alice: User,
    bob: User,
    number: int,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for n in range(number):
        conversation((alice, bob)[n % 2], f"Question {n}")
    for params in (
        {},
        {"q": "question alice"},
        {"answer": "complete", "by": "demo", "person": "a"},
    ):
        with django_assert_max_num_queries(QUERIES):
            assert staff.get(LIST, params).status_code == 200
        with django_assert_max_num_queries(QUERIES):
            assert staff.get(ANSWERS, {"q": "question"}).status_code == 200


def test_failed_answers_of_today(staff: Client, alice: User) -> None:
    conversation(alice, "fine")
    conversation(alice, "slow", "", status="failed", error_code="timeout", error_text="Too slow.")
    conversation(alice, "full", "", status="failed", error_code="rate_limited")
    old = conversation(alice, "old", "", status="failed", error_code="timeout")
    old.generations.update(created_at=timezone.now() - timedelta(days=3))
    today = {"created_at__gte": f"{timezone.now():%Y-%m-%d} 00:00:00+00:00"}
    assert titles(staff, ANSWERS, status__exact="failed", **today) == ["full", "slow"]
    assert titles(staff, ANSWERS, error_code="timeout", **today) == ["slow"]
    assert titles(staff, ANSWERS, model="demo", q="too") == ["slow"]
    assert titles(staff, ANSWERS, conversation__id__exact=str(old.pk)) == ["old"]


def test_an_answer_tells_all_of_itself(staff: Client, alice: User) -> None:
    conversation(alice, "slow", "", status="failed", error_code="timeout", error_text="Too slow.")
    answer = Generation.objects.get()
    page = text(staff.get(reverse("admin:chat_generation_change", args=[answer.pk])))
    for fact in ("timeout", "Too slow.", "first token 0.250 s, finished 2.250 s", str(answer.key)):
        assert fact in page
