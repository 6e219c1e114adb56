"""How often an answer is written and shown: a window that stretches with the load."""

from collections.abc import Callable

SHORTEST = 0.016
READABLE = 0.008
SMOOTH = 0.040
FULL_READ = 64
LONG = 0.120
LONGEST = 0.360
CALM = 0.10
FULL = 0.50
OVERLOADED = 0.80
SMOOTHING = 0.25
REPEATED_BYTES_PER_SECOND = 64_000


def beat(busy: float, tokens: int = 1) -> float:
    """Seconds to the next entry, for a loop whose thread is `busy` (0 to 1) of the time.

    `tokens` are those of the last one. Where they come faster than anybody reads, text that grows
    25 times a second is as smooth, and costs the browser half of what it would at every frame.

    A thread with nothing left to give would let everybody wait in its queue, which is worse than
    a beat that is too long. A read that was full, as a flood is, is followed by the next at once.
    """
    if tokens >= FULL_READ:
        return 0.0
    return max(_under_load(busy), min(SMOOTH, tokens * READABLE))


def _under_load(busy: float) -> float:
    strain = min(1.0, max(0.0, (busy - CALM) / (FULL - CALM)))
    excess = max(0.0, (busy - OVERLOADED) / (1.0 - OVERLOADED))
    return SHORTEST + (LONG - SHORTEST) * strain + (LONGEST - LONG) * excess


def pause_after(repeated_bytes: int) -> float:
    """Seconds to wait after a frame that said `repeated_bytes` once more, to bound the wire."""
    return repeated_bytes / REPEATED_BYTES_PER_SECOND


class Load:
    """The loop thread's share of a CPU, window by window, smoothed so that the beat is steady."""

    def __init__(
        self, wall: Callable[[], float], cpu: Callable[[], float], window: float = 0.25
    ) -> None:
        self.window = window
        self.busy = 0.0
        self._wall, self._cpu = wall, cpu
        self._since: tuple[float, float] | None = None

    def sample(self) -> float:
        """Gives `busy`, renewed once a window by the two clocks: of the wall, and of the thread."""
        now = self._wall()
        if self._since is None:
            self._since = now, self._cpu()
            return self.busy
        began, used = self._since
        passed = now - began
        if passed >= self.window:
            self._since = now, self._cpu()
            share = min(1.0, (self._since[1] - used) / passed)
            # After a rest the past counts for as little as if it had been sampled meanwhile.
            self.busy += (1 - (1 - SMOOTHING) ** (passed / self.window)) * (share - self.busy)
        return self.busy
