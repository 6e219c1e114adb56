"""Real servers for tests, each a process of its own on a free port or a socket in a directory."""

import atexit
import contextlib
import functools
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg

ROOT = Path(__file__).resolve().parent.parent
# What a test waits for comes as soon as it can; this ends the wait for what never does.
PATIENCE = 60.0
# A start takes some seconds of a processor, of which a busy machine has little to give. Nobody
# waits so long in vain: a server that ends while it starts is told of at once.
STARTING = 120.0

_given: set[int] = set()


def free_port() -> int:
    """Return a port of the loopback interface that nothing listens on; never the same one twice."""
    while True:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port: int = probe.getsockname()[1]
        if port not in _given:
            _given.add(port)
            return port


def wait_until(true: Callable[[], bool], what: str, seconds: float = PATIENCE) -> None:
    """Return as soon as `true()`; raise TimeoutError naming `what` after `seconds`."""
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what} not within {seconds:g} s")
        time.sleep(0.02)


def environment(var: Path, **settings: str) -> dict[str, str]:
    """Return the environment of a site that knows nothing of the developer's shell."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    # Most tests count what the model is asked.
    made = {"PYTHONUNBUFFERED": "1", "VAR_DIR": str(var), "TITLES": "prompt"}
    return {**kept, **made, **settings}


def manage(var: Path, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run one manage.py command of the site in `var` and return what it printed."""
    return subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), *arguments],
        env=environment(var, **settings),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


class Server:
    """A `manage.py serve` process of the site in `var`, on one port through all its lives."""

    def __init__(self, var: Path, **settings: str) -> None:
        self.var = var
        self.port = int(settings.get("PORT") or free_port())
        self.settings = {"PORT": str(self.port), "DRAIN_SECONDS": "2", **settings}
        self.log = var / f"serve-{self.port}.log"
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def ws_url(self) -> str:
        return f"ws://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it and return when it answers."""
        self.launch()
        wait_until(self.alive, f"{self.url}/healthz", STARTING)

    def launch(self) -> None:
        """Start it, and ask nothing of it."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, str(ROOT / "manage.py"), "serve"],
                env=environment(self.var, **self.settings),
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def alive(self) -> bool:
        """Whether it answers; raise with its log if it has ended."""
        assert self.process is not None
        if self.process.poll() is not None:
            raise RuntimeError(f"serve ended with {self.process.returncode}:\n{self.text()}")
        try:
            # Who leaves before the answer, while it still starts, is something to be warned of.
            with urllib.request.urlopen(f"{self.url}/healthz", timeout=PATIENCE) as response:
                return bool(response.status == 200)
        except (OSError, urllib.error.HTTPError):
            return False

    def text(self) -> str:
        """All it has printed, in all its lives."""
        return self.log.read_text(errors="replace")

    def signal(self, number: int) -> None:
        """Send a signal to it and to all it has started."""
        assert self.process is not None
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, number)

    def kill(self) -> None:
        """End it at once, as a crash would."""
        self.end(signal.SIGKILL)

    def stop(self) -> int:
        """End it as a deploy would, after its drain; return its exit status."""
        return self.end(signal.SIGTERM)

    def end(self, number: int) -> int:
        assert self.process is not None
        self.signal(number)
        return self.process.wait(PATIENCE)


@functools.cache
def prepared() -> Path:
    """A directory with a migrated database and the static files, made once and copied to sites."""
    directory = Path(tempfile.mkdtemp(prefix="chatsite-site-"))
    atexit.register(shutil.rmtree, directory, ignore_errors=True)
    for arguments in (
        ["migrate"],
        ["shell", "-c", "from chatsite import assets; assets.collect()"],
    ):
        made = manage(directory, *arguments, "-v0")
        assert made.returncode == 0, made.stderr
    return directory


@contextlib.contextmanager
def site(var: Path, **settings: str) -> Iterator[Server]:
    """A migrated site that serves, and is gone afterwards."""
    shutil.copytree(prepared(), var, dirs_exist_ok=True)
    if "DATABASE_URL" in settings:
        migrated = manage(var, "migrate", "-v0", **settings)
        assert migrated.returncode == 0, migrated.stderr
    server = Server(var, **settings)
    try:
        server.start()
        yield server
    finally:
        if server.process and server.process.poll() is None:
            server.kill()


@contextlib.contextmanager
def demo_model(options: str = "") -> Iterator[str]:
    """The demo model as a process of its own; yields its base URL."""
    command = [sys.executable, "-m", "chat.demo", "--port", "0", "--options", options]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


@contextlib.contextmanager
def mcp() -> Iterator[int]:
    """An MCP server over HTTP; yields its port."""
    port = free_port()
    command = [sys.executable, "-m", "tests.mcp_server", "http", str(port)]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL) as process:
        try:
            wait_until(lambda: listens(port), "the MCP server")
            yield port
        finally:
            process.kill()


@contextlib.contextmanager
def redis() -> Iterator[str]:
    """A Redis of its own without disk; yields its URL."""
    port = free_port()
    command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", ""]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        try:
            wait_until(lambda: listens(port), "Redis")
            yield f"redis://127.0.0.1:{port}/0"
        finally:
            process.terminate()


@contextlib.contextmanager
def postgres() -> Iterator[str]:
    """A PostgreSQL cluster of its own; yields the URL of an empty database."""
    directory = Path(tempfile.mkdtemp(prefix="chatsite-postgres-"))
    port = free_port()
    owner = "postgres" if os.geteuid() == 0 else None  # PostgreSQL refuses to run as root
    if owner:
        shutil.chown(directory, owner, owner)
    data = str(directory / "data")
    initdb = [_postgres("initdb"), "-D", data, "-U", "chatsite", "-A", "trust", "-N"]
    quiet = subprocess.DEVNULL
    subprocess.run(initdb, check=True, stdout=quiet, cwd=directory, user=owner, group=owner)
    command = [_postgres("postgres"), "-D", data, "-p", str(port), "-k", str(directory)]
    with (directory / "log").open("wb") as log:
        process = subprocess.Popen(
            [*command, "-c", "fsync=off"], stderr=log, cwd=directory, user=owner, group=owner
        )
    try:
        url = f"postgres://chatsite@127.0.0.1:{port}/postgres"
        wait_until(lambda: _lets_in(url), "PostgreSQL")
        yield url
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(PATIENCE)
        shutil.rmtree(directory, ignore_errors=True)


def has_postgres() -> bool:
    """Whether PostgreSQL's server is installed."""
    return shutil.which(_postgres("postgres")) is not None


def _postgres(program: str) -> str:
    """Return the path of one of PostgreSQL's programs, which Debian keeps off the PATH."""
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{program}"))
    return str(found[-1]) if found else program


def _lets_in(url: str) -> bool:
    """Whether a PostgreSQL server takes a connection: it listens before it does."""
    try:
        psycopg.connect(url).close()
    except psycopg.OperationalError:
        return False
    return True


def listens(port: int) -> bool:
    """Whether something listens on a port of the loopback interface."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
