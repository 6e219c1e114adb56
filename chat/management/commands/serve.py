"""Serve the site with Daphne until Ctrl-C or SIGTERM."""

import logging
import os
import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from chatsite import postgresql

# It may be restarting while this process is restarted, too.
DATABASE_SECONDS = 10


class Command(BaseCommand):
    help = "Serve the site (HOST, PORT) until Ctrl-C or SIGTERM; running answers are drained."

    def handle(self, *args: Any, **options: Any) -> None:
        postgresql.require(DATABASE_SECONDS)
        # Daphne chooses Twisted's reactor when it is imported.
        from chatsite import assets
        from chatsite.server import serve

        assets.collect()
        # The loop's thread must not wait 5 ms for a database thread that computes.
        sys.setswitchinterval(0.0005)
        environment = settings.ENVIRONMENT
        (settings.VAR_DIR / "address").write_text(environment.public_url)
        leave(serve(environment.host, environment.port, self.listening))

    def listening(self) -> None:
        """Tell where the site is, now that it is there."""
        self.stdout.write(f"Chatsite is at {settings.ENVIRONMENT.public_url}/ (Ctrl-C ends it)")
        self.stdout.flush()


def leave(status: int) -> None:
    """End the process, though a thread of a request may still wait for the loop that has ended."""
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)
