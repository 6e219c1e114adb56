"""Make the first administrator of a site that has no user yet."""

import secrets
from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand
from django.db import transaction

from chatsite import postgresql

NAME = "admin"


class Command(BaseCommand):
    help = "With no user in the database, make an administrator and print the password once."

    def handle(self, *args: Any, **options: Any) -> None:
        postgresql.require()
        with transaction.atomic():
            if User.objects.exists():
                return
            password = secrets.token_urlsafe(12)
            User.objects.create_superuser(NAME, password=password)
        self.stdout.write(f"First administrator: {NAME}\nPassword (shown once): {password}")
