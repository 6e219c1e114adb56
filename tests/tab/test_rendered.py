"""Turns that were rendered before are shown again only as they would be rendered now."""

from collections.abc import Callable, Iterator

import pytest
from django.contrib.auth.models import User
from django.utils import translation

from chat.live import rendered, turns
from chat.models import Conversation, Feedback, Generation, branches

from .answered import command, conversation, end, person, say

pytestmark = pytest.mark.django_db


@pytest.fixture
def made() -> Iterator[Conversation]:
    """Hello → Hi → More → Yes."""
    made = conversation(person("alice"))
    say(made, "More", "Yes")
    with translation.override("en"):
        yield made


def content(made: Conversation) -> str:
    return turns.snapshot(made.owner_id, made.pk, None).content(None)


def last(made: Conversation) -> int:
    made.refresh_from_db()
    return made.path()[-1].pk


def rated(made: Conversation) -> None:
    owner = User.objects.get(pk=made.owner_id)
    Feedback.objects.create(message_id=last(made), person=owner, verdict="up")


def regenerated(made: Conversation) -> None:
    answer = last(made)
    end(made.regenerate(command(), answer), "Another")
    branches.show(made, answer)


def continued(made: Conversation) -> None:
    # Only what was cut short can be continued.
    Generation.objects.filter(message=last(made)).update(status="truncated")
    rendered._kept.clear()
    end(made.continue_(command(), last(made)), "Yes, and more")


def cut(made: Conversation) -> None:
    branches.prune(made, last(made))


def said(made: Conversation) -> None:
    say(made, "Even more", "Well")


def translated(_made: Conversation) -> None:
    translation.activate("de")


@pytest.mark.parametrize("change", [rated, regenerated, continued, cut, said, translated])
def test_what_changed_is_rendered_anew(
    change: Callable[[Conversation], None], made: Conversation
) -> None:
    before = content(made)
    change(made)
    after = content(made)
    assert after != before
    rendered._kept.clear()
    assert content(made) == after


def test_what_did_not_change_is_rendered_once(
    made: Conversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = content(made)
    assert len(rendered._kept) >= 4
    monkeypatch.setattr(rendered, "render_to_string", None)
    assert content(made) == before
