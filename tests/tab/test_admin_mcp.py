"""MCP servers in the admin: refused with a sentence, and no secret is shown or stored."""

import os
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from chat.models import McpServer

from .answered import person, reviewer

pytestmark = pytest.mark.django_db

ADD = {"name": "web", "enabled": "on", "transport": "http", "url": "https://tools.example/mcp"}


@pytest.fixture
def admin(client: Client) -> Client:
    client.force_login(User.objects.create_superuser("root", password="x"))
    return client


def add(client: Client, **fields: str) -> tuple[bool, str]:
    """Whether a server was added, and the page that says why not."""
    posted: Any = client.post(reverse("admin:chat_mcpserver_add"), {**ADD, **fields})
    return posted.status_code == 302, posted.content.decode()


def test_a_server_is_added_and_its_secret_stays_in_the_environment(
    admin: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    added, page = add(admin, headers="Authorization: Bearer $MCP_TOKEN\nX-Home: $HOME")
    assert added, page
    server = McpServer.objects.get()
    environment = {"MCP_TOKEN": "hush", "HOME": "/root"}
    assert server.filled_headers(environment) == {
        "Authorization": "Bearer hush",
        "X-Home": "$HOME",
    }
    monkeypatch.setitem(os.environ, "MCP_TOKEN", "hush")
    shown = admin.get(reverse("admin:chat_mcpserver_change", args=[server.pk])).content.decode()
    assert "$MCP_TOKEN" in shown and "hush" not in shown


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"url": ""}, "An address like"),
        ({"url": "ftp://tools.example"}, "An address like"),
        ({"url": "https://user:word@tools.example/mcp"}, "An address like"),
        ({"headers": "Authorization"}, "a name, a colon and a value"),
        ({"name": "two words"}, "slug"),
        ({"transport": "stdio", "command": ""}, "A command is needed."),
        ({"transport": "stdio", "command": "'"}, "The quotes"),
        ({"transport": "stdio", "command": "x", "variables": "SECRET_KEY"}, "begin with MCP_"),
    ],
)
def test_what_cannot_be_connected_to_is_refused(
    fields: dict[str, str], said: str, admin: Client, settings: Settings
) -> None:
    settings.MCP_COMMANDS = True
    added, page = add(admin, **fields)
    assert not added and said in page


def test_commands_are_refused_unless_the_machine_allows_them(
    admin: Client, settings: Settings
) -> None:
    added, page = add(admin, transport="stdio", command="python -m tools")
    assert not added and "MCP_COMMANDS=true" in page
    settings.MCP_COMMANDS = True
    assert add(admin, transport="stdio", command="python -m tools")[0]


def test_only_those_who_may_see_and_change_servers(client: Client) -> None:
    for user in (reviewer(), person("alice")):
        client.force_login(user)
        assert client.get(reverse("admin:chat_mcpserver_changelist")).status_code in (302, 403)
        assert not add(client)[0] or not McpServer.objects.exists()
