"""What a tab makes of news and rows that come in any order: a turn first, and its end once."""

import asyncio
import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User

from chat.database import in_database
from chat.live.answers import LiveAnswer
from chat.live.tab import Tab, Visit, Wire
from chat.live.turns import Snapshot
from chat.models import Conversation

from .answered import conversation, person, say


class Watched(Tab):
    """A tab that only notes for which generations it would show the path again."""

    def __init__(self) -> None:
        async def send(frame: str) -> None:
            raise AssertionError(frame)

        super().__init__(Visit(1, "session", uuid.uuid4()), Wire(send, asyncio.Event()))
        self.changes: list[int | None] = []

    def path_changed(self, generation_id: int | None = None) -> None:
        self.changes.append(generation_id)


def test_rows_that_are_ahead_of_the_news_or_behind_them_for_a_moment_change_nothing() -> None:
    tab = Watched()
    for leaf, newest in ((2, 1), (None, 0), (2, 1), (4, 2), (6, 3)):
        tab.path_is(leaf, newest)
    assert not tab.changes


def test_what_the_rows_say_twice_is_shown() -> None:
    tab = Watched()
    for _ in range(2):
        tab.path_is(4, 2)
    assert tab.changes == [2]


class Late(Tab):
    """A tab that hears of a turn when it has just read what to show."""

    def __init__(self, visit: Visit, meanwhile: Callable[[], int]) -> None:
        self.frames: list[dict[str, Any]] = []
        self.ended = asyncio.Event()
        writable = asyncio.Event()
        writable.set()
        super().__init__(visit, Wire(self.take, writable))
        self._meanwhile = [meanwhile]

    async def take(self, frame: str) -> None:
        """Keep a frame."""
        self.frames.append(json.loads(frame))
        if self.frames[-1]["type"] == "end":
            self.ended.set()

    async def _look(self) -> tuple[Snapshot, LiveAnswer | None]:
        looked = await super()._look()
        while self._meanwhile:
            self.turn_accepted(await in_database(self._meanwhile.pop()))
        return looked


def begun() -> tuple[User, Conversation]:
    alice = person("alice")
    return alice, conversation(alice)


@pytest.mark.django_db(transaction=True)
async def test_an_answer_that_ended_while_a_snapshot_was_made_is_shown_before_its_end() -> None:
    alice, made = await in_database(begun)
    visit = Visit(alice.pk, "session", made.pk)
    tab = Late(visit, lambda: int(say(made, "And more?", "Yes.").generation.pk))
    telling = asyncio.create_task(tab.run())
    async with asyncio.timeout(60):
        await tab.ended.wait()
    tab.leave('{"type": "bye"}', 1000)
    assert await telling == 1000
    assert [frame["type"] for frame in tab.frames] == ["snapshot", "snapshot", "end", "bye"]
    shown = [f'id="m{tab.frames[2]["message"]}"' in frame["content"] for frame in tab.frames[:2]]
    assert shown == [False, True]
