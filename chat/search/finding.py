"""Search a person's conversations: the titles first, then the messages, the best first."""

import re
import uuid
from dataclasses import dataclass, field
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any, NamedTuple

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db import connection
from django.db.models import Q
from django.urls import reverse
from django.utils.safestring import SafeString

from chat.models import Conversation, Message

from . import postgresql, sqlite
from .candidates import WINDOW, Candidate, newest
from .snippets import marked, relevance, snippet
from .words import is_letter, words_in

TITLES = 10
PAGE = 20
KEY = re.compile(r"([wp])(\d{1,18})\.(\d{1,4})", re.ASCII)


@dataclass(frozen=True)
class Hit:
    """A message that was found: who said it when, and a line of it with the words marked."""

    message_id: int
    role: str
    at: datetime
    snippet: SafeString
    text: str


@dataclass
class Group:
    """A conversation of which the title or messages were found."""

    id: uuid.UUID
    title: str
    title_html: SafeString
    archived: bool
    updated_at: datetime
    hits: list[Hit] = field(default_factory=list)

    @property
    def url(self) -> str:
        """The address of the conversation."""
        return reverse("chat:conversation", args=[self.id])


@dataclass(frozen=True)
class Page:
    """Some of what was found, by conversation; `next` is the key of the next page, or empty."""

    words: list[str] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    next: str = ""

    @property
    def count(self) -> int:
        """How many places: messages, and titles without any."""
        return sum(len(group.hits) or 1 for group in self.groups)


class _Key(NamedTuple):
    """Where a page begins: in words or in parts of words, below which id, after how many."""

    parts: bool
    below: int | None
    after: int


def search(user: AbstractBaseUser | AnonymousUser, query: str, before: str = "") -> Page:
    """What `user` finds with all the words of `query`; `before` is the key of a page.

    Never raises for what was typed, however strange.
    """
    words = words_in(query)
    if not words:
        return Page()
    mine = Conversation.objects.for_user(user).kept()
    key = _key(before)
    found, key = ([], key) if is_letter(words[0]) else _found(mine, words, key)
    ranked = sorted(found, key=lambda each: (-relevance(each.text, words), -each.id))
    shown = ranked[key.after : key.after + PAGE]
    titled = _titled(mine, words) if not before else []
    groups = _grouped(mine, titled, shown, words)
    return Page(words, groups, _next(key, found, key.after + PAGE))


def _key(text: str) -> _Key:
    match = KEY.fullmatch(text)
    return _Key(match[1] == "p", int(match[2]), int(match[3])) if match else _Key(False, None, 0)


def _next(key: _Key, found: list[Candidate], after: int) -> str:
    mode = "p" if key.parts else "w"
    if after < len(found):
        return f"{mode}{found[0].id + 1}.{after}"
    return f"{mode}{found[-1].id}.0" if len(found) == WINDOW else ""


def _found(mine: Any, words: list[str], key: _Key) -> tuple[list[Candidate], _Key]:
    if connection.vendor == "sqlite":
        return newest(sqlite.condition(words), mine, key.below), key
    found = newest(postgresql.condition(words, parts=key.parts), mine, key.below)
    # A phrase is found by its words or not at all; its parts are in too many messages.
    single = not any(" " in word for word in words)
    if not found and single and key.below is None and postgresql.has_trigrams():
        key = key._replace(parts=True)
        found = newest(postgresql.condition(words, parts=True), mine, None)
    return found, key


def _titled(mine: Any, words: list[str]) -> list[Conversation]:
    """The newest conversations with all the words in their title."""
    titles = mine.order_by("-updated_at", "-id")
    for word in words:
        titles = titles.filter(_in_title(word))
    return list(titles.only("title", "archived", "updated_at")[:TITLES])


def _in_title(word: str) -> Q:
    # SQLite knows upper and lower case of ASCII only.
    cases = [word] if word.isascii() else {word, word.lower(), word.upper(), word.capitalize()}
    return reduce(or_, (Q(title__icontains=each) for each in cases))


def _grouped(
    mine: Any, titled: list[Conversation], shown: list[Candidate], words: list[str]
) -> list[Group]:
    """Conversations in the order of their best hit, with their hits in that order."""
    known = {each.pk: each for each in titled}
    ids = {_uuid(each.conversation_id) for each in shown} - known.keys()
    known |= mine.only("title", "archived", "updated_at").in_bulk(ids) if ids else {}
    facts = Message.objects.only("role", "text", "created_at").in_bulk([each.id for each in shown])
    groups = {each.pk: _group(each, words) for each in titled}
    for each in shown:
        message, id = facts.get(each.id), _uuid(each.conversation_id)
        if message is not None and id in known:
            groups.setdefault(id, _group(known[id], words)).hits.append(_hit(message, words))
    return list(groups.values())


def _group(conversation: Conversation, words: list[str]) -> Group:
    return Group(
        conversation.pk,
        conversation.title,
        marked(conversation.title, words),
        conversation.archived,
        conversation.updated_at,
    )


def _hit(message: Message, words: list[str]) -> Hit:
    return Hit(
        message.pk, message.role, message.created_at, snippet(message.text, words), message.text
    )


def _uuid(value: Any) -> uuid.UUID:
    return value if isinstance(value, uuid.UUID) else uuid.UUID(str(value))
