"""Who is signed in, by the session cookie, read in the database threads."""

import hashlib
from importlib import import_module
from types import SimpleNamespace
from typing import Any, cast

from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.auth.models import AbstractBaseUser
from django.contrib.sessions.models import Session
from django.db import connection
from django.db.models.functions import Now
from django.http import HttpRequest
from django.utils import timezone

from chat.database import one_moment

DECIDES = """
SELECT django_session.session_data, auth_user.password, auth_user.is_active
FROM django_session, auth_user
WHERE django_session.session_key = %s AND django_session.expire_date > %s AND auth_user.id = %s
"""
SessionStore = import_module(settings.SESSION_ENGINE).SessionStore


class Seen(SessionStore):  # type: ignore[misc, valid-type]
    """A session that is looked at where nothing may be written, and no browser given another."""

    # Else it would be made of this class's name, and nothing could be read.
    key_salt = SessionStore().key_salt

    def flush(self) -> None:
        """Leave it to the next request, which is told of another password too."""

    def cycle_key(self) -> None:
        """Leave it to the next request, whose answer brings the new key."""


def user_of(session_key: str) -> AbstractBaseUser | None:
    """The active person signed in with this session; None once it ended or expired."""
    request = SimpleNamespace(session=Seen(session_key))
    user = get_user(cast(HttpRequest, request))
    return user if isinstance(user, AbstractBaseUser) and user.is_active else None


class Pass:
    """A session that let its person in, checked again at each command.

    While nothing that decides has changed in its rows, that costs one small query.
    """

    def __init__(self, session_key: str, user: AbstractBaseUser) -> None:
        self.user_id: int = user.pk
        self._session_key = session_key
        self._seen = self._read()

    def holds(self) -> bool:
        """Whether the person is still signed in; to be called in a database thread."""
        now = self._read()
        if now == self._seen:
            return now is not None
        user = user_of(self._session_key)
        self._seen = now if user is not None and user.pk == self.user_id else None
        return self._seen is not None

    def _read(self) -> tuple[Any, ...] | None:
        with connection.cursor() as cursor:
            now = connection.ops.adapt_datetimefield_value(timezone.now())
            cursor.execute(DECIDES, [self._session_key, now, self.user_id])
            row: tuple[Any, ...] | None = cursor.fetchone()
            return row


def admit(session_key: str) -> Pass | None:
    """The pass of the person signed in with this session; None if nobody is."""
    with one_moment():
        user = user_of(session_key)
        return None if user is None else Pass(session_key, user)


def ended_sessions(session_keys: set[str]) -> set[str]:
    """Those of the sessions that ended or expired."""
    alive = Session.objects.filter(expire_date__gt=Now()).values_list("session_key", flat=True)
    return session_keys - set(alive.filter(session_key__in=session_keys))


def session_hash(session_key: str) -> str:
    """A name for the session that does not give it away."""
    return hashlib.sha256(session_key.encode()).hexdigest()[:32]
