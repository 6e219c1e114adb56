"""Make an invitation and print its link."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.urls import reverse

from chat.models.invitation import Invitation
from chatsite import postgresql


class Command(BaseCommand):
    help = "Print a link with which one person may sign up (SIGNUP=invite)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--days", type=int, default=7, help="how long the link works")

    def handle(self, *args: Any, **options: Any) -> None:
        postgresql.require()
        token = Invitation.objects.issue(options["days"])
        # Where the site was served last; this command may not know its settings.
        served = settings.VAR_DIR / "address"
        address = served.read_text() if served.exists() else settings.PUBLIC_URL
        self.stdout.write(address + reverse("invitation", args=[token]))
