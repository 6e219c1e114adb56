"""Which conversations are listed, in which order, and what the database does for it."""

import re
import uuid
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from chat.models import Conversation
from chat.models.listed import Place
from chat.search import search
from chat.views import sidebar

from .answered import command, conversation, days_ago, person, say

pytestmark = pytest.mark.django_db
ROW = re.compile(r'<span class="row-title" dir="auto">([^<]*)<')
MORE = re.compile(r'class="more" href="([^"]+)"')
# The session, the person, and the list.
QUERIES = 3


@pytest.fixture
def alice() -> User:
    return person("alice")


@pytest.fixture
def browser(client: Client, alice: User) -> Client:
    """Alice's browser."""
    client.force_login(alice)
    return client


def get(browser: Client, address: str = "/conversations/") -> str:
    answer = browser.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def many(owner: User, number: int, **what: object) -> None:
    """Conversations without a word, one a minute, the first one the newest."""
    now = timezone.now()
    made = Conversation.objects.bulk_create(
        [Conversation(owner=owner, title=f"c{i}", **what) for i in range(number)]
    )
    for index, each in enumerate(made):
        each.updated_at = now - timedelta(minutes=index)
    Conversation.objects.bulk_update(made, ["updated_at"], batch_size=500)


def every_page(browser: Client) -> list[str]:
    """The HTML of each page of the list, as one scrolls through it."""
    pages = [get(browser)]
    while more := MORE.search(pages[-1]):
        pages.append(get(browser, more[1].replace("&amp;", "&")))
    return pages


def test_pinned_ones_come_first_and_none_is_lost_or_doubled_between_pages(
    browser: Client, alice: User
) -> None:
    many(alice, 130)
    for pinned in Conversation.objects.filter(title__endswith="5"):
        pinned.pin(True)
    Conversation.objects.get(title="c7").archive(True)
    same = timezone.now() - timedelta(days=1)
    Conversation.objects.filter(title__endswith="9").update(updated_at=same)
    pages = every_page(browser)
    shown = [title for page in pages for title in ROW.findall(page)]
    first = [f"c{i}" for i in range(130) if i % 10 == 5]
    assert shown[: len(first)] == first
    assert sorted(shown) == sorted(f"c{i}" for i in range(130) if i != 7)
    labels = re.findall(r'class="group-name">([^<]*)<', "".join(pages))
    assert labels == list(dict.fromkeys(labels)), "a group that goes on has no second heading"
    assert labels[0] == "Pinned"


def test_a_list_that_is_read_again_stays_as_long_as_it_was(browser: Client, alice: User) -> None:
    many(alice, 130)
    assert len(ROW.findall(get(browser, "/conversations/?shown=120"))) == 120
    for odd in ("", "-1", "x", "9" * 30, "٣"):
        assert len(ROW.findall(get(browser, f"/conversations/?shown={odd}&before={odd}"))) == 50


def test_the_place_survives_the_conversation_that_named_it(browser: Client, alice: User) -> None:
    many(alice, 60)
    more = MORE.search(get(browser))
    assert more
    last = Conversation.objects.get(title="c49")
    last.discard()
    rest = ROW.findall(get(browser, more[1].replace("&amp;", "&")))
    assert rest == [f"c{i}" for i in range(50, 60)]
    place = Place(True, timezone.now(), uuid.uuid4())
    assert Place.read(str(place)) == place


def test_the_list_costs_three_queries_however_long_it_is(
    browser: Client, alice: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in (1, 120):
        many(alice, number)
        with django_assert_num_queries(QUERIES):
            get(browser)
        with django_assert_num_queries(QUERIES):
            get(browser, "/conversations/?shown=120")
    Conversation.objects.update(archived=True)
    with django_assert_num_queries(QUERIES + 1):
        get(browser, "/archived/")


@pytest.mark.parametrize("pinned", [None, True, False])
def test_the_list_is_read_from_an_index(alice: User, pinned: bool | None) -> None:
    many(alice, 300)
    place = None if pinned is None else Place(pinned, timezone.now(), uuid.uuid4())
    listed = Conversation.objects.for_user(alice).listed().after(place)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute("SET LOCAL enable_sort = off")
    plan = listed[: sidebar.PAGE].explain()
    assert "conversation_listed" in plan
    assert "TEMP B-TREE" not in plan
    assert "Sort" not in plan


def test_what_is_archived_temporary_or_deleted_is_not_listed(browser: Client, alice: User) -> None:
    for title in ("here", "away", "passing", "gone"):
        conversation(alice, title)
    bob = conversation(person("bob"), "of Bob")
    by = {each.title: each for each in Conversation.objects.all()}
    by["away"].archive(True)
    Conversation.objects.filter(title="passing").update(temporary=True)
    assert by["gone"].discard()
    assert not by["gone"].discard()
    assert ROW.findall(get(browser)) == ["here"]
    page = get(browser, "/archived/")
    assert ">away<" in page
    assert ">gone<" in page, "for an hour it can be brought back from there"
    assert "passing" not in page
    assert "of Bob" not in page
    mine = Conversation.objects.for_user(alice)
    assert {each.title for each in mine} == {"here", "away", "passing"}
    assert {each.title for each in mine.kept()} == {"here", "away"}
    found = {title: bool(search(alice, title).groups) for title in by if title != "of Bob"}
    assert found == {"here": True, "away": True, "passing": False, "gone": False}
    for title, status in (("passing", 200), ("away", 200), ("gone", 404)):
        assert browser.get(f"/c/{by[title].pk}/").status_code == status
    assert browser.get(f"/c/{bob.pk}/").status_code == 404


def test_what_is_over_is_purged_and_nothing_else(alice: User) -> None:
    kept = conversation(alice, "kept", turns=3)
    deleted = days_ago(conversation(alice, "deleted just now"), 40)
    deleted.discard()
    long_ago = conversation(alice, "deleted long ago", turns=3)
    Conversation.objects.filter(pk=long_ago.pk).update(
        deleted_at=timezone.now() - timedelta(hours=1, seconds=1)
    )
    day_old = days_ago(conversation(alice, "a day old"), 1)
    writing = days_ago(conversation(alice, "still written"), 2)
    young = conversation(alice, "an hour old")
    for each in (day_old, writing, young):
        Conversation.objects.filter(pk=each.pk).update(temporary=True)
    running = writing.send(command(), "and?")
    days_ago(writing, 2)
    assert Conversation.objects.purge(1) == 1
    assert Conversation.objects.purge(50) == 1
    assert Conversation.objects.purge(50) == 0
    left = {each.title for each in Conversation.objects.all()}
    assert left == {"kept", "deleted just now", "still written", "an hour old"}
    assert kept.messages.count() == 6
    running.generation.delete()
    assert Conversation.objects.purge(50) == 1


def test_a_persons_title_is_never_replaced_by_a_models(alice: User) -> None:
    made = conversation(alice, "a prompt")
    assert made.entitle("By the model")
    assert not made.entitle("By the model again")
    made.rename("By the person")
    assert not made.entitle("Too late")
    made.refresh_from_db()
    assert (made.title, made.title_source) == ("By the person", "person")


def test_every_ending_is_unseen_until_it_is_seen(alice: User) -> None:
    made = conversation(alice)
    updated = Conversation.objects.get().updated_at
    assert made.see()
    assert not made.see()
    assert Conversation.objects.get().updated_at == updated, "nothing becomes the newest by it"
    say(made, "and", "so")
    made.refresh_from_db()
    assert made.unseen
