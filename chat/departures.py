"""Sign-outs, changed passwords and deactivated people: told to the tabs that they concern."""

from functools import partial
from typing import Any

from asgiref.sync import async_to_sync
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractUser
from django.contrib.auth.signals import user_logged_out
from django.db import transaction
from django.db.models.signals import post_save
from django.dispatch import receiver
from django.http import HttpRequest

from chat.live import news
from chat.sessions import session_hash


@receiver(user_logged_out)
def close_tabs(request: HttpRequest, **kwargs: Any) -> None:
    """Django tells this before it flushes the session."""
    key = request.session.session_key
    if key:
        async_to_sync(news.say_signed_out)(session_hash(key))


@receiver(post_save, sender=get_user_model())
def check_tabs(instance: AbstractUser, created: bool, **kwargs: Any) -> None:
    """A new password ends the other sessions, a deactivation all; signing in changes neither."""
    fields = kwargs.get("update_fields")
    if not created and (fields is None or set(fields) - {"last_login"}):
        transaction.on_commit(partial(async_to_sync(news.say_check), instance.pk))
