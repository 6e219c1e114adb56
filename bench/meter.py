"""How much CPU everybody used over a window of time."""

import time
from dataclasses import dataclass

from bench.process import Process, machine_cpu


@dataclass(frozen=True)
class Usage:
    """Seconds of CPU within `wall` seconds; `others` is what does not belong to the benchmark."""

    wall: float
    server: float
    loop: float
    model: float
    clients: float
    others: float


class Meter:
    """Runs from its making until it is read."""

    def __init__(self, server: Process, model: Process) -> None:
        self._server, self._model = server, model
        self.began = time.perf_counter_ns()
        self._before = self._read()

    def read(self) -> Usage:
        """What was used since the beginning."""
        wall, server, loop, model, clients, machine = (
            now - before for now, before in zip(self._read(), self._before, strict=True)
        )
        others = max(0.0, machine - server - model - clients)
        return Usage(wall, server, loop, model, clients, others)

    def _read(self) -> tuple[float, ...]:
        return (
            time.perf_counter(),
            self._server.cpu(),
            self._server.loop_cpu(),
            self._model.cpu(),
            time.process_time(),
            machine_cpu(),
        )
