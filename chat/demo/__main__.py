"""Run the demo model as a process of its own: `python -m chat.demo --port 8001`."""

import argparse
import asyncio
import contextlib
import signal
import sys

from chat.demo.server import serve


async def run(host: str, port: int, options: str) -> None:
    """Serve until SIGINT or SIGTERM; the first line printed is the base URL."""
    server = await serve(host, port, options=options)
    sys.stdout.write(f"{server.base_url}\n")
    sys.stdout.flush()
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    await stopped.wait()
    await server.close()


def main() -> None:
    """Read the command line and run."""
    parser = argparse.ArgumentParser(prog="python -m chat.demo", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1", help="a loopback address")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--options", default="", help="for every request, such as rate=0")
    given = parser.parse_args()
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(run(given.host, given.port, given.options))


if __name__ == "__main__":
    main()
