"""Invitations in the admin: a link that is shown once, and what becomes of it."""

import re

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils.html import escape
from pytest_django import Settings

from chat.models import Invitation

from .answered import person

pytestmark = pytest.mark.django_db
LIST, ADD = "/admin/chat/invitation/", "/admin/chat/invitation/add/"
STATE = re.compile(r'class="status (\w+)"')


@pytest.fixture
def staff(client: Client) -> Client:
    """The browser of somebody who may invite people and change their mind."""
    may = ("view_invitation", "add_invitation", "change_invitation")
    client.force_login(person("host", *may, is_staff=True))
    return client


def invite(client: Client, days: object = 7) -> str:
    """The link on the page that answers."""
    page = client.post(ADD, {"days": days}).content.decode()
    found = re.search(r'class="invitation-link" value="([^"]+)"', page)
    return found[1] if found else ""


def revoke(client: Client, *invitations: Invitation) -> None:
    chosen = {"action": "revoke", "_selected_action": [each.pk for each in invitations]}
    client.post(LIST, chosen)


def sign_up(link: str, name: str) -> bool:
    """Come with a link and try to make an account."""
    client, password = Client(), "correct-horse-battery"
    client.get(link.removeprefix("http://127.0.0.1:8000"))
    client.post(
        reverse("account_signup"), {"username": name, "password1": password, "password2": password}
    )
    return User.objects.filter(username=name).exists()


def test_a_link_lets_one_person_in(staff: Client, settings: Settings) -> None:
    settings.SIGNUP = "invite"
    link = invite(staff)
    assert link.startswith("http://127.0.0.1:8000/accounts/invitation/")
    assert sign_up(link, "carol") and not sign_up(link, "dave")
    assert STATE.findall(staff.get(LIST).content.decode()) == ["used"]


def test_a_link_is_shown_once(staff: Client) -> None:
    token = invite(staff).rstrip("/").rpartition("/")[2]
    made = Invitation.objects.get()
    for page in (LIST, ADD, f"{LIST}{made.pk}/change/", f"{LIST}{made.pk}/history/", "/admin/"):
        assert token not in staff.get(page).content.decode()
    assert token not in str(list(LogEntry.objects.values()))
    assert "no-store" in staff.post(ADD, {"days": 1}).headers["Cache-Control"]


def test_a_revoked_link_lets_nobody_in(staff: Client, settings: Settings) -> None:
    settings.SIGNUP = "invite"
    link, kept = invite(staff), invite(staff)
    revoke(staff, Invitation.objects.order_by("pk")[0])
    assert not sign_up(link, "mallory") and sign_up(kept, "carol")


def test_only_open_ones_are_revoked(staff: Client) -> None:
    for _ in range(2):
        invite(staff)
    used, open_ = Invitation.objects.order_by("pk")
    Invitation.objects.filter(pk=used.pk).update(used_at="2026-01-01T00:00Z")
    before = Invitation.objects.get(pk=used.pk).expires_at
    revoke(staff, used, open_)
    assert Invitation.objects.get(pk=used.pk).expires_at == before
    assert STATE.findall(staff.get(LIST).content.decode()) == ["expired", "used"]
    assert LogEntry.objects.filter(change_message="Revoked.").count() == 1


@pytest.mark.parametrize("days", ["0", "-1", "366", "x", "", "1e9"])
def test_senseless_days_make_no_invitation(staff: Client, days: str) -> None:
    assert not invite(staff, days)
    assert "errorlist" in staff.post(ADD, {"days": days}).content.decode()
    assert not Invitation.objects.exists()


def test_the_page_says_when_a_link_does_nothing(staff: Client, settings: Settings) -> None:
    for signup, words in (("closed", "will not work"), ("open", "nobody needs a link")):
        settings.SIGNUP = signup
        assert words in staff.get(ADD).content.decode()


def test_each_deed_needs_its_permission(client: Client) -> None:
    token = Invitation.objects.issue(7)
    client.force_login(person("guest", "view_invitation", is_staff=True))
    assert client.get(LIST).status_code == 200
    assert client.get(ADD).status_code == client.post(ADD, {"days": 7}).status_code == 403
    revoke(client, Invitation.objects.get())
    assert Invitation.objects.usable(token).exists()
    client.force_login(person("stranger", is_staff=True))
    assert client.get(LIST).status_code == 403


def test_not_even_a_superuser_changes_or_deletes_one(client: Client) -> None:
    Invitation.objects.issue(7)
    made = Invitation.objects.get()
    client.force_login(User.objects.create_superuser("root"))
    for page in ("change", "delete"):
        address = reverse(f"admin:chat_invitation_{page}", args=[made.pk])
        later = {"expires_at_0": "2099-01-01", "expires_at_1": "12:00", "post": "yes"}
        assert client.post(address, later).status_code == 403
    assert Invitation.objects.get().expires_at == made.expires_at
    assert escape(str(made)) in client.get(f"{LIST}{made.pk}/change/").content.decode()
