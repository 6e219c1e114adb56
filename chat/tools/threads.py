"""Work in a thread of its own: one that hangs holds up nobody, not even the end of the process."""

import asyncio
import contextlib
import threading
from collections.abc import Callable
from typing import Any, TypeVar

from django.db import connections

R = TypeVar("R")


async def in_thread(function: Callable[..., R], **arguments: Any) -> R:
    """Call a function in a new daemon thread; who is cancelled meanwhile leaves it to itself.

    A pool would be exhausted by functions that hang, and is waited for when the process ends.
    """
    loop = asyncio.get_running_loop()
    future: asyncio.Future[R] = loop.create_future()

    def settle(result: R | None, error: BaseException | None) -> None:
        if future.done():
            return
        if error is not None:
            future.set_exception(error)
        else:
            future.set_result(result)  # type: ignore[arg-type]

    def work() -> None:
        result, problem = None, None
        try:
            result = function(**arguments)
        except Exception as error:  # noqa: BLE001 (raised again where it is awaited)
            problem = error
        finally:
            connections.close_all()
        # The loop may have ended before the function did.
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(settle, result, problem)

    threading.Thread(target=work, name=f"tool-{function.__name__}", daemon=True).start()
    return await future
