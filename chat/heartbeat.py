"""The heartbeat of a process: saves progress, reads orders, and takes over what the dead left."""

import asyncio
import logging
import os
import socket
import time
import uuid
from collections.abc import Awaitable, Callable

from django.conf import settings
from django.db import DatabaseError, InterfaceError

from chat import recovery
from chat.database import in_database, in_reserve, writing
from chat.live import news, standing
from chat.live.answers import answers
from chat.live.tabs import tabs
from chat.models import Process, Progress
from chat.sessions import ended_sessions
from chat.stream import entries
from chat.stream.entries import Entry
from chat.supervisor import Supervisor
from chat.writer import Writer

logger = logging.getLogger(__name__)

SECONDS = 1.0
SLOW_SECONDS = 3.0
ROUNDS_PER_CHECK = 3
BEATS_PER_CHECKPOINT = 5


def register() -> Process:
    """The row of this process, in the place of those that are long gone."""
    Process.objects.long_gone().delete()
    name = f"{socket.gethostname()}:{os.getpid()}"
    process: Process = Process.objects.create(name=name)
    return process


class Heartbeat:
    """Once a second one transaction for everything that this process writes."""

    def __init__(self, supervisor: Supervisor) -> None:
        self._supervisor = supervisor
        self._process = supervisor.process
        self._beats = 0
        self._rounds = 0
        self._unwritten: set[int] = set()
        self._orphans: set[int] = set()
        self._ended: set[int] = set()

    async def run(self) -> None:
        """Beat until cancelled; while the database is away, what is unsaved is kept."""
        # Each at its own pace: however long it takes to look after others, the beat must not wait.
        await asyncio.gather(self._repeat(self.beat), self._repeat(self.look_after))

    async def _repeat(self, work: Callable[[], Awaitable[None]]) -> None:
        while True:
            await asyncio.sleep(SECONDS)
            try:
                await work()
            except (DatabaseError, InterfaceError) as error:
                logger.warning("the database did not answer: %s", type(error).__name__)

    async def look_after(self) -> None:
        """Take over what the dead left, and make up for what the channel layer lost."""
        await self._take_up(self._unwritten - self._supervisor.writers.keys())
        await self.sweep(alone=False)
        self._rounds += 1
        if self._rounds % ROUNDS_PER_CHECK == 0:
            await self.check_sessions()
            await self.check_paths()
            await self.check_followed()

    async def beat(self) -> None:
        """Save what is new, and do what the rows ask for."""
        self._beats += 1
        writers = dict(self._supervisor.writers)
        unsaved: Progress = {id: (w.saved, self._new(w)) for id, w in writers.items()}
        asked = time.monotonic()
        orders = await in_reserve(self._process.beat, unsaved)
        self._doubt_if_late()
        for id, (n, new) in unsaved.items():
            writers[id].saved = n + len(new)
        for id in orders.stop:
            writers[id].stop()
        for id in orders.gone:
            writers[id].interrupt()
        self._supervisor.pulse.confirm(asked)
        self._unwritten = orders.orphans

    def _new(self, writer: Writer) -> list[Entry]:
        """What to save of an answer now: less often where Redis holds the log."""
        if settings.ENVIRONMENT.redis_url and self._beats % BEATS_PER_CHECKPOINT:
            return []
        return writer.log.read(writer.saved)

    async def sweep(self, *, alone: bool) -> None:
        """End what processes left that are gone; `alone` says that all others are."""
        self._doubt_if_late()
        await self._tell(await writing(recovery.sweep, self._process, alone=alone))

    def _doubt_if_late(self) -> None:
        # What kept this heartbeat back so long may have kept back those of the others.
        if self._supervisor.pulse.age > SLOW_SECONDS:
            recovery.doubt()

    async def check_paths(self) -> None:
        """Tell tabs the turns and paths that the channel layer did not tell them."""
        shown = {tab.conversation_id for tab in tabs}
        paths = await in_database(standing.paths, shown) if shown else {}
        for tab in tabs:
            if tab.conversation_id in paths:
                tab.path_is(*paths[tab.conversation_id])

    async def check_followed(self) -> None:
        """End the answers followed from elsewhere whose log was lost after their row had ended."""
        followed = {live.generation_id: live for live in answers if live.stop is None}
        ended = await in_database(standing.ended_among, set(followed)) if followed else {}
        for id, status in ended.items():
            if id in self._ended:
                followed[id].log.close(entries.end(status))
        self._ended = set(ended)

    async def check_sessions(self) -> None:
        """Close the tabs of sessions that ended without the channel layer telling."""
        keys = {tab.session_key for tab in tabs}
        if keys:
            tabs.sign_out(await in_database(ended_sessions, keys))

    async def _take_up(self, orphans: set[int]) -> None:
        """Begin what was never begun, and end what nobody can go on with."""
        # A row may be a moment ahead of its writer: only what stays without one is an orphan.
        lost, self._orphans = orphans & self._orphans, orphans
        if lost:
            await self._supervisor.take_up(lost)
            lost -= self._supervisor.writers.keys()
            await self._tell(await writing(recovery.recover_by_id, lost))

    async def _tell(self, conversations: list[uuid.UUID]) -> None:
        owners = await in_database(standing.owners, conversations) if conversations else {}
        for conversation_id, owner_id in owners.items():
            await news.say_path(conversation_id)
            await news.say_list(owner_id, conversation_id, running=False, unseen=True)
