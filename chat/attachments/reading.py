"""Reading a file that somebody sent, in a child process that may die of it."""

import json
import signal
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

from .found import Bounds, Found
from .kinds import kind_of
from .refused import Refused

ROOT = Path(__file__).resolve().parent.parent.parent
# Beyond the child's own limit of processor time, for a machine that is busy.
GRACE = 3
# By the limit of processor time, for want of memory, or by its own hand in a library.
KILLED = (-signal.SIGXCPU, -signal.SIGKILL, -signal.SIGABRT, -signal.SIGSEGV)


def read(name: str, data: bytes, bounds: Bounds) -> Found:
    """What can be used of the file of this name; raises Refused. It may take some seconds."""
    kind = kind_of(name, data)
    command = [sys.executable, "-m", "chat.attachments.child", kind, json.dumps(asdict(bounds))]
    try:
        done = subprocess.run(  # noqa: S603 (our own module)
            command,
            input=data,
            capture_output=True,
            cwd=ROOT,
            # No keys and passwords of the site's where a hostile file is opened.
            env={"PYTHONPATH": str(ROOT), "MALLOC_ARENA_MAX": "1"},
            timeout=bounds.seconds * GRACE,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise Refused("heavy") from None
    if done.returncode:
        damaged = "kind" if kind == "text" else kind
        raise Refused("heavy" if done.returncode in KILLED else damaged)
    return _found(done.stdout)


def _found(said: bytes) -> Found:
    line, _, rest = said.partition(b"\n")
    head = json.loads(line)
    if "refused" in head:
        raise Refused(head["refused"], head["limit"])
    pieces = []
    for size in head.pop("sizes"):
        pieces.append(rest[:size])
        rest = rest[size:]
    data, preview, text = pieces
    return Found(**head, data=data, preview=preview, text=text.decode())
