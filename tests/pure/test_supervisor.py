"""What becomes of commands whose client hangs up before they are carried out, or refused."""

import asyncio
import gc
import uuid
from typing import Any

import pytest

from chat.forms import Send
from chat.models import Accepted, Busy, Process
from chat.pulse import Pulse
from chat.refusals import refusal
from chat.supervisor import Supervisor, Unsure
from chat.taking import Asker


class Refusing(Supervisor):
    """Refuses every command, when it is told to."""

    def __init__(self) -> None:
        super().__init__(Process(name="here"))
        self.go = asyncio.Event()

    async def _accept(self, *command: Any) -> Accepted:
        await self.go.wait()
        raise Busy


async def test_a_refusal_that_nobody_is_there_to_hear_is_no_error() -> None:
    complaints: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda loop, told: complaints.append(told))
    supervisor = Refusing()
    send = Send(key=uuid.uuid4(), text="Hello")
    asking = asyncio.create_task(supervisor.accept(Asker(1), uuid.uuid4(), send))
    await asyncio.sleep(0)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    supervisor.go.set()
    for _ in range(3):
        await asyncio.sleep(0)
    gc.collect()
    assert not complaints


async def test_a_process_that_may_be_taken_for_dead_accepts_nothing() -> None:
    now = 100.0
    supervisor = Supervisor(Process(name="here"))
    supervisor.pulse = Pulse(10, lambda: now)
    now += 11
    with pytest.raises(Unsure) as refused:
        await supervisor.accept(Asker(1), uuid.uuid4(), Send(key=uuid.uuid4(), text="Hello"))
    assert refusal(refused.value).retry_ms
