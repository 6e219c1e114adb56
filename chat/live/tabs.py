"""All tabs of this process, by conversation and by person."""

import uuid
from collections import defaultdict
from collections.abc import Iterator
from typing import TypeVar

from . import frames
from .tab import Tab

RESTART = 1012
SIGNED_OUT = 4401
RETRY_MS = 300

Key = TypeVar("Key", uuid.UUID, int)


class Tabs:
    """The open tabs."""

    def __init__(self) -> None:
        self._open: set[Tab] = set()
        self._on: defaultdict[uuid.UUID, set[Tab]] = defaultdict(set)
        self._of: defaultdict[int, set[Tab]] = defaultdict(set)

    def __iter__(self) -> Iterator[Tab]:
        return iter(tuple(self._open))

    def __len__(self) -> int:
        return len(self._open)

    def add(self, tab: Tab) -> None:
        """A tab opened."""
        self._open.add(tab)
        self._on[tab.conversation_id].add(tab)
        self._of[tab.user_id].add(tab)

    def discard(self, tab: Tab) -> None:
        """A tab closed; harmless the second time."""
        self._open.discard(tab)
        _remove(self._on, tab.conversation_id, tab)
        _remove(self._of, tab.user_id, tab)

    def on(self, conversation_id: uuid.UUID) -> tuple[Tab, ...]:
        """The tabs that show a conversation."""
        return tuple(self._on.get(conversation_id, ()))

    def of(self, user_id: int) -> tuple[Tab, ...]:
        """The tabs that a person has open."""
        return tuple(self._of.get(user_id, ()))

    def say(self, user_id: int, frame: str) -> None:
        """Send a frame to every tab of a person."""
        for tab in self.of(user_id):
            tab.say(frame)

    def say_goodbye(self) -> None:
        """Tell every tab that this process ends, and to come back."""
        for tab in self:
            tab.leave(frames.bye("deploy", RETRY_MS), RESTART)

    def sign_out(self, ended: set[str]) -> None:
        """Close the tabs of sessions that ended."""
        for tab in self:
            if tab.session_key in ended:
                tab.leave(frames.bye("signed_out", 0), SIGNED_OUT)


def _remove(index: defaultdict[Key, set[Tab]], key: Key, tab: Tab) -> None:
    index[key].discard(tab)
    if not index[key]:
        del index[key]


tabs = Tabs()
