"""`manage.py serve`, which also says on SIGUSR1 how many asyncio tasks it has."""

import asyncio
import os
import runpy
import signal
import sys
from pathlib import Path
from typing import Any

from tests import servers


def _count(number: int, frame: Any) -> None:
    count = len(asyncio.all_tasks())
    Path(os.environ["VAR_DIR"], "tasks").write_text(str(count))


if __name__ == "__main__":
    signal.signal(signal.SIGUSR1, _count)
    sys.argv = ["manage.py", "serve"]
    runpy.run_path(str(servers.ROOT / "manage.py"), run_name="__main__")
