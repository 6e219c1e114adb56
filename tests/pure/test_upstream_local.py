"""Model servers on this machine: found by what they answer, not by where they listen."""

import json
import socket
import subprocess
import sys
from collections.abc import Iterator

import pytest
from pytest_django.fixtures import Settings

import chat.upstream
from chat.upstream import configure, get_upstream, local_servers
from tests.pure.replay import replaying


def models(owner: str, *names: str, server: str = "") -> list[bytes]:
    body = json.dumps({"data": [{"id": name, "owned_by": owner} for name in names]}).encode()
    head = f"HTTP/1.1 200 OK\r\n{server}Content-Length: {len(body)}\r\n\r\n".encode()
    return [head, body]


@pytest.mark.parametrize(
    ("owner", "server", "name"),
    [
        ("library", "", "Ollama"),
        ("vllm", "", "vLLM"),
        ("llamacpp", "", "llama.cpp"),
        ("someone", "Server: llama.cpp\r\n", "llama.cpp"),
        ("organization_owner", "", "LM Studio"),
    ],
)
async def test_a_known_server_is_offered_by_name(owner: str, server: str, name: str) -> None:
    async with replaying(models(owner, "a", "b", server=server)) as replay:
        url = f"http://127.0.0.1:{replay.port}/v1"
        assert await local_servers([replay.port]) == [(name, url, ["a", "b"])]


@pytest.mark.parametrize(
    "answer",
    [
        models("chatsite", "demo"),
        [b"HTTP/1.1 401 Unauthorized\r\nServer: llama.cpp\r\n\r\n"],
        [b"HTTP/1.1 200 OK\r\n\r\n<html>"],
        [b'HTTP/1.1 200 OK\r\n\r\n{"data": [7, {"owned_by": []}]}'],
        [b"HTTP/1.1 200 OK\r\n\r\n[]"],
        [b"no HTTP"],
        [],
    ],
    ids=["ours", "refused", "html", "nonsense", "list", "words", "nothing"],
)
async def test_another_server_is_not_offered(answer: list[bytes]) -> None:
    async with replaying(answer) as replay:
        assert await local_servers([replay.port]) == []


@pytest.fixture
def silent_port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening.getsockname()[1]


async def test_a_server_that_says_nothing_holds_nobody_up(silent_port: int) -> None:
    async with replaying(models("vllm", "a")) as replay:
        found = await local_servers([1, silent_port, replay.port])
        assert [server.name for server in found] == ["vLLM"]


async def test_the_process_talks_to_the_server_it_was_told_of(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chat.upstream, "_configured", None)
    monkeypatch.setattr(chat.upstream, "_upstream", None)
    settings.OPENAI_BASE_URL, settings.OPENAI_API_KEY = "http://one/v1", "k"
    assert get_upstream().base_url == "http://one/v1"
    assert get_upstream() is get_upstream()
    configure("http://two/v1", "")
    assert get_upstream().base_url == "http://two/v1"


def test_the_client_is_imported_only_when_it_is_needed() -> None:
    heavy = "{'openai', 'httpx2', 'aiohttp', 'django'}"
    code = f"import sys, chat.upstream; assert not {heavy} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
