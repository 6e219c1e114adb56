"""An MCP server for tests: python -m tests.mcp_server stdio | http PORT"""

import asyncio
import os
import sys

from mcp.server.mcpserver import MCPServer

server = MCPServer("Tests")


@server.tool()
def add(first: int, second: int) -> int:
    """Add two numbers."""
    return first + second


@server.tool()
def secret() -> str:
    """Tell what the server was given."""
    return os.environ.get("MCP_TEST_SECRET", "nothing") + " " + os.environ.get("SECRET_KEY", "-")


@server.tool()
def broken() -> str:
    """Fail."""
    raise RuntimeError("It broke.")


@server.tool()
def die() -> str:
    """End the server in the middle of a call."""
    os._exit(3)


@server.tool()
async def hang() -> str:
    """Never answer."""
    await asyncio.Event().wait()
    return "never"


@server.tool()
def long() -> str:
    """Say ten megabytes."""
    return "x" * 10_000_000


if __name__ == "__main__":
    if sys.argv[1] == "http":
        server.run("streamable-http", port=int(sys.argv[2]))
    else:
        server.run("stdio")
