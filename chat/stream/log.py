"""The log of one answer: it only grows, and then it is closed."""

from collections.abc import Callable

from .entries import End, Entry

Wake = Callable[[], None]


class LogClosed(Exception):
    """Something was appended to a log after its end."""


class Log:
    """Entries in order. One writer appends; any number of readers keep a position and ask."""

    def __init__(self) -> None:
        self._entries: list[Entry] = []
        self._readers: set[Wake] = set()
        self.closed = False

    def __len__(self) -> int:
        return len(self._entries)

    def append(self, *entries: Entry) -> None:
        """Add entries and wake every reader; raises LogClosed after the end."""
        if self.closed:
            raise LogClosed
        self._entries.extend(entries)
        self._wake()

    def close(self, end: End) -> None:
        """Add the ending. The first one wins; a later one changes nothing."""
        if not self.closed:
            self._entries.append(end)
            self.closed = True
            self._wake()

    def read(self, position: int, until: int | None = None) -> list[Entry]:
        """What follows `position`, the number of entries already read; not more than `until`."""
        return self._entries[position:until]

    def copy(self, entries: list[Entry]) -> None:
        """Add what follows in another log, its ending too."""
        if entries and not self.closed:
            self._entries += entries
            self.closed = entries[-1]["kind"] == "end"
            self._wake()

    def subscribe(self, wake: Wake) -> None:
        """Call `wake` after every change, until unsubscribed."""
        self._readers.add(wake)

    def unsubscribe(self, wake: Wake) -> None:
        """Stop calling `wake`; harmless when it was not subscribed."""
        self._readers.discard(wake)

    def _wake(self) -> None:
        """Wake every reader; those of a closed log for the last time, and let go of them."""
        for wake in tuple(self._readers):
            wake()
        if self.closed:
            self._readers.clear()
