"""Conversations with answers, made by the verbs that the site itself uses."""

import uuid
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import Permission, User
from django.utils import timezone

from chat.models import Accepted, Ask, Conversation, Outcome, Process
from chat.stream.entries import Usage

USAGE: Usage = {
    "kind": "usage",
    "prompt_tokens": 120,
    "completion_tokens": 340,
    "reasoning_tokens": None,
    "source": "provider",
}


def person(name: str, *permissions: str, **what: Any) -> User:
    """A person with these permissions."""
    user = User.objects.create_user(name, f"{name}@example.org", **what)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    return user


def reviewer() -> User:
    """One of the staff who may read conversations, and nothing else."""
    return person("reviewer", "view_conversation", is_staff=True)


def command(model: str = "demo") -> Ask:
    return Ask(uuid.uuid4(), model, Process.objects.get_or_create(name="here")[0])


def end(accepted: Accepted, text: str, status: str = "complete", **what: Any) -> Accepted:
    """End an answer, 0.25 s after the command with its first token, 2.25 s after it in all."""
    generation = accepted.generation
    began: datetime = generation.created_at
    what.setdefault("parts", [{"type": "text", "text": text}] if text else [])
    what.setdefault("usage", USAGE)
    assert generation.finish(
        Outcome(
            status=status,
            text=text,
            started_at=began,
            first_token_at=began + timedelta(seconds=0.25),
            finished_at=began + timedelta(seconds=2.25),
            **what,
        )
    )
    return accepted


def say(
    conversation: Conversation, prompt: str, answer: str, model: str = "demo", **what: Any
) -> Accepted:
    """A prompt and its answer, which has ended."""
    return end(conversation.send(command(model), prompt), answer, **what)


def conversation(
    owner: User, prompt: str = "Hello", answer: str = "Hi", turns: int = 1, **what: Any
) -> Conversation:
    """A conversation of `turns` prompts and as many answers."""
    made: Conversation = Conversation.objects.create(owner=owner)
    for _ in range(turns):
        say(made, prompt, answer, **what)
    return made


def days_ago(conversation: Conversation, days: int) -> Conversation:
    """The same conversation, as if it had been `days` ago."""
    then = timezone.now() - timedelta(days=days)
    Conversation.objects.filter(pk=conversation.pk).update(created_at=then, updated_at=then)
    return conversation
