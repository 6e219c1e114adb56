"""`manage.py serve`, which also says on SIGUSR1 how many asyncio tasks it has."""

import asyncio
import os
import signal
from pathlib import Path
from typing import Any

from django.core.management import execute_from_command_line


def _count(number: int, frame: Any) -> None:
    count = len(asyncio.all_tasks())
    Path(os.environ["VAR_DIR"], "tasks").write_text(str(count))


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatsite.settings")
    signal.signal(signal.SIGUSR1, _count)
    execute_from_command_line(["manage.py", "serve"])
