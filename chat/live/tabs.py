"""All tabs of this process, and what the channel layer may have failed to tell them."""

from collections import Counter
from collections.abc import Iterator

from . import frames
from .tab import Tab

RESTART = 1012
SIGNED_OUT = 4401
RETRY_MS = 300


class Tabs:
    """The open tabs."""

    def __init__(self) -> None:
        self._open: set[Tab] = set()
        self._of_user: Counter[int] = Counter()

    def __iter__(self) -> Iterator[Tab]:
        return iter(tuple(self._open))

    def __len__(self) -> int:
        return len(self._open)

    def add(self, tab: Tab) -> None:
        """A tab opened."""
        self._open.add(tab)
        self._of_user[tab.user_id] += 1

    def discard(self, tab: Tab) -> None:
        """A tab closed."""
        if tab in self._open:
            self._open.discard(tab)
            self._of_user[tab.user_id] -= 1
            self._of_user += Counter()

    def count(self, user_id: int) -> int:
        """How many tabs a person has open here."""
        return self._of_user[user_id]

    def say_goodbye(self) -> None:
        """Tell every tab that this process ends, and to come back."""
        for tab in self:
            tab.leave(frames.bye("deploy", RETRY_MS), RESTART)

    def sign_out(self, ended: set[str]) -> None:
        """Close the tabs of sessions that ended."""
        for tab in self:
            if tab.session_key in ended:
                tab.leave(frames.bye("signed_out", 0), SIGNED_OUT)


tabs = Tabs()
