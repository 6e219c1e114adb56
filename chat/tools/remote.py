"""A connection to one MCP server, and its tools."""

import asyncio
import json
import logging
import re
import shlex
from collections.abc import Mapping
from contextlib import AsyncExitStack
from importlib import import_module
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils.functional import Promise

from chat.models import McpServer

from .tool import Context, ToolError

if TYPE_CHECKING:
    from mcp import Client
    from mcp_types import CallToolResult
    from mcp_types import Tool as Described

logger = logging.getLogger(__name__)

CONNECT_SECONDS = 20.0
FRESH_SECONDS = 60.0
FIRST_WAIT, LONGEST_WAIT = 1.0, 60.0
MOST_TOOLS = 64
DESCRIPTION = 2_000
SCHEMA = 20_000
STRANGE = re.compile(r"[^\w-]", re.ASCII)
AWAY = "The server of this tool is not reachable now."


class RemoteTool:
    """A tool of an MCP server; it asks before it runs."""

    asks = True

    def __init__(self, connection: "Connection", described: "Described") -> None:
        self.server = connection.name
        self.called = described.name
        self.name = STRANGE.sub("_", f"{connection.name}_{described.name}")[:64]
        self.title: str | Promise = described.title or described.name
        self.description = (described.description or "")[:DESCRIPTION]
        self.parameters: dict[str, Any] = described.input_schema
        self._connection = connection

    async def call(self, arguments: str, context: Context) -> str:
        """Pass the arguments on; raises ToolError for whatever the server says is wrong."""
        try:
            given = json.loads(arguments or "{}")
        except (ValueError, RecursionError):
            raise ToolError("The arguments are not JSON.") from None
        if not isinstance(given, dict):
            raise ToolError("The arguments are not an object.")
        result = await self._connection.call(self.called, given)
        text = _said(result)
        if result.is_error:
            raise ToolError(text or "The tool failed without a word.")
        return text


class Connection:
    """Connects to a server, again and again while it is away, and knows its tools."""

    def __init__(self, server: McpServer) -> None:
        self.name = server.name
        self.tools: list[RemoteTool] = []
        self.problem = ""
        self._server = server
        self._client: Client | None = None
        self._look = asyncio.Event()

    @property
    def connected(self) -> bool:
        """Whether the server answers."""
        return self._client is not None

    async def run(self) -> None:
        """Stay connected until cancelled."""
        wait = FIRST_WAIT
        while True:
            try:
                await self._stay()
            except Exception as error:  # noqa: BLE001 (the SDK raises what its transports do)
                self.problem = _reason(error)
                logger.warning("the MCP server %s is away: %s", self.name, self.problem)
            finally:
                wait = FIRST_WAIT if self.tools else min(LONGEST_WAIT, wait * 2)
                self._client, self.tools = None, []
            await asyncio.sleep(wait)

    async def call(self, name: str, arguments: dict[str, Any]) -> "CallToolResult":
        """Call a tool of the server; raises ToolError where it does not answer."""
        from mcp import MCPError

        client = self._client
        if client is None:
            raise ToolError(AWAY)
        try:
            return await client.call_tool(name, arguments, settings.LIMITS.tool_seconds)
        except MCPError as error:
            # It may have died; whoever stays connected looks whether it has.
            self._look.set()
            raise ToolError(str(error.error.message) or AWAY) from None
        except (OSError, RuntimeError, ValueError) as error:
            self._look.set()
            raise ToolError(f"{AWAY} ({type(error).__name__})") from None

    async def _stay(self) -> None:
        # The SDK takes a second or more to be loaded: not in the loop, where answers are written.
        await asyncio.to_thread(import_module, "mcp.client.streamable_http")
        from mcp import Client

        async with AsyncExitStack() as stack:
            async with asyncio.timeout(CONNECT_SECONDS):
                transport = await _transport(self._server, stack)
                client = await stack.enter_async_context(Client(transport, cache=None))
            while True:
                async with asyncio.timeout(CONNECT_SECONDS):
                    listed = await client.list_tools()
                self.tools = [RemoteTool(self, each) for each in listed.tools if _fits(each)]
                self.tools = self.tools[:MOST_TOOLS]
                self._client, self.problem = client, ""
                self._look.clear()
                try:
                    await asyncio.wait_for(self._look.wait(), FRESH_SECONDS)
                except TimeoutError:
                    continue


async def _transport(server: McpServer, stack: AsyncExitStack) -> Any:
    """What the SDK connects by."""
    environment: Mapping[str, str] = settings.ENVIRONMENT.mcp
    if server.transport == McpServer.Transport.STDIO:
        from mcp import StdioServerParameters

        if not settings.MCP_COMMANDS:
            raise PermissionError("MCP_COMMANDS is not set")
        command, *arguments = shlex.split(server.command)
        given = server.given_variables(dict(environment))
        return StdioServerParameters(command=command, args=arguments, env=given)
    from mcp.client.streamable_http import streamable_http_client
    from mcp.shared._httpx_utils import create_mcp_http_client

    headers = server.filled_headers(dict(environment))
    client = await stack.enter_async_context(create_mcp_http_client(headers=headers))
    return streamable_http_client(server.url, http_client=client)


def _fits(described: "Described") -> bool:
    """Whether a tool can be described to a model without costing too much."""
    return len(json.dumps(described.input_schema)) <= SCHEMA


def _said(result: "CallToolResult") -> str:
    """The text of a result; what is no text is named."""
    said = [
        block.text if block.type == "text" else f"[{block.type}: not shown]"
        for block in result.content
    ]
    if not said and result.structured_content is not None:
        return json.dumps(result.structured_content, ensure_ascii=False)
    return "\n".join(said)


def _reason(error: BaseException) -> str:
    """The name of the first error inside groups of them: their texts may hold secrets."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return type(error).__name__
