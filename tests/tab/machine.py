"""A machine with the site as docs/deployment.md sets it up: nginx, two processes, and its commands.

The files of deploy/ and the commands of the page are used as they are; only paths, ports and names
are others, and `systemctl` and `runuser` are small programs that ask this process.
"""

import asyncio
import contextlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings as django

from tests import servers

DEPLOY = servers.ROOT / "deploy"
RUNUSER = '#!/bin/sh\nshift 3\nexec "$@"\n'
SYSTEMCTL = """#!%s
import socket, sys
with socket.socket(socket.AF_UNIX) as machine:
    machine.connect(%r)
    machine.sendall(" ".join(sys.argv[1:]).encode() + b"\\n")
    said = machine.makefile().read()
print(said.rpartition("|")[0], end="")
sys.exit(int(said.rpartition("|")[2]))
"""


class Machine:
    """What Served and Page take for a server: nginx, with the processes behind it."""

    def __init__(self, directory: Path, **settings: str) -> None:
        self.directory = directory
        self.var = directory / "var"
        self.backups = directory / "backups"
        self.plain, self.tls, self.redirecting = (servers.free_port() for _ in range(3))
        self.url = f"http://127.0.0.1:{self.plain}"
        self.ws_url = f"ws://127.0.0.1:{self.plain}"
        self.https = f"https://127.0.0.1:{self.tls}"
        for path in (self.var, self.backups, directory / "bin"):
            path.mkdir()
        (self.var / "secret_key").write_text(django.SECRET_KEY)
        made = servers.prepared()
        shutil.copytree(made / "static", self.var / "static")
        shutil.copy(made / "static.stamp", self.var)
        self._install("runuser", RUNUSER)
        self._install("systemctl", SYSTEMCTL % (sys.executable, str(directory / "systemd")))
        self.settings = {**example(), **settings, "CSRF_TRUSTED_ORIGINS": self.https}
        self.settings |= {"VAR_DIR": str(self.var), "ALLOWED_HOSTS": "127.0.0.1"}
        self.processes: list[servers.Server] = []

    def start(self, processes: int) -> None:
        """Start the first processes, on ports of their own."""
        for _ in range(processes):
            settings = {**self.settings, "PORT": str(servers.free_port())}
            self.processes.append(servers.Server(self.var, **settings))
        for process in self.processes:
            process.start()

    def stop(self) -> None:
        """End what still runs."""
        for process in self.processes:
            if process.process and process.process.poll() is None:
                process.kill()

    def text(self) -> str:
        """What the processes have logged."""
        return "".join(process.text() for process in self.processes)

    def replaced(self, text: str) -> str:
        """A text of deploy/ or of the page, for this machine."""
        for theirs, ours in {
            "/opt/chatsite/current/.venv/bin/python": sys.executable,
            "/opt/chatsite/current": str(servers.ROOT),
            "/var/lib/chatsite": str(self.var),
            "/var/backups/chatsite": str(self.backups),
            "redis://127.0.0.1:6379/0": self.settings.get("REDIS_URL", ""),
            "/etc/letsencrypt/live/chat.example.org": str(self.directory),
            "server_name chat.example.org": "server_name 127.0.0.1",
            "listen [::]:80;": "",
            "listen [::]:443 ssl http2;": "",
            "listen 80;": f"listen 127.0.0.1:{self.redirecting};",
            "listen 443 ssl http2;": (
                f"listen 127.0.0.1:{self.tls} ssl http2; listen 127.0.0.1:{self.plain};"
            ),
        }.items():
            text = text.replace(theirs, ours)
        for number, process in enumerate(self.processes, 8001):
            text = text.replace(f"127.0.0.1:{number}", f"127.0.0.1:{process.port}")
        return text

    async def run(self, commands: str) -> str:
        """Run commands as root's shell would, and return what they print."""
        (self.directory / "systemd").unlink(missing_ok=True)
        async with await asyncio.start_unix_server(self._asked, self.directory / "systemd"):
            shell = await asyncio.create_subprocess_exec(
                *("bash", "-euo", "pipefail", "-c", self.replaced(commands)),
                env=self._environment(),
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
            )
            printed, _ = await shell.communicate()
        assert shell.returncode == 0, printed.decode()
        return printed.decode()

    def _install(self, program: str, text: str) -> None:
        path = self.directory / "bin" / program
        path.write_text(text)
        path.chmod(0o755)

    def _environment(self) -> dict[str, str]:
        path = f"{self.directory / 'bin'}:{os.environ['PATH']}"
        return {**servers.environment(self.var, **self.settings), "PATH": path}

    async def _asked(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Do what systemctl is asked for."""
        command = (await reader.readline()).decode().split()
        said, status = await asyncio.to_thread(self._obey, command)
        writer.write(f"{said}|{status}".encode())
        writer.close()

    def _obey(self, command: list[str]) -> tuple[str, int]:
        verb, unit = command[0], command[-1].removesuffix(".service")
        names = {f"chatsite@{process.port}": process for process in self.processes}
        if verb == "list-units":
            loaded = "loaded active running Chatsite"
            return "".join(f"{name}.service {loaded}\n" for name in names), 0
        if unit in ("chatsite-prepare", "chatsite-daily"):
            return self._oneshot(unit)
        chosen = [names[unit]] if unit in names else list(names.values())
        assert unit in names or unit == "chatsite.target", command
        for process in chosen if verb in ("stop", "restart") else ():
            assert process.stop() == 0
        for process in chosen if verb in ("start", "restart") else ():
            process.start()
        return "", 0

    def _oneshot(self, unit: str) -> tuple[str, int]:
        """Run the commands of a unit."""
        text = self.replaced((DEPLOY / "systemd" / f"{unit}.service").read_text())
        for command in re.findall(r"^ExecStart=(.+)", text, re.MULTILINE):
            done = subprocess.run(
                command.split(), env=self._environment(), cwd=servers.ROOT, check=False
            )
            if done.returncode:
                return "", done.returncode
        return "", 0


def example() -> dict[str, str]:
    """The settings of deploy/environment.example."""
    lines = (DEPLOY / "environment.example").read_text().splitlines()
    pairs = (line.split("=", 1) for line in lines if line and not line.startswith("#"))
    return {name: value for name, value in pairs if value}


@contextlib.contextmanager
def nginx(machine: Machine) -> Iterator[None]:
    """nginx with deploy/nginx.conf, in front of the machine's processes."""
    directory = machine.directory
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"),
            *("-nodes", "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"),
            *("-keyout", directory / "privkey.pem", "-out", directory / "fullchain.pem"),
        ],
        check=True,
        capture_output=True,
    )
    (directory / "chatsite.conf").write_text(machine.replaced((DEPLOY / "nginx.conf").read_text()))
    paths = "".join(
        f"{name}_temp_path {directory}/{name};"
        for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "user root;" if os.geteuid() == 0 else ""  # the directory is the test's alone
    (directory / "nginx.conf").write_text(
        f"{user} daemon off; pid {directory}/nginx.pid; events {{ worker_connections 1024; }}\n"
        f"http {{ access_log {directory}/access.log; {paths} include {directory}/chatsite.conf; }}"
    )
    program = shutil.which("nginx") or "/usr/sbin/nginx"
    command = [program, "-c", f"{directory}/nginx.conf", "-e", f"{directory}/error.log"]
    subprocess.run([*command, "-t", "-q"], check=True)
    with subprocess.Popen(command) as process:
        try:
            servers.wait_until(lambda: servers.listens(machine.plain), "nginx")
            yield
        finally:
            process.terminate()
