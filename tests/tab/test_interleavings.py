"""Whatever is commanded in whatever order: every tab ends with the page that a reload shows."""

import asyncio
import random
import uuid
from contextlib import AsyncExitStack, suppress
from typing import Any

import pytest

from tests import servers

from .page import Closed, Page, reloaded, visit
from .served import Served

PROMPTS = (
    "list rate=0",
    "code rate=300",
    "table rate=1500",
    "think rate=400",
    "stall rate=0",
    "error",
    "cut rate=500",
    "blank rate=0",
    "truncate rate=200",
    "no headers",
    "tool call rate=200",
    "echo rate=0",
    "bench tokens=80 rate=2000",
)
STEPS, TABS = 40, 3


class Watched:
    """A tab that shows whatever comes, and reconnects whenever it is closed."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.reading = asyncio.create_task(self.read())

    async def read(self) -> None:
        """Show frames for ever."""
        while True:
            try:
                while True:
                    await self.page.next()
            except Closed:
                with suppress(Closed):
                    await self.page.connect()

    async def say(self, command: dict[str, Any]) -> None:
        """Send a command; one that is lost with its connection is lost."""
        with suppress(Closed):
            await self.page.say(command)

    async def agrees(self) -> None:
        """Return when the tab shows what a reload shows."""
        wanted: list[str] = []
        with suppress(TimeoutError):
            async with asyncio.timeout(servers.PATIENCE):
                while self.page.dom.turns() != (wanted := (await reloaded(self.page)).turns()):
                    if self.reading.done():
                        break
                    # A command of a lost connection may have been accepted only now.
                    await self.say({"type": "stop"})
                    await asyncio.sleep(0.1)
        if self.reading.done():
            self.reading.result()
        last = [str(frame)[:150] for frame in self.page.frames[-12:]]
        got = self.page.dom.turns()
        differ = [(a, b) for a, b in zip(got, wanted, strict=False) if a != b]
        assert got == wanted, "\n".join([*last, *(differ[0] if differ else ())])


def command(chance: random.Random, served: Served, tab: Page) -> dict[str, Any]:
    """Something that a person might do now, or a fraction of a second too late."""
    assert tab.conversation
    query = "SELECT id FROM chat_message WHERE conversation_id = ? AND role = 'assistant'"
    messages = [row["id"] for row in served.rows(query, tab.conversation.hex)]
    some = chance.choice(messages) if messages else None
    newest = messages[-1] if messages else None
    key = str(uuid.uuid4())
    kind = chance.choices(
        ("send", "edit", "regenerate", "continue", "stop", "late stop"), (5, 2, 2, 3, 6, 1)
    )[0]
    text = chance.choice(PROMPTS)
    if kind == "regenerate" and some:
        return {"type": "regenerate", "key": key, "message": some}
    if kind == "continue" and newest:
        return {"type": "continue", "key": key, "message": newest}
    if kind == "edit" and some:
        return {"type": "send", "key": key, "text": text, "parent": chance.choice((some, None))}
    if kind == "stop":
        return {"type": "stop"}
    if kind == "late stop":
        generations = served.generations(tab.conversation)
        return {"type": "stop", "generation": generations[-1]["id"] if generations else 1}
    return {"type": "send", "key": key, "text": text}


async def play(seed: int, served: Served) -> None:
    """Command one conversation from several tabs at random, and see that all agree."""
    chance = random.Random(seed)
    person = served.person("alice")
    async with AsyncExitStack() as stack:
        first = await stack.enter_async_context(visit(person))
        await first.finished("echo first rate=0")
        pages = [first] + [
            await stack.enter_async_context(visit(person, first.conversation))
            for _ in range(TABS - 1)
        ]
        tabs = [Watched(page) for page in pages]
        try:
            for _ in range(STEPS):
                tab = chance.choice(tabs)
                await tab.say(command(chance, served, tab.page))
                if chance.random() < 0.15:
                    tab.page.lose()
                await asyncio.sleep(chance.choice((0, 0, 0.02, 0.1, 0.3)))
            await settle(served, tabs)
        finally:
            for tab in tabs:
                tab.reading.cancel()
            await asyncio.gather(*(tab.reading for tab in tabs), return_exceptions=True)


async def settle(served: Served, tabs: list[Watched]) -> None:
    """Stop what still runs, and see that every tab shows what a reload shows."""
    conversation = tabs[0].page.conversation
    assert conversation

    def unfinished() -> list[dict[str, Any]]:
        return [row for row in served.generations(conversation) if not row["finished_at"]]

    left = unfinished()
    with suppress(TimeoutError):
        async with asyncio.timeout(servers.PATIENCE):
            while left:
                await tabs[0].say({"type": "stop"})
                await asyncio.sleep(0.2)
                left = unfinished()
    # Not read again: a command of a lost connection may be accepted only now.
    assert not left
    await asyncio.gather(*(tab.agrees() for tab in tabs))
    keys = [row["key"] for row in served.generations(conversation)]
    assert len(keys) == len(set(keys))
    query = "SELECT * FROM chat_checkpoint WHERE generation_id IN (SELECT id FROM chat_generation"
    assert not served.rows(query + " WHERE conversation_id = ?)", conversation.hex)


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_every_tab_agrees_with_a_reload_after_any_commands(seed: int, served: Served) -> None:
    async with asyncio.TaskGroup() as games:
        for game in range(4):
            games.create_task(play(seed * 100 + game, served))
