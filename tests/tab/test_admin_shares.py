"""Shares in the admin: what anybody can read is seen by those who review, and ended."""

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.test import Client

from chat import sharing
from chat.models import Conversation, Share

from .answered import conversation, person

pytestmark = pytest.mark.django_db
LIST = "/admin/chat/share/"


@pytest.fixture
def share() -> Share:
    """A link of Alice's."""
    said = conversation(person("alice"), answer="the safe")
    Conversation.objects.filter(pk=said.pk).update(title="Where it is")
    said.refresh_from_db()
    return sharing.share(said, days=7)


def signed_in(somebody: User) -> Client:
    client = Client()
    client.force_login(somebody)
    return client


def revoke(client: Client, share: Share) -> None:
    client.post(LIST, {"action": "revoke", "_selected_action": [share.pk]})


def test_who_reviews_sees_what_is_shared_by_whom(share: Share) -> None:
    client = signed_in(person("reviewer", "view_conversation", is_staff=True))
    page = client.get(LIST, {"q": "safe"}).content.decode()
    assert "Where it is" not in page
    page = client.get(LIST, {"q": "alice"}).content.decode()
    assert "Where it is" in page and 'class="status open"' in page
    assert share.get_absolute_url() in page
    assert client.get(f"{LIST}{share.pk}/change/").status_code == 200
    Share.objects.update(expires_at=share.created_at)
    assert 'class="status closed"' in client.get(LIST).content.decode()


def test_a_link_is_revoked_by_who_may_and_that_is_noted(share: Share, client: Client) -> None:
    reviewer = signed_in(person("reviewer", "view_conversation", is_staff=True))
    revoke(reviewer, share)
    assert client.get(share.get_absolute_url()).status_code == 200
    may = person("keeper", "view_conversation", "delete_share", is_staff=True)
    revoke(signed_in(may), share)
    assert client.get(share.get_absolute_url()).status_code == 404
    assert LogEntry.objects.get().user == may
    assert Conversation.objects.exists()


def test_nobody_else_sees_the_links(share: Share) -> None:
    for somebody in (person("bob"), person("operator", "view_process", is_staff=True)):
        page = signed_in(somebody).get(LIST, follow=True)
        assert "Where it is" not in page.content.decode()
