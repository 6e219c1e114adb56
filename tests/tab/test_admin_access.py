"""Who may read what in the admin, and that nobody changes it."""

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from chat.models import Conversation, Generation, Message, Process

from .answered import conversation, person, reviewer

pytestmark = pytest.mark.django_db
SECRET = "the password of the safe is swordfish"
MODELS = ("conversation", "generation", "process", "invitation")


@pytest.fixture
def said() -> Conversation:
    """What Alice said."""
    return conversation(person("alice"), SECRET, f"I noted: {SECRET}", error_text=SECRET)


def addresses(said: Conversation) -> list[str]:
    """Every address of the admin under which the conversation, or something of it, may be found."""
    process, answer = Process.objects.get(), Generation.objects.get()
    ids = {"conversation": said.pk, "generation": answer.pk, "process": process.pk}
    pages = [reverse("admin:index"), reverse("admin:app_list", args=["chat"])]
    for name in MODELS:
        pages += [reverse(f"admin:chat_{name}_{page}") for page in ("changelist", "add")]
    for name, id in ids.items():
        for page in ("change", "delete", "history"):
            pages.append(reverse(f"admin:chat_{name}_{page}", args=[id]))
    owner = [said.owner_id]
    pages += [reverse(f"admin:auth_user_{page}", args=owner) for page in ("change", "delete")]
    search = f"{reverse('admin:auth_user_changelist')}?conversations__title__contains=safe"
    complete = "app_label=chat&model_name=generation&field_name=conversation&term="
    return [*pages, search, f"{reverse('admin:autocomplete')}?{complete}"]


def reading(user: User | None) -> Client:
    client = Client(raise_request_exception=False)
    if user:
        client.force_login(user)
    return client


@pytest.mark.parametrize(
    "somebody",
    [
        lambda: None,
        lambda: person("bob"),
        lambda: person("bob", "view_conversation", "view_generation", "view_message"),
        lambda: person("staff", is_staff=True),
        lambda: person("auditor", "view_generation", "view_process", is_staff=True),
        lambda: person("clerk", "view_user", "change_user", "delete_user", is_staff=True),
        lambda: User.objects.get(username="alice"),
        lambda: person("gone", "view_conversation", is_staff=True, is_active=False),
    ],
    ids="nobody bob bob-with-permission staff auditor clerk owner inactive".split(),
)
def test_nobody_else_reads_a_word(said: Conversation, somebody: object) -> None:
    client = reading(somebody())  # type: ignore[operator]
    for address in addresses(said):
        for page in (client.get(address), client.get(address, follow=True), client.post(address)):
            assert "swordfish" not in page.content.decode(), address
            assert "the safe" not in page.content.decode(), address
            assert page.status_code < 500, address
    assert Message.objects.count() == 2


def test_without_an_account_one_is_asked_to_sign_in(said: Conversation, client: Client) -> None:
    page = client.get(reverse("admin:chat_conversation_change", args=[said.pk]), follow=True)
    assert page.redirect_chain[-1][0].startswith("/accounts/login/?next=")


def test_staff_with_the_permission_read_everything(said: Conversation) -> None:
    client = reading(reviewer())
    index = client.get(reverse("admin:index")).content.decode()
    assert "Conversations" in index and "Generations" in index and "Users" not in index
    for page in (
        client.get(reverse("admin:chat_conversation_changelist")),
        client.get(reverse("admin:chat_conversation_change", args=[said.pk])),
        client.get(reverse("admin:chat_generation_changelist")),
        client.get(reverse("admin:chat_generation_change", args=[Generation.objects.get().pk])),
    ):
        assert page.status_code == 200
        assert "the safe" in page.content.decode()


def test_not_even_a_superuser_changes_anything(said: Conversation) -> None:
    client = reading(User.objects.create_superuser("root"))
    rows = {"conversation": said, "generation": Generation.objects.get()}
    rows["process"] = Process.objects.get()
    for name, row in rows.items():
        add = reverse(f"admin:chat_{name}_add")
        change, delete = (
            reverse(f"admin:chat_{name}_{page}", args=[row.pk]) for page in ("change", "delete")
        )
        assert client.get(change).status_code == 200
        for address in (add, delete):
            assert client.get(address).status_code == 403
        for address in (add, change, delete):
            assert client.post(address, {"title": "x", "post": "yes"}).status_code == 403
        chosen = {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"}
        client.post(reverse(f"admin:chat_{name}_changelist"), chosen)
        row.refresh_from_db()


def test_who_has_conversations_is_deactivated_not_deleted(said: Conversation) -> None:
    client, alice = reading(User.objects.create_superuser("root")), said.owner
    delete = reverse("admin:auth_user_delete", args=[alice.pk])
    assert "The conversations of alice" in client.get(delete).content.decode()
    client.post(delete, {"post": "yes"})
    chosen = {"action": "delete_selected", "_selected_action": [alice.pk], "post": "yes"}
    client.post(reverse("admin:auth_user_changelist"), chosen)
    assert Conversation.objects.get() == said


def test_who_never_said_anything_can_be_deleted() -> None:
    client, mallory = reading(User.objects.create_superuser("root")), person("mallory")
    client.post(reverse("admin:auth_user_delete", args=[mallory.pk]), {"post": "yes"})
    assert not User.objects.filter(username="mallory").exists()


def test_processes_tell_whether_they_live(said: Conversation) -> None:
    Process.objects.filter(name="here").update(heartbeat="2020-01-01T00:00Z")
    Process.objects.create(name="there")
    client = reading(person("operator", "view_process", is_staff=True))
    page = client.get(reverse("admin:chat_process_changelist")).content.decode()
    assert (page.count("icon-yes"), page.count("icon-no")) == (1, 1)
