"""The processes under measurement: started, waited for, metered and ended."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 60.0
_TICKS = os.sysconf("SC_CLK_TCK")


def environment(**settings: str) -> dict[str, str]:
    """The environment of a measured process: nothing of the developer's own settings."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return {**kept, "PYTHONUNBUFFERED": "1", **settings}


def free_port() -> int:
    """A port of the loopback interface that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Process:
    """One process, without children of its own."""

    def __init__(self, command: Sequence[str], log: Path, env: Mapping[str, str]) -> None:
        self.log = log
        with log.open("ab") as out:
            self._process = subprocess.Popen(
                command, cwd=ROOT, env=env, stdout=out, stderr=subprocess.STDOUT
            )
        self.pid = self._process.pid

    def wait_for(self, url: str) -> float:
        """Return once `url` answers with success, and how many seconds that took."""
        began = time.monotonic()
        while not self._answers(url):
            if time.monotonic() - began > PATIENCE:
                raise TimeoutError(f"{url} did not answer within {PATIENCE:g} s:\n{self.said()}")
            time.sleep(0.01)
        return time.monotonic() - began

    def _answers(self, url: str) -> bool:
        if self._process.poll() is not None:
            raise RuntimeError(f"the process has ended:\n{self.said()}")
        try:
            with urllib.request.urlopen(url, timeout=2) as response:  # noqa: S310 - our own address
                return bool(response.status == 200)
        except (OSError, urllib.error.HTTPError):
            return False

    def said(self) -> str:
        """All that it has printed."""
        return self.log.read_text(errors="replace")

    def cpu(self) -> float:
        """Seconds of CPU used so far by its threads; by those that live, to the nanosecond."""
        return sum(map(_thread_cpu, Path(f"/proc/{self.pid}/task").iterdir()))

    def loop_cpu(self) -> float:
        """Seconds of CPU used so far by its first thread, which runs the event loop."""
        return _thread_cpu(Path(f"/proc/{self.pid}/task/{self.pid}"))

    def memory(self) -> float:
        """Resident megabytes."""
        pages = Path(f"/proc/{self.pid}/statm").read_text().split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE") / 1e6

    def end(self) -> None:
        """End it, politely and then not."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()


def _thread_cpu(task: Path) -> float:
    try:
        return int((task / "schedstat").read_text().split()[0]) / 1e9
    except (FileNotFoundError, ProcessLookupError):  # the thread has just ended
        return 0.0


def python(*arguments: str) -> list[str]:
    """The command that runs our own Python."""
    return [sys.executable, *arguments]


def machine_cpu() -> float:
    """Seconds of CPU used so far by everything on this machine."""
    fields = Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:]
    user, nice, system, _idle, _iowait, irq, softirq = (int(field) for field in fields[:7])
    return (user + nice + system + irq + softirq) / _TICKS
