"""Saved prompts: one's own, and those that administrators share."""

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from chat.models import SavedPrompt

from .answered import person

pytestmark = pytest.mark.django_db
WORDS = "Tell me about {{topic}}."


@pytest.fixture
def alice(client: Client) -> User:
    """Alice, who is signed in."""
    alice = person("alice")
    client.force_login(alice)
    return alice


def save(client: Client, name: str, text: str = WORDS, path: str = "/prompts/") -> str:
    """What the page says of an attempt to save a prompt; "" if it was saved."""
    page = client.post(path, {"name": name, "text": text})
    return "" if page.status_code == 302 else str(page.context["form"].errors)


def names(client: Client) -> list[str]:
    return [each["name"] for each in client.get("/prompts/choices").json()["prompts"]]


def test_a_prompt_is_made_changed_and_deleted(client: Client, alice: User) -> None:
    assert save(client, "About") == ""
    made = SavedPrompt.objects.get()
    assert (made.owner, made.name, made.text) == (alice, "about", WORDS)
    assert "/about" in client.get("/prompts/").content.decode()
    assert save(client, "tell", "Other", f"/prompts/{made.pk}/") == ""
    assert client.get(f"/prompts/{made.pk}/text").json() == {"text": "Other"}
    assert names(client) == ["tell"]
    client.post(f"/prompts/{made.pk}/delete")
    assert names(client) == []


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("two words", "x", "Only letters, digits and hyphens"),
        ("a/b", "x", "Only letters, digits and hyphens"),
        ("", "x", "This field is required"),
        ("n" * 41, "x", "at most 40 characters"),
        ("name", " ", "This field is required"),
        ("name", "x" * 20_001, "at most 20,000 characters"),
        ("taken", "x", "You have a prompt of this name already."),
        ("TAKEN", "x", "You have a prompt of this name already."),
    ],
)
def test_what_cannot_be_saved_is_told(
    client: Client, alice: User, name: str, text: str, sentence: str
) -> None:
    assert save(client, "taken") == ""
    assert sentence in save(client, name, text)
    assert names(client) == ["taken"]


def test_names_may_be_of_any_script(client: Client, alice: User) -> None:
    assert save(client, "概要") == ""
    assert names(client) == ["概要"]


def test_there_are_only_so_many(
    client: Client, alice: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    SavedPrompt.objects.bulk_create(
        SavedPrompt(owner=alice, name=f"p{n}", text=WORDS) for n in range(200)
    )
    assert "as many prompts as one may" in save(client, "more")
    with django_assert_num_queries(3):
        client.get("/prompts/")
    shared = SavedPrompt.objects.create(name="shared", text=WORDS)
    client.post(f"/prompts/{shared.pk}/copy")
    assert SavedPrompt.objects.own(alice).count() == 200


def test_of_two_with_one_name_ones_own_is_used(client: Client, alice: User) -> None:
    shared = SavedPrompt.objects.create(name="about", text="Shared.")
    assert names(client) == ["about"]
    copied = client.post(f"/prompts/{shared.pk}/copy")
    mine = SavedPrompt.objects.own(alice).get()
    assert copied.headers["Location"] == f"/prompts/{mine.pk}/"
    assert save(client, "about", "Mine.", f"/prompts/{mine.pk}/") == ""
    (offered,) = client.get("/prompts/choices").json()["prompts"]
    assert offered == {"id": mine.pk, "name": "about", "hint": "Mine."}


def test_nobody_reads_or_changes_the_prompts_of_another(client: Client, alice: User) -> None:
    theirs = SavedPrompt.objects.create(owner=person("bob"), name="secret", text="Secret.")
    shared = SavedPrompt.objects.create(name="shared", text="Shared.")
    for id in (theirs.pk, 10**15):
        assert client.get(f"/prompts/{id}/").status_code == 404
        assert client.get(f"/prompts/{id}/text").status_code == 404
        assert client.post(f"/prompts/{id}/delete").status_code == 404
        assert client.post(f"/prompts/{id}/copy").status_code == 404
    assert client.get(f"/prompts/{shared.pk}/").status_code == 404, "administrators change it"
    assert client.post(f"/prompts/{shared.pk}/delete").status_code == 404
    assert names(client) == ["shared"]


def test_administrators_share_prompts_and_see_nobodys_own(client: Client) -> None:
    client.force_login(person("root", is_staff=True, is_superuser=True))
    SavedPrompt.objects.create(owner=person("bob"), name="secret", text="Secret.")
    add = "/admin/chat/savedprompt/add/"
    assert client.post(add, {"name": "Brief", "text": WORDS}).status_code == 302
    again = client.post(add, {"name": "brief", "text": WORDS})
    assert "There is a shared prompt of this name already." in again.content.decode()
    listed = client.get("/admin/chat/savedprompt/").content.decode()
    assert "brief" in listed and "secret" not in listed
    assert SavedPrompt.objects.shared().get().name == "brief"
