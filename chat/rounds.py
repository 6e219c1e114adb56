"""The rounds of one answer: a model asks for tools, hears what they gave, and is asked again."""

import asyncio
import time
import uuid
from dataclasses import replace
from typing import Any

from django.conf import settings

from chat.database import writing
from chat.live import permissions
from chat.stream import entries
from chat.stream.entries import Entry, Part, ToolCallPart, Usage
from chat.stream.fold import fold
from chat.stream.log import Log
from chat.stream.messages import messages_of
from chat.stream.usage import added, plausible
from chat.tools import Result, Toolbox, allow_always
from chat.upstream import ChatRequest, get_upstream

# Without a reason the answer was cut off, and with these the arguments may have been.
UNFIT = (None, "", "length", "content_filter")
TOO_MANY = "Too many calls at once: this one was not made."

IMAGE_CHARACTERS = 3000
DENIED = "The person did not allow this call."
UNANSWERED = "The person was asked to allow this call, and did not answer in time."


class Rounds:
    """Follows the log of one answer, and tells it what becomes of the calls."""

    def __init__(self, request: ChatRequest, toolbox: Toolbox, log: Log) -> None:
        self.paused_ms = 0.0
        self._request = request
        self._toolbox = toolbox
        self._log = log
        self._made = 0
        self._begun = 0
        self._tokens = 0
        self._used: Usage | None = None
        self._counted = False
        self._paused_at: float | None = None
        self._working: set[asyncio.Task[None]] = set()
        self._allowed: set[str] = set()

    def first(self) -> ChatRequest:
        """What to ask the model at first."""
        self._begun = len(self._log)
        return self._request

    @property
    def refused(self) -> bool:
        """Whether the tools were not offered, because the model's server takes none."""
        return bool(self._request.tools) and not get_upstream().takes_tools(self._request.model)

    def asked_for(self, reason: str | None) -> list[ToolCallPart]:
        """The calls that are to be run after a round that ended so."""
        may = self._request.tools and self._made < settings.LIMITS.tool_rounds
        return self._calls() if may and reason not in UNFIT else []

    async def next(self, calls: list[ToolCallPart], tokens: int) -> ChatRequest:
        """Run the calls that a round asked for; gives what to ask the model then.

        `tokens` is how many were written in all.
        """
        self._paused_at = time.monotonic()
        self._made += 1
        self._settle(tokens)
        await self._run(calls)
        messages = [*self._request.messages, *messages_of(self._parts())]
        choice = "none" if self._made >= settings.LIMITS.tool_rounds else None
        self._request = replace(self._request, messages=messages, tool_choice=choice)
        self._begun = len(self._log)
        return self._request

    def resume(self) -> None:
        """The model writes; what passed since its last word was not its time."""
        if self._paused_at is not None:
            self.paused_ms += (time.monotonic() - self._paused_at) * 1000
            self._paused_at = None

    def count(self, usage: Usage) -> None:
        """Make the usage that was told of this round that of all rounds so far."""
        if self._used is not None and plausible(usage):
            usage.update(added(self._used, usage) or usage)
        self._counted = True

    def usage(self, told: Usage | None, tokens: int) -> Usage | None:
        """The usage of all rounds; `told` is the last that was logged, `tokens` were written."""
        if self._counted and plausible(told):
            return told
        said = sum(_characters(message.get("content")) for message in self._request.messages)
        return added(self._used, entries.estimated_usage(said, tokens - self._tokens))

    def stop(self) -> None:
        """Say of the calls that have no result that they were stopped."""
        for call in self._calls():
            if call["result"] is None:
                self._tell(entries.tool_state(call["id"], "stopped"))

    def _tell(self, entry: Entry) -> None:
        entries.storable(entry)
        self._log.append(entry)

    def _parts(self) -> list[Part]:
        return fold(self._log.read(self._begun)).parts

    def _calls(self) -> list[ToolCallPart]:
        return [part for part in self._parts() if part["type"] == "tool_call"]

    def _settle(self, tokens: int) -> None:
        """Keep what was used; in the log it is an estimate while the next round is not counted."""
        self._used = self.usage(fold(self._log.read(self._begun)).usage, tokens)
        self._tokens, self._counted = tokens, False
        if self._used is not None:
            so_far: Any = {**self._used, "source": "estimated"}
            self._tell(so_far)

    async def _run(self, calls: list[ToolCallPart]) -> None:
        """Run all calls at once; who is cancelled meanwhile waits for none of them."""
        tasks = [asyncio.create_task(self._call(call, number)) for number, call in enumerate(calls)]
        # The loop itself holds its tasks only weakly.
        self._working.update(tasks)
        try:
            await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                task.add_done_callback(self._working.discard)
                task.cancel()

    async def _call(self, call: ToolCallPart, number: int) -> None:
        began = time.monotonic()
        if number >= settings.LIMITS.tool_calls_per_round:
            result = Result(TOO_MANY, error=True)
        else:
            result = await self._refused(call) or await self._result(call)
        self._tell(
            {
                "kind": "tool_result",
                "id": call["id"],
                "text": result.text,
                "error": result.error,
                "ms": round((time.monotonic() - began) * 1000),
            }
        )

    async def _refused(self, call: ToolCallPart) -> Result | None:
        """Ask the person, if the tool must; gives what to say if it may not run."""
        name = call["name"]
        if name in self._allowed or not self._toolbox.asks(name):
            return None
        ask = uuid.uuid4()
        self._tell(entries.tool_state(call["id"], "asking", str(ask)))
        conversation_id = self._toolbox.context.conversation_id
        choice = await permissions.answer_to(ask, conversation_id)
        if choice == "always":
            self._allowed.add(name)
            await writing(allow_always, conversation_id, name)
        if choice in ("once", "always"):
            return None
        self._tell(entries.tool_state(call["id"], "denied"))
        return Result(DENIED if choice else UNANSWERED, error=True)

    async def _result(self, call: ToolCallPart) -> Result:
        self._tell(entries.tool_state(call["id"], "running"))
        return await self._toolbox.call(call["name"], call["arguments"])


def _characters(content: object) -> int:
    """How long a message is; an image is taken for as many words as models commonly count."""
    if isinstance(content, list):
        return sum(len(part.get("text", "")) or IMAGE_CHARACTERS for part in content)
    return len(str(content or ""))
