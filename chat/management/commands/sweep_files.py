"""Delete uploads that were never sent, and files that no row names."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.core.files.storage import default_storage
from django.core.management.base import BaseCommand
from django.utils import timezone

from chat.models import Attachment
from chatsite import postgresql

# A file is stored before its row is saved.
YOUNG = timedelta(days=1)


class Command(BaseCommand):
    help = "Delete uploads that were never sent within a day, and files that no row names."

    def handle(self, *args: Any, **options: Any) -> None:
        postgresql.require()
        while Attachment.objects.sweep():
            pass
        orphans = list(_orphans())
        for name in orphans:
            default_storage.delete(name)
        if orphans:
            self.stdout.write(f"{len(orphans)} files that no row named are deleted.")


def _orphans() -> Iterator[str]:
    for folder in default_storage.listdir("")[0]:
        names = [f"{folder}/{name}" for name in default_storage.listdir(folder)[1]]
        rows = Attachment.objects.filter(file__startswith=f"{folder}/")
        known = {name for row in rows.values_list("file", "preview") for name in row}
        old = timezone.now() - YOUNG
        for name in names:
            if name not in known and default_storage.get_modified_time(name) < old:
                yield name
