"""The writer of one answer: reads the model, appends to the log, and says how it ended."""

import asyncio
import logging
import time
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from chat.models import Generation, Outcome
from chat.pace import Pace
from chat.pulse import Pulse
from chat.rounds import Rounds
from chat.stream import entries
from chat.stream.entries import Phase
from chat.stream.fold import fold
from chat.stream.log import Log
from chat.tools import Toolbox
from chat.upstream import AnswerStream, Batch, ChatRequest, Limits, UpstreamError, get_upstream

logger = logging.getLogger(__name__)

ENDINGS = {"length": "truncated", "content_filter": "filtered"}
CUT_OFF = _("The model stopped without saying that it had finished.")
STATUS_SECONDS = 1.0
RESTARTED = _("The server was restarted while it wrote this.")
BROKEN = _("Something went wrong in this server while it wrote the answer.")


@dataclass
class Cancelled:
    """Somebody ended the answer before the model did."""

    status: str
    at: float
    by: int | None = None


class Writer:
    """Writes one generation; `stop` and `interrupt` end it from anywhere, at any moment."""

    def __init__(
        self,
        generation: Generation,
        request: ChatRequest,
        pulse: Pulse,
        pace: Pace,
        toolbox: Toolbox,
    ) -> None:
        self.generation = generation
        self.log = Log()
        self.saved = 0
        self._rounds = Rounds(request, toolbox, self.log)
        self._pulse = pulse
        self._pace = pace
        self._accepted = time.monotonic()
        self._reading: asyncio.Task[str | None] | None = None
        self._stream: AnswerStream | None = None
        self._cancelled: Cancelled | None = None
        self._phase: Phase = "queued"
        self._status_at = 0.0
        self._tokens = 0
        self._characters = 0
        self._reasoning_since = 0.0
        self._started_at: datetime | None = None
        self._first_token_at: datetime | None = None

    def stop(self, by: int | None = None) -> None:
        """End it because a person wants it so: the one with this id, or who is noted in the row."""
        self._cancel(Generation.Status.STOPPED, by)

    def interrupt(self) -> None:
        """End it because this process cannot go on."""
        self._cancel(Generation.Status.INTERRUPTED)

    def _cancel(self, status: str, by: int | None = None) -> None:
        if self._cancelled is None:
            self._cancelled = Cancelled(status, time.monotonic(), by)
            if self._stream is not None:
                self._stream.hang_up()
            if self._reading is not None:
                self._reading.cancel()

    async def write(self, slots: asyncio.Semaphore) -> Outcome:
        """Read the whole answer into the log; gives how it ended, without closing the log."""
        outcome = Outcome(status="complete")
        try:
            await self._read_unless_cancelled(slots, outcome)
        except UpstreamError as error:
            outcome.status = "filtered" if error.code == "filtered" else "failed"
            outcome.error_code, outcome.error_text = error.code, error.text
            outcome.error_retryable = error.retryable
            logger.warning("generation %s: %s: %s", self.generation.pk, error.code, error.detail)
        except Exception:
            # A bug of ours must not leave an answer that is written for ever.
            logger.exception("generation %s could not be written", self.generation.pk)
            outcome.status, outcome.error_code, outcome.error_text = "failed", "internal", BROKEN
            outcome.error_retryable = True
        except asyncio.CancelledError:
            if self._cancelled is None:
                raise
            outcome.status, outcome.stopped_by = self._cancelled.status, self._cancelled.by
            if outcome.status == "interrupted":
                outcome.error_code, outcome.error_text = "interrupted", RESTARTED
                outcome.error_retryable = True
            outcome.upstream_closed_ms = (time.monotonic() - self._cancelled.at) * 1000
        return self._complete(outcome)

    async def _read_unless_cancelled(self, slots: asyncio.Semaphore, outcome: Outcome) -> None:
        if self._cancelled is not None:
            raise asyncio.CancelledError
        self._reading = asyncio.create_task(self._read(slots))
        reason = await self._reading
        outcome.finish_reason = reason or ""
        outcome.status = ENDINGS.get(reason, "complete") if reason else "interrupted"
        if reason is None:
            outcome.error_code, outcome.error_text, outcome.error_retryable = "cut", CUT_OFF, True

    async def _read(self, slots: asyncio.Semaphore) -> str | None:
        """Gives the model's last finish reason; None when it said none."""
        async with slots:
            self._started_at = timezone.now()
            request = self._rounds.first()
            while True:
                reason = await self._ask(request)
                await self._pulse.strong()
                calls = self._rounds.asked_for(reason)
                if not calls:
                    return reason
                self._enter("tool")
                request = await self._rounds.next(calls, self._tokens)

    async def _ask(self, request: ChatRequest) -> str | None:
        """Read one round; gives its finish reason."""
        limits = settings.LIMITS
        self._enter("connecting")
        allowed = Limits(
            connect=limits.connect_seconds,
            first_token=limits.first_token_seconds,
            silence=limits.silence_seconds,
            total=limits.answer_seconds,
        )
        async with get_upstream().stream(request, allowed) as self._stream:
            self._enter("waiting")
            return await self._take_all(self._stream)

    async def _take_all(self, stream: AnswerStream) -> str | None:
        async for batch in stream:
            if not batch.entries:
                continue
            if self._pulse.weak:
                await self._pulse.strong()
            self._take(batch)
            if self._characters > settings.LIMITS.answer_chars:
                return "length"
            # The kernel collects what the model says meanwhile: one read, one entry, one frame.
            await self._pace.wait(batch.tokens)
        return stream.finish_reason

    def _take(self, batch: Batch) -> None:
        self._tokens += batch.tokens
        for entry in batch.entries:
            entries.storable(entry)
            if entry["kind"] == "text":
                self._enter("writing")
                self._characters += len(entry["text"])
            elif entry["kind"] == "reasoning":
                self._enter("reasoning")
                self._characters += len(entry["text"])
                entry["ms"] = round((time.monotonic() - self._reasoning_since) * 1000)
            elif entry["kind"] == "tool_call":
                self._enter("tool")
                self._rounds.resume()
                self._characters += len(entry["arguments"])
            elif entry["kind"] == "usage":
                self._rounds.count(entry)
        self.log.append(*batch.entries)
        if time.monotonic() - self._status_at >= STATUS_SECONDS:
            self._say_status()

    def _enter(self, phase: Phase) -> None:
        if phase == self._phase:
            return
        self._phase = phase
        if phase == "reasoning":
            self._reasoning_since = time.monotonic()
        if phase not in ("connecting", "waiting"):
            self._first_token_at = self._first_token_at or timezone.now()
        if phase in ("reasoning", "writing"):
            self._rounds.resume()
        self._say_status()

    def _say_status(self) -> None:
        self._status_at = time.monotonic()
        elapsed = round((self._status_at - self._accepted) * 1000)
        self.log.append(entries.status(self._phase, elapsed, self._tokens))

    def _complete(self, outcome: Outcome) -> Outcome:
        self._rounds.resume()
        if outcome.status != "complete":
            self._rounds.stop()
        answer = fold(self.log.read(0))
        outcome.parts, outcome.text = answer.parts, answer.text
        outcome.usage = self._rounds.usage(answer.usage, self._tokens)
        outcome.paused_ms = round(self._rounds.paused_ms)
        outcome.without_tools = self._rounds.refused
        outcome.started_at, outcome.first_token_at = self._started_at, self._first_token_at
        outcome.finished_at = timezone.now()
        return outcome
