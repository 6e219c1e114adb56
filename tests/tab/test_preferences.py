"""Settings: of a new conversation, of a person, and what is refused of either."""

import json
import uuid

import pytest
from django.contrib.auth.models import User
from django.test import Client

from chat import choices
from chat.models import Conversation, Preferences

from .answered import conversation, person

pytestmark = pytest.mark.django_db
PIRATE = "Speak as a pirate."


@pytest.fixture
def alice(client: Client) -> User:
    """Alice, who is signed in."""
    alice = person("alice")
    client.force_login(alice)
    return alice


def address(made: Conversation | uuid.UUID) -> str:
    return f"/c/{made.pk if isinstance(made, Conversation) else made}/settings/"


def carried(client: Client, path: str = "/") -> dict[str, object]:
    """The settings that a new chat's first prompt would take along."""
    told = str(client.get(path).context["carried"])
    return dict(json.loads(told)) if told else {}


def test_a_new_chat_begins_with_ones_own_settings(client: Client, alice: User) -> None:
    assert carried(client) == {}
    fields = {"model": "big", "system_prompt": PIRATE, "temperature": "0,7", "seed": "-3"}
    assert client.post("/settings/", fields).status_code == 302
    params = {"temperature": 0.7, "seed": -3}
    assert carried(client) == {"system_prompt": PIRATE, "params": params}
    page = client.get("/")
    assert page.context["model"] == "big" and "big" in page.context["models"]
    assert not page.context["settings_differ"]
    client.post("/settings/", {"model": ""})
    assert carried(client) == {}
    assert Preferences.objects.count() == 1


@pytest.mark.parametrize(
    ("name", "wrong", "sentence"),
    [
        ("temperature", "2.1", "This must be a number from 0 to 2."),
        ("temperature", "nan", "This must be a number from 0 to 2."),
        ("top_p", "much", "This must be a number from 0 to 1."),
        ("max_tokens", "0", "This must be a whole number from 1 to 10,000,000."),
        ("seed", "1" * 30, "This must be a whole number."),
        ("seed", "x" * 99, "at most 40 characters"),
        ("reasoning_effort", "endless", "Select a valid choice"),
        ("system_prompt", "x" * 20_001, "This is too long: at most 20,000 characters."),
        ("system_prompt", "a\0b", "Null characters are not allowed."),
        ("model", "m" * 201, "A name has at most 200 characters."),
    ],
)
def test_a_wrong_field_is_told_where_it_is_and_nothing_is_lost(
    client: Client, alice: User, name: str, wrong: str, sentence: str
) -> None:
    page = client.post("/settings/", {"system_prompt": PIRATE, name: wrong})
    assert page.status_code == 200
    assert sentence in str(page.context["form"].errors[name])
    assert name == "system_prompt" or PIRATE in page.content.decode()
    assert not Preferences.objects.exists()


def test_settings_are_a_conversations_own(client: Client, alice: User) -> None:
    made = conversation(alice)
    client.post("/settings/", {"system_prompt": PIRATE})
    before = Conversation.objects.get().updated_at
    said = client.post(address(made), {"system_prompt": "One.\r\nTwo.", "max_tokens": "12"})
    assert said.headers["Location"] == made.get_absolute_url()
    kept = Conversation.objects.get()
    assert (kept.system_prompt, kept.params) == ("One.\nTwo.", {"max_tokens": 12})
    assert kept.updated_at == before, "a setting does not make it the newest"
    assert client.get(made.get_absolute_url()).context["settings_differ"]
    shown = client.get(address(made), headers={"HX-Request": "true"}).content.decode()
    assert "One.\nTwo." in shown and "<html" not in shown


def test_nobody_changes_or_reads_the_settings_of_another(client: Client, alice: User) -> None:
    theirs = conversation(person("bob"))
    theirs.configure(system_prompt=PIRATE)
    assert PIRATE not in client.get(address(theirs)).content.decode()
    client.post(address(theirs), {"system_prompt": "Mine now."})
    assert client.post(f"/conversations/{theirs.pk}/model", {"model": "x"}).status_code == 404
    kept = Conversation.objects.get()
    assert (kept.system_prompt, kept.params) == (PIRATE, {})


def test_a_new_chat_without_scripts_takes_its_settings_along(client: Client, alice: User) -> None:
    new = uuid.uuid4()
    page = client.post(address(new), {"system_prompt": PIRATE, "top_p": "0.5"})
    assert page.context["conversation_id"] == str(new)
    assert page.context["settings_differ"]
    wanted = {"system_prompt": PIRATE, "params": {"top_p": 0.5}}
    assert json.loads(page.context["carried"]) == wanted
    assert not Conversation.objects.exists(), "it comes into being with its first prompt"


def test_a_model_is_remembered_and_a_name_must_be_one(client: Client, alice: User) -> None:
    made = conversation(alice)
    choose = f"/conversations/{made.pk}/model"
    assert client.post(choose, {"model": " any/model:free "}).status_code == 204
    assert Conversation.objects.get().model == "any/model:free"
    for wrong in ("", " ", "m" * 201, "a\x1fb"):
        assert client.post(choose, {"model": wrong}).status_code == 400
    assert Conversation.objects.get().model == "any/model:free"


def test_a_typed_model_is_offered_beside_the_known_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choices, "_listed", ["one", "two"])
    assert choices.offered("two") == ["one", "two"]
    assert choices.offered("mine") == ["mine", "one", "two"]
    assert choices.offered("") == ["one", "two"]


def test_strangers_are_asked_to_sign_in(client: Client) -> None:
    for path in ("/settings/", "/usage/", "/prompts/", address(uuid.uuid4())):
        assert client.get(path).headers["Location"].startswith("/accounts/login/")
