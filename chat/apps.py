from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate


class ChatConfig(AppConfig):
    name = "chat"
    label = "chat"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "Chat"

    def ready(self) -> None:
        """Listen to sign-outs, and to migrations."""
        from chat import departures  # noqa: F401  (connects its receivers)

        post_migrate.connect(mend_search, sender=self)


def mend_search(using: str, **kwargs: Any) -> None:
    """See that a migration left the index of the search whole."""
    from chat.search import index

    index.mend(connections[using])
