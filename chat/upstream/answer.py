"""An answer as it arrives: batches of log entries, each all that one read of the socket gave."""

import asyncio
from collections.abc import Callable
from typing import NamedTuple, Protocol, Self

from chat.stream.entries import Entry, Usage

from .errors import UpstreamError
from .parser import Parser
from .requests import Limits

LAST_WORDS = 5.0
DRAIN = 0.05
_PATIENCE = 0.25


class Batch(NamedTuple):
    """Entries in order, and how many upstream chunks carried content: about one a token."""

    entries: list[Entry]
    tokens: int


class Body(Protocol):
    """What an answer is read from."""

    def read_now(self) -> bytes:
        """What has arrived by now; nothing if only waiting can tell."""

    async def read(self) -> bytes:
        """All that has arrived, at least one byte; nothing at the end."""

    def hang_up(self) -> None:
        """Let the server hear now that no more is wanted."""


class AnswerStream:
    """Iterates over the batches of an answer; raises `UpstreamError` after the last of them.

    The caller's pace decides how much is gathered. `opened` says that the headers arrived;
    `finish_reason`, after the loop, what the server gave as such; `usage`, what it counted so far.
    """

    def __init__(
        self,
        body: Body,
        limits: Limits,
        started: float,
        redact: Callable[[str], str] = str,
    ) -> None:
        self.opened = True
        self._body = body
        self._limits = limits
        self._redact = redact
        self._parser = Parser()
        self._deltas = self._parser.deltas
        self._loop = asyncio.get_running_loop()
        self._ends = started + limits.total
        self._due = started + limits.first_token
        self._over = False
        self._error: UpstreamError | None = None

    @property
    def finish_reason(self) -> str | None:
        """Why the model stopped, in the server's word; None if it never said."""
        return self._deltas.finish_reason

    @property
    def usage(self) -> Usage | None:
        """The usage counted by the server so far."""
        return self._deltas.usage

    def hang_up(self) -> None:
        """End the answer at the server, now; for whoever cancels the task that reads it."""
        self._body.hang_up()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Batch:
        # A caller that was late itself still gets what the socket holds by now.
        patience = self._loop.time() + _PATIENCE
        while not self._over:
            batch = self._take(await self._arrived(patience))
            if batch.entries:
                return batch
        if self._error is not None:
            raise self._error
        await self._drain()
        raise StopAsyncIteration

    async def _arrived(self, patience: float) -> bytes:
        """The next bytes, nothing at the end; what goes wrong is kept for after the batch."""
        if self._loop.time() >= self._ends:
            words = "The answer took too long."
            return self._give_up(UpstreamError("timeout", words, detail="total"))
        try:
            if data := self._body.read_now():
                return data
            async with asyncio.timeout_at(max(min(self._due, self._ends), patience)):
                return await self._body.read()
        except TimeoutError:
            words = "The model stopped answering." if self._deltas.tokens else ""
            return self._give_up(UpstreamError("timeout", words, detail="silence"))
        except UpstreamError as error:
            return self._give_up(error)

    def _give_up(self, error: UpstreamError) -> bytes:
        # Once the model has said why it stopped, nothing that follows can spoil its answer.
        if self.finish_reason is None:
            self._error = error
        self._over = True
        return b""

    def _take(self, data: bytes) -> Batch:
        entries: list[Entry] = []
        before = self._deltas.tokens
        try:
            if data:
                self._parser.feed(data, entries)
            elif not self._over:
                self._parser.end(entries)
        except UpstreamError as error:
            self._give_up(error)
        tokens = self._deltas.tokens - before
        if self._parser.over or self._over:
            self._over = True
            self._parser.flush(entries)
        elif self.finish_reason is not None:
            self._due = self._loop.time() + min(LAST_WORDS, self._limits.silence)
        elif tokens:
            self._due = self._loop.time() + self._limits.silence
        if self._error is not None:
            self._error.detail = self._redact(self._error.detail)
        return Batch(entries, tokens)

    async def _drain(self) -> None:
        """Read on to the end of the body, which mostly is there, to keep the connection."""
        try:
            async with asyncio.timeout(DRAIN):
                while await self._body.read():
                    pass
        except (TimeoutError, UpstreamError):
            pass
