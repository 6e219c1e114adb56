"""How often somebody may do something."""

import time
from collections.abc import Callable


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
        now = self._clock()
        self._tokens = min(self._size, self._tokens + (now - self._at) * self._per_second)
        self._at = now
        if self._tokens < 1:
            return (1 - self._tokens) / self._per_second
        self._tokens -= 1
        return 0.0

    @property
    def untouched(self) -> bool:
        """Whether it has refilled completely, so that a new one would be the same."""
        return self._tokens + (self._clock() - self._at) * self._per_second >= self._size
