"""The MCP servers of the site, to each of which a process keeps one connection."""

import asyncio
import importlib.util
import logging
from datetime import datetime

from django.db import DatabaseError, InterfaceError

from chat.database import in_database
from chat.models import McpServer

from .remote import Connection
from .tool import Tool

logger = logging.getLogger(__name__)

LOOK_SECONDS = 5.0

_open: dict[tuple[int, datetime], tuple[Connection, asyncio.Task[None]]] = {}


def installed() -> bool:
    """Whether the SDK of MCP is there: it is an extra."""
    return importlib.util.find_spec("mcp") is not None


def tools() -> list[Tool]:
    """The tools of all servers that are connected, by their servers' names; no name twice."""
    connections = sorted((connection for connection, _ in _open.values()), key=lambda c: c.name)
    found: list[Tool] = [tool for connection in connections for tool in connection.tools]
    return list({tool.name: tool for tool in found}.values())


def state(server: McpServer) -> Connection | None:
    """The connection of this process to a server; None if it keeps none."""
    connection, _ = _open.get((server.pk, server.updated_at), (None, None))
    return connection


async def keep_connected() -> None:
    """Follow the rows of the servers until cancelled: connect to new ones, leave old ones."""
    try:
        while True:
            try:
                rows = await in_database(lambda: list(McpServer.objects.filter(enabled=True)))
            except (DatabaseError, InterfaceError) as error:
                logger.warning("the MCP servers could not be read: %s", type(error).__name__)
            else:
                await _follow(rows)
            await asyncio.sleep(LOOK_SECONDS)
    finally:
        await _leave(list(_open))


async def _follow(rows: list[McpServer]) -> None:
    wanted = {(row.pk, row.updated_at): row for row in rows} if installed() else {}
    await _leave([key for key in _open if key not in wanted])
    for key in wanted.keys() - _open.keys():
        connection = Connection(wanted[key])
        _open[key] = connection, asyncio.create_task(connection.run())


async def _leave(keys: list[tuple[int, datetime]]) -> None:
    tasks = [_open.pop(key)[1] for key in keys]
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
