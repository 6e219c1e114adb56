"""An answer as server-sent events, each made as it is sent, so that stamps are sending times."""

import enum
import json
import time
from collections.abc import Callable, Iterator
from json.encoder import encode_basestring as quoted
from time import perf_counter_ns
from typing import Any

from chat.demo.answer import Answer, Call, Fault
from chat.demo.asked import Asked
from chat.demo.record import STAMPS_KEPT, Record
from chat.demo.refusal import Refusal
from chat.demo.tokens import cut

DONE = b"data: [DONE]\n\n"
COMMENT = b": keep-alive\n\n"
COMMENT_SECONDS = 1.0
GARBAGE = b'data: {"choices": [{"delta": {"content": \n\n'
FAILED = Refusal(
    500, "The demo model fails in the middle, as asked.", "server_error", "server_error"
)


class Ending(enum.Enum):
    """What a stream does that is no event: wait for leave to go on, or end improperly."""

    HOLD = "hold"
    SILENCE = "silence"
    CUT = "cut"
    HANG_UP = "hang up"


# An event to send, None: one token's time, seconds to wait, or an ending.
Step = bytes | None | float | Ending
ENDINGS = {
    Fault.SILENCE: Ending.SILENCE,
    Fault.CUT: Ending.CUT,
    Fault.HANG_UP: Ending.HANG_UP,
}


def events(answer: Answer, asked: Asked, record: Record) -> Iterator[Step]:
    """Yield the steps of a streamed answer."""
    if answer.fault is Fault.EMPTY:
        return
    chunks = Chunks(asked, record, answer)
    yield chunks.event('{"role":"assistant","content":""}')
    yield answer.start
    for delta in deltas(answer, asked.options.field, chunks.mark):
        yield chunks.token(delta)
        if record.tokens == asked.options.hold:
            yield Ending.HOLD
        yield None
    yield from _ending(answer, chunks)


def _ending(answer: Answer, chunks: "Chunks") -> Iterator[Step]:
    fault = answer.fault
    if fault in ENDINGS:
        yield ENDINGS[fault]
    while fault is Fault.COMMENTS:
        yield COMMENT_SECONDS
        yield COMMENT
    if fault is Fault.ERROR:
        yield b"data: " + json.dumps(FAILED.error()).encode() + b"\n\n"
        return
    if fault is Fault.GARBAGE:
        yield GARBAGE
    for piece in cut(answer.rest):
        yield None
        yield chunks.token(f'{{"content":{quoted(piece)}}}')
    yield from chunks.finish(answer.finish, done=fault is not Fault.NO_DONE)


def deltas(answer: Answer, field: str, mark: Callable[[], str]) -> Iterator[str]:
    """Yield the JSON of each delta, a token each: reasoning, then text, then calls."""
    for piece in cut(answer.reasoning):
        yield f'{{"{field}":{quoted(piece)}}}'
    for piece in cut(answer.text):
        yield f'{{"content":{quoted(piece + mark())}}}'
    yield from call_deltas(answer.calls, answer.call_style)


def call_deltas(calls: tuple[Call, ...], style: str) -> Iterator[str]:
    """Yield tool calls in `pieces`, `whole`, or with id and name `repeated` in every piece."""
    for index, call in enumerate(calls):
        named = {"index": index, "id": call.id, "type": "function"}
        if style == "whole":
            function = {"name": call.name, "arguments": call.arguments}
            yield _call(named | {"function": function})
            continue
        if style == "pieces":
            yield _call(named | {"function": {"name": call.name, "arguments": ""}})
        for piece in cut(call.arguments):
            if style == "pieces":
                yield _call({"index": index, "function": {"arguments": piece}})
            else:
                yield _call(named | {"function": {"name": call.name, "arguments": piece}})


def _call(call: dict[str, Any]) -> str:
    return json.dumps({"tool_calls": [call]}, ensure_ascii=False)


class Chunks:
    """Writes the chunks of one response and counts them in its record."""

    def __init__(self, asked: Asked, record: Record, answer: Answer) -> None:
        self.asked, self.record, self.answer = asked, record, answer
        self.stamped = asked.options.stamps
        self.head = (
            f'data: {{"id":"chatcmpl-demo-{record.number}","object":"chat.completion.chunk",'
            f'"created":{int(time.time())},"model":"{asked.model}",'
        )

    def event(self, delta: str, finish: str = "null", extra: str = "") -> bytes:
        """Return a chunk with one choice."""
        self.record.chunks += 1
        choice = f'"choices":[{{"index":0,"delta":{delta},"finish_reason":{finish}}}]'
        return f"{self.head}{choice}{extra}}}\n\n".encode("utf-8", "replace")

    def token(self, delta: str) -> bytes:
        """Return the chunk of one token."""
        record = self.record
        record.tokens += 1
        if not self.stamped and record.first_content is not None:
            return self.event(delta)
        now = perf_counter_ns()
        record.first_content = record.first_content or now
        if not self.stamped:
            return self.event(delta)
        if len(record.stamps) < STAMPS_KEPT:
            record.stamps.append(now)
        return self.event(delta, extra=f',"demo":{{"n":{record.tokens},"t":{now}}}')

    def mark(self) -> str:
        """Return the stamp to put into the text, or nothing."""
        if self.stamped != "text":
            return ""
        return f"⟦{self.record.tokens + 1}:{perf_counter_ns()}⟧"

    def finish(self, reason: str | None, *, done: bool = True) -> Iterator[bytes]:
        """Yield the last chunks: the finish reason, the usage where it was asked for, [DONE]."""
        usage = f',"usage":{json.dumps(usage_of(self.asked, self.answer, self.record))}'
        where = self.asked.options.usage if self.asked.include_usage else "none"
        if reason:
            extra = usage if where == "finish" else ""
            yield self.event("{}", f'"{reason}"', extra)
        if where == "own":
            self.record.chunks += 1
            yield f'{self.head}"choices":[]{usage}}}\n\n'.encode()
        if where == "dummy":
            yield self.event('{"role":"assistant","content":""}', "null", usage)
        if done:
            yield DONE


def usage_of(asked: Asked, answer: Answer, record: Record) -> dict[str, Any]:
    """Return the usage of a complete answer."""
    return {
        "prompt_tokens": asked.prompt_tokens,
        "completion_tokens": record.tokens,
        "total_tokens": asked.prompt_tokens + record.tokens,
        "completion_tokens_details": {"reasoning_tokens": len(cut(answer.reasoning))},
    }
