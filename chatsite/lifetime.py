"""The life of a server process: what starts with its event loop, and how it ends."""

import asyncio
import fcntl
import gc
import logging
import os
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import DatabaseError, InterfaceError

from chat import choices, demo, purging, recovery, rendering, supervisor, titles, upstream
from chat.database import writing
from chat.heartbeat import Heartbeat, register
from chat.live import news
from chat.live.answers import answers
from chat.live.shared.exchange import Exchange
from chat.live.tabs import tabs
from chat.tools import servers

logger = logging.getLogger(__name__)

LAST_WORDS_SECONDS = 5.0
AGAIN_SECONDS = 0.5
# After how many collections of what is of middle age all objects are looked through; Python's 10.
SELDOM = 100


class Lifetime:
    """Started once, by the server or by the first request; safe to ask for many times."""

    def __init__(self) -> None:
        self._starting: asyncio.Task[None] | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._exchange: Exchange | None = None
        self._model: demo.Server | None = None
        self._lock: int | None = None

    def begin(self) -> asyncio.Task[None]:
        """Start, if that has not begun."""
        if self._starting is None:
            self._starting = asyncio.get_running_loop().create_task(self._start())
        return self._starting

    async def started(self) -> None:
        """Return when the process is ready to serve."""
        await asyncio.shield(self.begin())

    @property
    def _has_started(self) -> bool:
        return self._starting is not None and self._starting.done()

    async def _start(self) -> None:
        if settings.ENVIRONMENT.demo:
            self._model = await demo.serve()
            upstream.configure(self._model.base_url, "demo")
        if settings.ENVIRONMENT.redis_url:
            self._share(settings.ENVIRONMENT.redis_url)
        heartbeat = await self._registered()
        self._run(heartbeat.run())
        # The first block of code loads its colours, the first answer the client: not in the loop.
        await asyncio.to_thread(rendering.render, "```python\nx = 1\n```\n")
        await upstream.get_upstream().warm()
        self._run(choices.keep_fresh())
        self._run(purging.keep_purging())
        self._run(servers.keep_connected())
        # What is loaded now stays: collecting it again and again would stall the loop.
        gc.collect()
        gc.freeze()
        # Nor does what ends leave cycles that are worth a look through everything that runs.
        young, middle, _old = gc.get_threshold()
        gc.set_threshold(young, middle, SELDOM)

    async def _registered(self) -> Heartbeat:
        """Begin to own answers, and end those of the dead; waits for the database."""
        alone = settings.SQLITE and self._holds_lock()
        while True:
            try:
                heartbeat = Heartbeat(supervisor.begin(await writing(register)))
                await heartbeat.sweep(alone=alone)
            except (DatabaseError, InterfaceError) as error:
                recovery.doubt()
                logger.warning("the database did not answer: %s", type(error).__name__)
                await asyncio.sleep(AGAIN_SECONDS)
            else:
                return heartbeat

    @property
    def others_serve(self) -> bool:
        """Whether the site has other processes, which can take over the tabs."""
        return self._exchange is not None

    async def drain(self) -> None:
        """Let running answers end, or save them.

        Where other processes can take the tabs they go at once; else they see the answers end.
        """
        if not self._has_started:
            return
        if self.others_serve:
            tabs.say_goodbye()
        if writing := len(supervisor.current().writers):
            seconds = settings.ENVIRONMENT.drain_seconds
            logger.info("answers to finish: %s, for up to %g s", writing, seconds)
        await supervisor.current().drain(settings.ENVIRONMENT.drain_seconds)
        tabs.say_goodbye()

    def hurry(self) -> None:
        """End a drain that is under way."""
        if self._has_started:
            supervisor.current().hurry()

    async def end(self) -> None:
        """Close what was started; nothing is written any more."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await titles.cease()
        if self._exchange is not None:
            await self._exchange.end(LAST_WORDS_SECONDS)
        await upstream.get_upstream().aclose()
        if self._model is not None:
            await self._model.close()

    def _share(self, redis_url: str) -> None:
        self._exchange = Exchange(redis_url)
        self._exchange.begin()
        answers.share(self._exchange.publisher, self._exchange.reader)
        self._run(news.listen())

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        self._tasks.append(asyncio.create_task(work))

    def _holds_lock(self) -> bool:
        """Whether no other process of this site is alive; the lock is held until the end."""
        path = Path(settings.VAR_DIR) / "serve.lock"
        self._lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


lifetime = Lifetime()
