"""How often somebody may do something."""

import time
from collections.abc import Callable, Hashable

MANY = 1000


class Allowance:
    """A bucket of `size` tokens that refills within `seconds`; taking one may be refused."""

    def __init__(
        self, size: int, seconds: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._size = float(size)
        self._per_second = size / seconds
        self._clock = clock
        self._tokens = self._size
        self._at = clock()

    def take(self) -> float:
        """Take one; gives 0.0, or the seconds to wait until there is one again."""
        self._refill()
        if self._tokens < 1:
            return (1 - self._tokens) / self._per_second
        self._tokens -= 1
        return 0.0

    def is_full(self) -> bool:
        """Whether it has refilled, so that a new one would be the same."""
        self._refill()
        return self._tokens >= self._size

    def _refill(self) -> None:
        now = self._clock()
        self._tokens = min(self._size, self._tokens + (now - self._at) * self._per_second)
        self._at = now


class Allowances:
    """An allowance for each key, kept only while it is not full."""

    def __init__(
        self, size: int, seconds: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._new: Callable[[], Allowance] = lambda: Allowance(size, seconds, clock)
        self._known: dict[Hashable, Allowance] = {}

    def take(self, key: Hashable) -> float:
        """Take one of the key's; gives 0.0, or the seconds to wait."""
        if len(self._known) >= MANY:
            self._known = {key: each for key, each in self._known.items() if not each.is_full()}
        return self._known.setdefault(key, self._new()).take()
