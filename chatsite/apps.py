from django.apps import AppConfig


class ChatsiteConfig(AppConfig):
    """Makes the site's own commands (`serve`, `ensure_admin`) known to manage.py."""

    name = "chatsite"
    verbose_name = "Site"
