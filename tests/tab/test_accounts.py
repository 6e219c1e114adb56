"""Who gets in: signing in, signing up by invitation, throttling, the first administrator."""

import re

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.db.models.functions import Now
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from chat import sessions
from chat.models import Invitation

pytestmark = pytest.mark.django_db
PASSWORD = "correct-horse-battery"
SIGNUP = {"username": "carol", "password1": PASSWORD, "password2": PASSWORD}


@pytest.fixture(autouse=True)
def _nobody_is_throttled_yet() -> None:
    cache.clear()


@pytest.fixture
def alice() -> User:
    return User.objects.create_user("alice", "alice@example.org", PASSWORD)


def sign_in(client: Client, name: str, password: str = PASSWORD) -> bool:
    """Sign in on the page, as a person would; tell whether it worked."""
    client.post("/accounts/login/", {"login": name, "password": password})
    return "_auth_user_id" in client.session


def invitation_link(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    call_command("invite", *arguments)
    link = capsys.readouterr().out.strip()
    assert link.startswith("http://127.0.0.1:8000/accounts/invitation/")
    return link.removeprefix("http://127.0.0.1:8000")


@pytest.mark.parametrize("name", ["alice", "alice@example.org", "Alice@Example.org"])
def test_a_person_signs_in_by_name_or_address(client: Client, alice: User, name: str) -> None:
    assert sign_in(client, name)


def test_a_wrong_password_and_an_unknown_name_look_alike(client: Client, alice: User) -> None:
    pages = []
    for name in ("alice", "nobody"):
        answer = client.post("/accounts/login/", {"login": name, "password": "wrong"})
        pages.append(re.findall(r'role="alert">([^<]+)<', answer.content.decode()))
    assert pages[0] == pages[1]
    assert len(pages[0]) == 1


def test_after_five_wrong_passwords_even_the_right_one_has_to_wait(
    client: Client, alice: User
) -> None:
    for _ in range(5):
        assert not sign_in(client, "alice", "wrong")
    assert not sign_in(client, "alice")
    answer = client.post("/accounts/login/", {"login": "alice", "password": PASSWORD})
    assert "Too many" in answer.content.decode()


def test_guessing_at_many_names_from_one_address_is_throttled(client: Client, alice: User) -> None:
    for guess in range(10):
        assert not sign_in(client, f"guess{guess}", "wrong")
    assert not sign_in(client, "alice")


def test_behind_a_proxy_people_are_told_apart_by_what_the_proxy_says(
    client: Client, alice: User
) -> None:
    attacker = Client(headers={"X-Forwarded-For": "10.0.0.9, 203.0.113.7"})
    for guess in range(10):
        assert not sign_in(attacker, f"guess{guess}", "wrong")
    assert sign_in(Client(headers={"X-Forwarded-For": "203.0.113.8"}), "alice")


def test_somebody_who_is_no_proxy_cannot_choose_an_address(client: Client, alice: User) -> None:
    for guess in range(10):
        spoofing = Client(REMOTE_ADDR="203.0.113.7", headers={"X-Forwarded-For": f"10.0.0.{guess}"})
        assert not sign_in(spoofing, f"guess{guess}", "wrong")
    assert not sign_in(Client(REMOTE_ADDR="203.0.113.7"), "alice")


def test_the_admin_signs_in_through_the_same_throttled_page(client: Client) -> None:
    answer = client.get("/admin/", follow=True)
    assert answer.redirect_chain[-1][0].startswith("/accounts/login/")


def test_open_sign_up_needs_no_address(client: Client, settings: Settings) -> None:
    settings.SIGNUP = "open"
    answer = client.post("/accounts/signup/", SIGNUP)
    assert answer.headers["Location"] == "/"
    assert User.objects.get().username == "carol"
    assert "_auth_user_id" in client.session


@pytest.mark.parametrize("policy", ["closed", "invite"])
def test_without_an_invitation_nobody_signs_up(
    client: Client, settings: Settings, policy: str
) -> None:
    settings.SIGNUP = policy
    assert "By invitation only" in client.get("/accounts/signup/").content.decode()
    client.post("/accounts/signup/", SIGNUP)
    assert not User.objects.exists()


def test_an_invitation_lets_one_person_sign_up(
    client: Client, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.SIGNUP = "invite"
    link = invitation_link(capsys)
    assert 'name="password1"' in client.get(link, follow=True).content.decode()
    client.post("/accounts/signup/", SIGNUP)
    assert Invitation.objects.get().used_by == User.objects.get()
    second = Client()
    assert "By invitation only" in second.get(link, follow=True).content.decode()


def test_of_two_who_hold_the_same_invitation_one_gets_in(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.SIGNUP = "invite"
    link = invitation_link(capsys)
    first, second = Client(), Client()
    for client in (first, second):
        client.get(link)
    first.post("/accounts/signup/", SIGNUP)
    second.post("/accounts/signup/", {**SIGNUP, "username": "dave"})
    assert [user.username for user in User.objects.all()] == ["carol"]


def test_an_invitation_used_while_the_form_is_sent_leaves_no_account(
    settings: Settings, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from chatsite.accounts import AccountAdapter

    settings.SIGNUP = "invite"
    client = Client()
    client.get(invitation_link(capsys))
    Invitation.objects.update(used_at=Now())
    monkeypatch.setattr(AccountAdapter, "is_open_for_signup", lambda self, request: True)
    client.post("/accounts/signup/", SIGNUP)
    assert not User.objects.exists()
    assert "_auth_user_id" not in client.session


def test_an_old_invitation_is_none(
    client: Client, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.SIGNUP = "invite"
    link = invitation_link(capsys, "--days", "0")
    assert "By invitation only" in client.get(link, follow=True).content.decode()


def test_the_token_is_not_in_the_database(capsys: pytest.CaptureFixture[str]) -> None:
    with CaptureQueriesContext(
        connection,
    ) as queries:
        token = invitation_link(capsys).split("/")[-2]
    assert queries.captured_queries
    assert not [query for query in queries.captured_queries if token in query["sql"]]


def test_the_first_administrator_is_made_once(
    client: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("ensure_admin")
    said = capsys.readouterr().out
    password = said.split(": ")[-1].strip()
    assert User.objects.get().is_superuser
    assert sign_in(client, "admin", password)
    call_command("ensure_admin")
    assert capsys.readouterr().out == ""


def test_a_site_with_a_user_gets_no_administrator(
    alice: User, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("ensure_admin")
    assert capsys.readouterr().out == ""
    assert User.objects.count() == 1


def test_a_changed_password_keeps_this_session_and_ends_the_others(
    client: Client, alice: User
) -> None:
    elsewhere = Client()
    assert sign_in(client, "alice")
    assert sign_in(elsewhere, "alice")
    new = {"oldpassword": PASSWORD, "password1": "another-horse", "password2": "another-horse"}
    client.post("/accounts/password/change/", new)
    assert client.get("/accounts/password/change/").status_code == 200
    assert elsewhere.get("/accounts/password/change/").status_code == 302


def test_looking_who_is_signed_in_writes_nothing(client: Client, alice: User) -> None:
    client.force_login(alice)
    key = client.session.session_key or ""
    assert sessions.admit(key) is not None
    alice.set_password("another-horse")
    alice.save()
    assert sessions.admit(key) is None
    assert Session.objects.filter(pk=key).exists()


def test_a_forgotten_password_is_answered_honestly(client: Client) -> None:
    assert "sends no e-mail" in client.get("/accounts/password/reset/").content.decode()
    assert client.post("/accounts/password/reset/", {"email": "a@example.org"}).status_code == 405


def test_signing_out_needs_a_click(client: Client, alice: User) -> None:
    assert sign_in(client, "alice")
    client.get("/accounts/logout/")
    assert "_auth_user_id" in client.session
    client.post("/accounts/logout/")
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("path", ["login", "signup", "logout", "password/change", "inactive"])
def test_every_account_page_has_a_name_and_no_inline_code(
    client: Client, settings: Settings, alice: User, path: str
) -> None:
    settings.SIGNUP = "open"
    if path in ("logout", "password/change"):
        sign_in(client, "alice")
    answer = client.get(f"/accounts/{path}/")
    page = answer.content.decode()
    assert answer.status_code == 200
    assert len(re.findall("<h1>", page)) == 1
    assert not re.search(r"<script(?![^>]*src)|<style|\sstyle=|\son\w+=", page)


def test_an_address_given_at_sign_up_signs_in_and_is_given_once(
    client: Client, settings: Settings
) -> None:
    settings.SIGNUP = "open"
    client.post("/accounts/signup/", {**SIGNUP, "email": "carol@example.org"})
    assert sign_in(Client(), "carol@example.org")
    second = {**SIGNUP, "username": "dave", "email": "Carol@example.org"}
    page = Client().post("/accounts/signup/", second).content.decode()
    assert "already registered" in page
    assert User.objects.count() == 1


def test_a_switched_off_account_is_told_so(client: Client, alice: User) -> None:
    User.objects.update(is_active=False)
    answer = client.post("/accounts/login/", {"login": "alice", "password": PASSWORD}, follow=True)
    assert "Account switched off" in answer.content.decode()
    assert "_auth_user_id" not in client.session


def test_a_person_without_a_password_is_asked_to_set_one(client: Client, alice: User) -> None:
    alice.set_unusable_password()
    alice.save()
    client.force_login(alice, "allauth.account.auth_backends.AuthenticationBackend")
    answer = client.get("/accounts/password/change/", follow=True)
    assert "<h1>Set a password</h1>" in answer.content.decode()


def test_identity_can_be_confirmed_again(client: Client, alice: User) -> None:
    assert sign_in(client, "alice")
    assert "Confirm it is you" in client.get("/accounts/reauthenticate/").content.decode()
    answer = client.post("/accounts/reauthenticate/", {"password": PASSWORD, "next": "/admin/"})
    assert answer.headers["Location"] == "/admin/"


@pytest.mark.parametrize("target", ["https://evil.example.org/", "//evil.example.org", "/c/x"])
def test_after_signing_in_nobody_is_sent_to_another_site(
    client: Client, alice: User, target: str
) -> None:
    form = {"login": "alice", "password": PASSWORD, "next": target}
    answer = client.post("/accounts/login/", form)
    assert answer.headers["Location"] == (target if target == "/c/x" else "/")
