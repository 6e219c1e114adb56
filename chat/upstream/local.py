"""Model servers that listen on this machine, on the ports where they usually do."""

import asyncio
from collections.abc import Sequence
from typing import Any, NamedTuple

from .client import model_names
from .errors import decode

# Ollama, llama.cpp, vLLM, LM Studio: only where to look; what answers says what it is.
PORTS = (11434, 8080, 8000, 1234)
SECONDS = 0.3
_ANSWER_BYTES = 1024 * 1024
_OWNERS = {
    "library": "Ollama",
    "llamacpp": "llama.cpp",
    "vllm": "vLLM",
    "organization_owner": "LM Studio",
}


class LocalServer(NamedTuple):
    """A model server found: what it is, its base URL, and the names of its models."""

    name: str
    base_url: str
    models: list[str]


async def local_servers(ports: Sequence[int] = PORTS) -> list[LocalServer]:
    """The model servers recognised on these ports of the loopback address, within 0.3 seconds."""
    found = await asyncio.gather(*(_look(port) for port in ports))
    return [server for server in found if server is not None]


async def _look(port: int) -> LocalServer | None:
    try:
        async with asyncio.timeout(SECONDS):
            head, body = await _get(port)
    except (OSError, EOFError, ValueError):
        return None
    if not head.startswith((b"HTTP/1.1 200", b"HTTP/1.0 200")):
        return None
    listed = decode(body)
    name = _name(head.lower(), listed)
    if name is None:
        return None
    return LocalServer(name, f"http://127.0.0.1:{port}/v1", model_names(listed))


async def _get(port: int) -> tuple[bytes, bytes]:
    """Head and body of `/v1/models`; in HTTP/1.0, so that the end of the body is the end."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=_ANSWER_BYTES)
    try:
        writer.write(
            b"GET /v1/models HTTP/1.0\r\nHost: 127.0.0.1:%d\r\nConnection: close\r\n\r\n" % port
        )
        head = await reader.readuntil(b"\r\n\r\n")
        body = bytearray()
        while len(body) < _ANSWER_BYTES and (piece := await reader.read(_ANSWER_BYTES)):
            body += piece
        return head, bytes(body)
    finally:
        writer.close()


def _name(head: bytes, listed: Any) -> str | None:
    if b"\r\nserver: llama.cpp\r\n" in head:
        return "llama.cpp"
    data = listed.get("data") if isinstance(listed, dict) else None
    for model in data if isinstance(data, list) else ():
        owner = model.get("owned_by") if isinstance(model, dict) else None
        if isinstance(owner, str) and owner in _OWNERS:
            return _OWNERS[owner]
    return None
