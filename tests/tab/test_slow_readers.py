"""Tabs that do not read: they cost little memory and nobody else's time."""

import asyncio
import contextlib
import json
import socket
import uuid
from collections.abc import Iterator
from pathlib import Path

from .conftest import Open
from .model import Model, tag
from .page import Page
from .served import Person, Served

MIB = 1024 * 1024
SMALL = 4096


class Silent:
    """A socket that is opened and then never read."""

    def __init__(self, person: Person, conversation: uuid.UUID | None) -> None:
        server = person.served.server
        self._socket = socket.socket()
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL)
        self._socket.connect(("127.0.0.1", server.port))
        self._socket.sendall(
            f"GET /ws/conversations/{conversation}/ HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n"
            f"Origin: {server.url}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
            f"Cookie: {person.cookie}\r\n\r\n".encode()
        )
        assert b"101" in self._socket.recv(16)

    def say(self, frame: object) -> None:
        """Send a frame, whose mask is of zeros; raises BlockingIOError when it is not taken."""
        data = json.dumps(frame).encode()
        assert len(data) < 126
        self._socket.setblocking(False)
        self._socket.send(bytes([0x81, 0x80 | len(data), 0, 0, 0, 0]) + data)

    def close(self) -> None:
        """Leave."""
        self._socket.close()


@contextlib.contextmanager
def silent(tab: Page, count: int) -> Iterator[list[Silent]]:
    """So many sockets more on the conversation of a tab."""
    opened = [Silent(tab.person, tab.conversation) for _ in range(count)]
    try:
        yield opened
    finally:
        for each in opened:
            each.close()


def memory(served: Served) -> int:
    """The bytes that the server's process has in memory."""
    assert served.server.process is not None
    pages = Path(f"/proc/{served.server.process.pid}/statm").read_text().split()[1]
    return int(pages) * 4096


async def test_twenty_tabs_that_do_not_read_delay_nobody_and_cost_little(
    served: Served, model: Model, open_tab: Open
) -> None:
    alice = served.person("alice")
    tab = await open_tab(alice)
    await tab.finished("rate=0 list")
    before = memory(served)
    with silent(tab, 20):
        for _ in range(3):
            end = await tab.finished("bench tokens=6000 rate=3000")
            assert end["status"] == "complete" and end["timing"]["duration_ms"] < 15_000
        assert memory(served) - before < 60 * MIB
    assert not served.complaints(warnings=True)


async def test_what_a_tab_that_does_not_read_missed_is_not_kept_for_it(
    served: Served, open_tab: Open
) -> None:
    tab = await open_tab(served.person("alice"))
    long = "bench tokens=30000 rate=0"
    branches = [await tab.finished(long, parent=None) for _ in range(2)]
    with silent(tab, 2):
        await tab.drained()
        # Each step is a snapshot of 400 kB. The kernel takes the first megabytes of a socket, and
        # every thread of the database what it needs for one.
        for step in range(45):
            if step == 15:
                before = memory(served)
            await tab.say({"type": "show", "message": branches[step % 2]["message"]})
            await tab.first("snapshot")
        assert memory(served) - before < 10 * MIB
    assert not served.complaints(warnings=True)


async def test_a_tab_that_asks_and_asks_and_never_reads_costs_little(
    served: Served, open_tab: Open
) -> None:
    alice = served.person("alice")
    tab = await open_tab(alice)
    await tab.drained()
    before = memory(served)
    said = 0
    with silent(tab, 1) as (asking,):
        for _ in range(200):
            for n in range(1000):
                try:
                    asking.say({"type": "ping", "n": n})
                    said += 1
                except (BlockingIOError, ConnectionError):
                    break
            await tab.command("stop")
            await asyncio.sleep(0)
            if said > 100_000:
                break
        await tab.drained()
        assert memory(served) - before < 20 * MIB, f"{said} frames"
    assert not served.complaints(warnings=True)


async def test_a_tab_that_reads_again_is_brought_up_to_date(
    served: Served, model: Model, open_tab: Open
) -> None:
    alice = served.person("alice")
    tab = await open_tab(alice)
    label = tag()
    generation = await tab.ask(f"bench tokens=3000 rate=0 hold=2000 tag={label}")
    await model.request(label, "held")
    late = await open_tab(alice, tab.conversation)
    late.pause()
    await model.go(label)
    await tab.end(generation)
    late.resume()
    await late.end(generation)
    assert late.dom.turns() == tab.dom.turns()


async def test_sockets_that_are_closed_leave_no_memory_behind(
    served: Served, open_tab: Open
) -> None:
    alice = served.person("alice")
    tab = await open_tab(alice)
    await tab.finished("rate=0 code")

    async def come_and_go(times: int) -> None:
        for _ in range(times):
            async with tab.twin():
                pass

    await come_and_go(50)
    before = memory(served)
    await asyncio.gather(*(come_and_go(25) for _ in range(8)))
    assert memory(served) - before < 15 * MIB
