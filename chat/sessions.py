"""Who is signed in, by the session cookie, read in the database threads."""

import hashlib
from importlib import import_module
from types import SimpleNamespace
from typing import cast

from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.auth.models import AbstractBaseUser
from django.contrib.sessions.models import Session
from django.db.models.functions import Now
from django.http import HttpRequest

SessionStore = import_module(settings.SESSION_ENGINE).SessionStore


def user_of(session_key: str) -> AbstractBaseUser | None:
    """The active person signed in with this session; None once it ended or expired."""
    request = SimpleNamespace(session=SessionStore(session_key))
    user = get_user(cast(HttpRequest, request))
    return user if isinstance(user, AbstractBaseUser) and user.is_active else None


def ended_sessions(session_keys: set[str]) -> set[str]:
    """Those of the sessions that ended or expired."""
    alive = Session.objects.filter(expire_date__gt=Now()).values_list("session_key", flat=True)
    return session_keys - set(alive.filter(session_key__in=session_keys))


def session_hash(session_key: str) -> str:
    """A name for the session that does not give it away."""
    return hashlib.sha256(session_key.encode()).hexdigest()[:32]
