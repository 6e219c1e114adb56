"""An answer in one piece, for a request without `stream`."""

import json
import time
from dataclasses import replace
from typing import Any

from chat.demo.answer import Answer, Call, Fault
from chat.demo.asked import Asked
from chat.demo.events import FAILED, deltas, usage_of
from chat.demo.record import Record
from chat.demo.tokens import cut

LONGEST_WAIT = 2.0
NEVER = frozenset({Fault.NO_HEADERS, Fault.SILENCE, Fault.COMMENTS})


def whole(answer: Answer, asked: Asked, record: Record) -> bytes:
    """Return the body of the response; raise Refusal if the answer fails in the middle."""
    if answer.fault is Fault.ERROR:
        raise replace(FAILED)
    if answer.fault is Fault.EMPTY:
        return b""
    if answer.fault is Fault.GARBAGE:
        return b'{"choices": [{"message": {"content": '
    record.tokens = sum(1 for _ in deltas(answer, "", str)) + len(cut(answer.rest))
    message: dict[str, Any] = {"role": "assistant", "content": answer.text + answer.rest}
    if answer.reasoning:
        message[asked.options.field] = answer.reasoning
    if answer.calls:
        message["tool_calls"] = [_call(call) for call in answer.calls]
    body = {
        "id": f"chatcmpl-demo-{record.number}",
        "object": "chat.completion",
        "created": int(time.time()),
        "model": asked.model,
        "choices": [{"index": 0, "message": message, "finish_reason": answer.finish}],
        "usage": usage_of(asked, answer, record),
    }
    return json.dumps(body).encode()


def seconds(answer: Answer) -> float:
    """Return how long the answer takes; shorter than streamed, for nobody sees it grow."""
    tokens = len(cut(answer.reasoning)) + len(cut(answer.text))
    return answer.start + (min(tokens / answer.rate, LONGEST_WAIT) if answer.rate else 0)


def _call(call: Call) -> dict[str, Any]:
    function = {"name": call.name, "arguments": call.arguments}
    return {"id": call.id, "type": "function", "function": function}
