"""Django's own command, for a database that is there."""

from typing import Any

from django.core.management.commands import migrate

from chatsite import postgresql


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        postgresql.require()
        super().handle(*args, **options)
