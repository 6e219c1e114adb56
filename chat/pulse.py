"""The pulse of a process: whether the other processes are bound to take it for alive."""

import asyncio
import time
from collections.abc import Callable


class Pulse:
    """Strong while the last heartbeat that the database has confirmed is `seconds` old at most.

    Later another process may have taken over what this one writes: one that slept, or was cut off,
    must not go on before it knows.
    """

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._clock = clock
        self._began_at = clock()
        self._confirmed = asyncio.Event()

    @property
    def age(self) -> float:
        """Seconds since the last heartbeat that was confirmed."""
        return self._clock() - self._began_at

    @property
    def weak(self) -> bool:
        """Whether those who write must wait, and nobody may be promised anything."""
        return self.outlived(self._began_at)

    def outlived(self, began_at: float) -> bool:
        """Whether what began at this moment of the clock may have been taken over meanwhile."""
        return self._clock() - began_at > self._seconds

    def confirm(self, began_at: float) -> None:
        """A heartbeat that began at this moment of the clock was confirmed, and obeyed."""
        self._began_at = began_at
        # Whoever waits now wakes, and looks; whoever comes later waits for the next one.
        self._confirmed.set()
        self._confirmed.clear()

    async def strong(self) -> None:
        """Return when it is not weak."""
        while self.weak:
            await self._confirmed.wait()
