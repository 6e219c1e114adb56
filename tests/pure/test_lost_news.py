"""What a tab makes of the rows, which tell it of news that were lost."""

import asyncio
import uuid

from chat.live.tab import Tab, Visit, Wire


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
