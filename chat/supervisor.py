"""The supervisor of a process: accepts commands, keeps the writers, and saves what they write."""

import asyncio
import logging
import math
import time
import uuid
from collections.abc import Coroutine
from typing import Any, TypeVar

from django.conf import settings
from django.db import DatabaseError, InterfaceError, OperationalError
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from chat import choices, titles
from chat.allowance import Allowances
from chat.database import writing
from chat.forms import Command, Stop
from chat.live import news
from chat.live.answers import answers
from chat.models import DEAD_AFTER, Accepted, Generation, Outcome, Process
from chat.pace import Pace
from chat.pulse import Pulse
from chat.stream import entries
from chat.taking import Asker, Taken, note_permission, note_stop, take, take_up
from chat.tools import Allow, toolbox
from chat.upstream import ChatRequest
from chat.writer import Writer

logger = logging.getLogger(__name__)

R = TypeVar("R")
LONGEST_WAIT = 5.0
LAST_SAVE = 10.0
TURNS = 2
UNSAVED = _("The answer could not be saved.")


class Draining(Exception):
    """This process accepts no more commands: another one does, or will."""


class Unsure(Exception):
    """Others may take this process for dead, and what it begins: not before its next heartbeat."""


class TooMany(Exception):
    """The person asks too often; the argument is the seconds to wait."""


class Supervisor:
    """Runs on the server's event loop, for one process."""

    def __init__(self, process: Process) -> None:
        self.process = process
        self.draining = False
        self.writers: dict[int, Writer] = {}
        # Only where there are others can they take over; elsewhere a slow disk holds nothing up.
        shared = bool(settings.ENVIRONMENT.redis_url)
        self.pulse = Pulse(DEAD_AFTER.total_seconds() if shared else math.inf)
        self._pace = Pace()
        self._slots = asyncio.Semaphore(settings.LIMITS.streams_per_process)
        self._tasks: set[asyncio.Task[Any]] = set()
        self._allowances = Allowances(settings.LIMITS.sends_per_minute, 60)

    async def accept(self, asker: Asker, conversation_id: uuid.UUID, command: Command) -> Accepted:
        """Carry out a command that makes a generation, even if the client hangs up meanwhile.

        The asker hears first. Raises Draining, Unsure, TooMany, TooManyRunning, NoModel, Busy,
        NotPossible or Conversation.DoesNotExist, and whatever the asker's check does.
        """
        accepting = self._keep(self._accept(asker, conversation_id, command))
        # Heard here, should nobody else be there any more to hear why it was refused.
        accepting.add_done_callback(lambda task: task.cancelled() or task.exception())
        return await asyncio.shield(accepting)

    async def stop(self, user_id: int, conversation_id: uuid.UUID, stop: Stop) -> bool:
        """Stop what runs in a conversation; False if nothing of the kind does."""
        live = answers.running(user_id, conversation_id, stop.means)
        if live is not None and live.stop is not None:
            live.stop(user_id)
            return True
        noting = writing(note_stop, user_id, conversation_id, stop)
        if live is not None:
            # Its writer hears at once; the row, which takes longer, is for one that does not.
            await asyncio.gather(news.say_stop(live.generation_id, user_id), noting)
            return True
        generation_id = await noting
        if generation_id is not None:
            await news.say_stop(generation_id, user_id)
        return generation_id is not None

    async def take_up(self, ids: set[int]) -> None:
        """Begin those of our generations that were accepted without our hearing of it."""
        for taken in await writing(take_up, self.process, ids):
            self._start(taken)

    async def allow(self, user_id: int, conversation_id: uuid.UUID, allow: Allow) -> bool:
        """Answer a tool that asks whether it may run; False if nobody asks that here."""
        known = await writing(note_permission, user_id, conversation_id, allow)
        if known:
            await news.say_permission(allow.ask)
        return bool(known)

    async def drain(self, seconds: float) -> None:
        """Accept nothing more, let running answers go on so long, then save them interrupted."""
        self.draining = True
        deadline = time.monotonic() + seconds
        # A command that was just being accepted begins a writer of its own.
        while self._tasks and (left := deadline - time.monotonic()) > 0:
            await asyncio.wait(self._tasks, timeout=left)
        self.hurry()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=LAST_SAVE)

    def hurry(self) -> None:
        """Somebody does not want to wait for the drain: save what is written as interrupted."""
        for writer in self.writers.values():
            writer.interrupt()

    async def _accept(self, asker: Asker, conversation_id: uuid.UUID, command: Command) -> Accepted:
        if self.draining:
            raise Draining
        if self.pulse.weak:
            raise Unsure
        if wait := self._allowances.take(asker.user_id):
            raise TooMany(wait)
        if not command.model and not choices.models():
            await choices.refresh()
        asked = time.monotonic()
        taken = await writing(take, self.process, asker, conversation_id, command)
        accepted = taken.accepted
        asker.acknowledge(accepted)
        # Heard of so late it may be somebody else's by now: if not, the heartbeat takes it up.
        if not accepted.duplicate and not self.pulse.outlived(asked):
            self._start(taken)
        return accepted

    def _start(self, taken: Taken) -> None:
        # What was taken up meanwhile, because its acceptance was so late, has its writer.
        accepted = taken.accepted
        if accepted.generation.pk not in self.writers:
            written = self._keep(self._write(self._begin(taken), accepted.generation))
            self._keep(self._see_through(accepted, written))

    async def _see_through(self, accepted: Accepted, written: asyncio.Task[None]) -> None:
        """Tell those whom it concerns that an answer begins, and that it is written."""
        # The writer first: the model is what people wait for. Over a connection that is kept, the
        # request leaves within so many turns of the loop.
        for _turn in range(TURNS):
            await asyncio.sleep(0)
        await self._announce(accepted)
        await written
        conversation = accepted.conversation
        if not conversation.temporary:
            mine = conversation.owner_id, conversation.pk
            await news.say_list(*mine, running=False, unseen=True)
        if not self.draining:
            titles.begin(accepted.generation)

    async def _announce(self, accepted: Accepted) -> None:
        conversation = accepted.conversation
        mine = conversation.owner_id, conversation.pk
        if accepted.path_changed:
            await news.say_path(conversation.pk, accepted.generation.pk)
        else:
            await news.say_turn(*mine, accepted.generation.pk)
        if not conversation.temporary:
            await news.say_list(*mine, running=True)
        if accepted.titled:
            await news.say_title(*mine, conversation.title)

    def _begin(self, taken: Taken) -> Writer:
        generation, message = taken.accepted.generation, taken.accepted.message
        box = toolbox(taken.accepted.conversation)
        request = ChatRequest(generation.model, taken.history, generation.params, box.specs)
        writer = Writer(generation, request, self.pulse, self._pace, box)
        self.writers[generation.pk] = writer
        answers.open(generation, writer, taken.after)
        if message.parts:
            writer.log.append(entries.base(message.parts))
        return writer

    async def _write(self, writer: Writer, generation: Generation) -> None:
        outcome = await writer.write(self._slots)
        await self._save(generation, outcome)
        writer.log.close(entries.end(outcome.status))
        del self.writers[generation.pk]
        answers.drop(generation.pk)

    async def _save(self, generation: Generation, outcome: Outcome) -> None:
        """Save the ending; while the database is away the log is kept and this is tried again."""
        wait = 0.1
        while True:
            try:
                await writing(generation.finish, outcome)
                return
            except (OperationalError, InterfaceError):
                logger.exception("generation %s could not be saved yet", generation.pk)
            except (DatabaseError, ValueError, TypeError):
                # The database will never take this: save at least that it ended.
                logger.exception("the answer of generation %s cannot be saved", generation.pk)
                outcome = Outcome(status="failed", error_code="internal", error_text=UNSAVED)
                outcome.error_retryable = True
                outcome.finished_at = timezone.now()
            await asyncio.sleep(wait)
            wait = min(LONGEST_WAIT, wait * 2)

    def _keep(self, work: Coroutine[Any, Any, R]) -> asyncio.Task[R]:
        # The loop itself holds its tasks only weakly.
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task


_current: Supervisor | None = None


def begin(process: Process) -> Supervisor:
    """Make the supervisor of this process."""
    global _current
    _current = Supervisor(process)
    return _current


def current() -> Supervisor:
    """The supervisor of this process, which must have begun."""
    assert _current is not None, "the ASGI entry begins the supervisor before it lets anybody in"
    return _current
