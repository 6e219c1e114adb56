"""The servers that Chatsite is compared with, started in the same run."""

import asyncio
import json
import shutil
from pathlib import Path

from bench.events import EventStream, connect
from bench.model import Prompt
from bench.process import Process, environment, free_port, python

NGINX = """
daemon off;
master_process off;
pid {directory}/nginx.pid;
error_log {directory}/nginx.err;
events {{ worker_connections 4096; }}
http {{
  access_log off;
  client_body_temp_path {directory}/nginx-body;
  proxy_temp_path {directory}/nginx-proxy;
  fastcgi_temp_path {directory}/nginx-fastcgi;
  uwsgi_temp_path {directory}/nginx-uwsgi;
  scgi_temp_path {directory}/nginx-scgi;
  server {{
    listen 127.0.0.1:{port} backlog=1024;
    location / {{
      proxy_pass {upstream};
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_buffering off;
    }}
  }}
}}
"""


class RelayedAnswer:
    """An answer of a relay, on a connection of its own."""

    def __init__(self, stream: EventStream, relay: "Relay", prompt: Prompt) -> None:
        self.prompt = prompt
        self._stream, self._relay = stream, relay
        self.first = stream.first

    @property
    def sent(self) -> int:
        """When it was asked for."""
        return self._stream.sent

    def send(self) -> None:
        """Post the request."""
        body = {
            "model": "demo",
            "stream": True,
            "messages": [{"role": "user", "content": self.prompt.text}],
        }
        self._stream.post("127.0.0.1", self._relay.path, json.dumps(body).encode())

    def stop(self) -> int:
        """Hang up, the only way to stop a relay."""
        return self._stream.abort()

    async def end(self) -> None:
        """Wait for the end of the response, and leave."""
        async with asyncio.timeout(60 + self.prompt.tokens / (self.prompt.rate or 1000)):
            await self._stream.done
        self._stream.abort()

    def arrivals(self) -> list[tuple[int, int]]:
        """When how many deltas were there: an event each, behind that of the role."""
        before, tokens = self._relay.events_before, self.prompt.tokens
        counted = ((at, min(n - before, tokens)) for at, n in self._stream.arrivals)
        return [(at, n) for at, n in counted if n > 0]

    def problem(self) -> str:
        """Compare the text."""
        try:
            text = "".join(map(_content, self._stream.events()))
        except ValueError as error:
            return str(error)
        same = text == self.prompt.answer
        return "" if same else f"{len(text)} characters instead of {len(self.prompt.answer)}"


class Relay:
    """A relay that answers with the model's events or with its own."""

    def __init__(self, name: str, process: Process, port: int, path: str, before: int) -> None:
        self.name, self.process, self.path = name, process, path
        self.events_before = before
        self._port = port

    async def prepare(self, prompt: Prompt, person: int) -> RelayedAnswer:
        """Open a connection."""
        return RelayedAnswer(await connect("127.0.0.1", self._port), self, prompt)


def sdk_relay(directory: Path, base_url: str) -> Relay:
    """FastAPI with the SDK's typed stream."""
    process, port = _uvicorn(directory / "sdk.log", base_url)
    return Relay("FastAPI + openai SDK", process, port, "/sdk/chat/completions", 0)


def byte_relay(directory: Path, base_url: str) -> Relay:
    """FastAPI that passes bytes through."""
    process, port = _uvicorn(directory / "bytes.log", base_url)
    return Relay("FastAPI, bytes", process, port, "/bytes/chat/completions", 1)


def raw_relay(directory: Path, base_url: str) -> Relay | None:
    """nginx as a proxy that does not buffer; None where it is not installed."""
    program = shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin")
    if program is None:
        return None
    port = free_port()
    config = directory / "nginx.conf"
    upstream = base_url.removesuffix("/v1")
    config.write_text(NGINX.format(directory=directory, port=port, upstream=upstream))
    command = [program, "-c", str(config), "-e", str(directory / "nginx.err")]
    process = Process(command, directory / "nginx.log", environment())
    process.wait_for(f"http://127.0.0.1:{port}/v1/models")
    return Relay("nginx, bytes", process, port, "/v1/chat/completions", 1)


def _uvicorn(log: Path, base_url: str) -> tuple[Process, int]:
    port = free_port()
    command = python(
        *("-m", "uvicorn", "bench.relays:app", "--port", str(port), "--loop", "uvloop"),
        *("--http", "httptools", "--no-access-log", "--log-level", "warning"),
    )
    process = Process(command, log, environment(OPENAI_BASE_URL=base_url))
    process.wait_for(f"http://127.0.0.1:{port}/healthz")
    return process, port


def _content(event: dict[str, object]) -> str:
    if "content" in event:
        return str(event["content"])
    choices = event.get("choices")
    delta = choices[0]["delta"] if isinstance(choices, list) and choices else {}
    return str(delta.get("content") or "")
