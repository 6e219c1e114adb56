"""The processes that a site needs: each can be ended at any moment and started again."""

import asyncio
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from tests import servers

NGINX = """
{user}
daemon off;
worker_processes 1;
pid {directory}/nginx.pid;
error_log {directory}/nginx.log warn;
events {{ worker_connections 4096; }}
http {{
  access_log off;
  client_body_temp_path {directory}/body;
  proxy_temp_path {directory}/proxy;
  fastcgi_temp_path {directory}/fastcgi;
  uwsgi_temp_path {directory}/uwsgi;
  scgi_temp_path {directory}/scgi;
  upstream chatsite {{
{servers}
  }}
  server {{
    listen 127.0.0.1:{port} backlog=1024;
    location / {{
      proxy_pass http://chatsite;
      proxy_http_version 1.1;
      proxy_set_header Host $http_host;
      proxy_set_header Upgrade $http_upgrade;
      proxy_set_header Connection $http_connection;
      proxy_connect_timeout 1s;
      proxy_read_timeout 1h;
      proxy_buffering off;
      add_header X-Served-By $upstream_addr always;
    }}
  }}
}}
"""


class Service:
    """One program, started and ended as often as one likes; its output goes to a file."""

    def __init__(self, name: str, directory: Path, command: list[str]) -> None:
        self.name = name
        self.directory = directory
        self.log = directory / f"{name}.log"
        self.process: subprocess.Popen[bytes] | None = None
        self._command = command
        self._environment: dict[str, str] | None = None
        self._user: str | None = None

    def start(self) -> None:
        """Start it; it may not be ready yet."""
        with self.log.open("ab") as out:
            self.process = subprocess.Popen(
                self._command,
                cwd=servers.ROOT if self._user is None else self.directory,
                env=self._environment,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                user=self._user,
                group=self._user,
            )

    @property
    def running(self) -> bool:
        """Whether its process exists."""
        return self.process is not None and self.process.poll() is None

    def send(self, number: int) -> None:
        """Send it a signal."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(number)

    async def end(self, number: int = signal.SIGTERM, seconds: float = 30) -> None:
        """Send a signal that ends it and wait; what does not end by then is killed."""
        self.send(number)
        await asyncio.to_thread(self._wait, seconds)

    def _wait(self, seconds: float) -> None:
        if self.process is None:
            return
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Redis(Service):
    """Redis with an append-only file: what it has answered for survives its own death."""

    def __init__(self, directory: Path) -> None:
        self.port = servers.free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.data = directory / "redis"
        self.data.mkdir()
        options = f"--port {self.port} --bind 127.0.0.1 --appendonly yes --appendfsync no --dir"
        command = ["redis-server", *options.split(), str(self.data), "--save", ""]
        super().__init__("redis-server", directory, command)

    def forget(self) -> None:
        """Lose all data; it must not be running."""
        shutil.rmtree(self.data)
        self.data.mkdir()


class Postgres(Service):
    """PostgreSQL with a cluster of its own."""

    def __init__(self, directory: Path) -> None:
        self.port = servers.free_port()
        self.url = f"postgres://chatsite@127.0.0.1:{self.port}/postgres"
        home = directory / "postgres"
        home.mkdir()
        # PostgreSQL refuses to run as root.
        owner = "postgres" if os.geteuid() == 0 else None
        if owner:
            directory.chmod(0o711)
            shutil.chown(home, owner, owner)
        initdb = [servers._postgres("initdb"), "-D", str(home / "data"), "-U", "chatsite"]
        subprocess.run(
            [*initdb, "-A", "trust", "-N"],
            check=True,
            stdout=subprocess.DEVNULL,
            cwd=home,
            user=owner,
            group=owner,
        )
        command = [servers._postgres("postgres"), "-D", str(home / "data"), "-p", str(self.port)]
        super().__init__("postgres", home, [*command, "-k", str(home), "-c", "fsync=off"])
        self._user = owner


class Nginx(Service):
    """nginx on one port, in front of the processes on `ports`."""

    def __init__(self, directory: Path, ports: list[int]) -> None:
        self.port = servers.free_port()
        lines = [f"    server 127.0.0.1:{port} max_fails=1 fail_timeout=1s;" for port in ports]
        config = NGINX.format(
            user="user root;" if os.geteuid() == 0 else "",
            directory=directory,
            servers="\n".join(lines),
            port=self.port,
        )
        path = directory / "nginx.conf"
        path.write_text(config)
        program = shutil.which("nginx") or "/usr/sbin/nginx"
        command = [program, "-p", str(directory), "-c", str(path)]
        super().__init__("nginx", directory, [*command, "-e", str(directory / "nginx.log")])

    def listens(self) -> bool:
        """Whether it takes connections."""
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0


class Demo(Service):
    """The demo model."""

    def __init__(self, directory: Path) -> None:
        self.port = servers.free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        command = [sys.executable, "-m", "chat.demo", "--port", str(self.port)]
        super().__init__("demo", directory, command)


@dataclass
class Harm:
    """What was done to one process of an app, at a `time.time()`."""

    pid: int
    port: int
    at: float
    how: str


class App(Service):
    """One app process after the other, on one port."""

    def __init__(self, directory: Path, number: int, port: int, **settings: str) -> None:
        super().__init__(f"app-{number}", directory, [sys.executable, "-m", "chaos.serve"])
        self.number, self.port = number, port
        self.var = directory / f"var-{number}"
        shutil.copytree(servers.prepared(), self.var)
        self._environment = servers.environment(self.var, PORT=str(port), **settings)
        self.pids: set[int] = set()
        self.harms: list[Harm] = []
        self.steady = False

    def start(self) -> None:
        super().start()
        assert self.process is not None
        self.pids.add(self.process.pid)

    def harm(self, how: str, number: int) -> None:
        """Send a signal that ends or hurts it, and remember that."""
        assert self.process is not None
        self.steady = False
        self.harms.append(Harm(self.process.pid, self.port, time.time(), how))
        self.send(number)

    async def ready(self, seconds: float = 120) -> None:
        """Return when it answers."""
        deadline = time.monotonic() + seconds
        while not await asyncio.to_thread(self._answers):
            if not self.running or time.monotonic() > deadline:
                raise RuntimeError(f"{self.name} does not serve: see {self.log}")
            await asyncio.sleep(0.1)
        self.steady = True

    def _answers(self) -> bool:
        try:
            url = f"http://127.0.0.1:{self.port}/healthz"
            with urllib.request.urlopen(url, timeout=2) as response:
                return bool(response.status == 200)
        except (OSError, urllib.error.HTTPError):
            return False
