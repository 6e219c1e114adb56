"""What the demo model will say: plain values, made by a word and sent by a stream."""

import enum
from dataclasses import dataclass

from chat.demo.refusal import Refusal

NATURAL_RATE = 80.0
NATURAL_START = 0.3


class Fault(enum.Enum):
    """What goes wrong after the text."""

    NO_HEADERS = "the request is never answered"
    EMPTY = "200 with no chunk at all"
    SILENCE = "nothing more is sent, for ever"
    COMMENTS = "nothing more but keep-alive comments"
    ERROR = "an error in the stream"
    GARBAGE = "an event that is no JSON; then it goes on"
    CUT = "the connection is reset"
    HANG_UP = "the connection is closed before the body's end"
    NO_DONE = "the body ends properly, without [DONE]"


@dataclass(frozen=True, slots=True)
class Call:
    """One tool call; `arguments` is JSON."""

    id: str
    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class Answer:
    """Reasoning, text and calls, sent in this order, then `fault`, `rest` and `finish`.

    `rate` is in tokens per second, `start` in seconds before the first token.
    A `refusal` stands instead of all; with `once` only until the same is asked again.
    """

    text: str = ""
    reasoning: str = ""
    calls: tuple[Call, ...] = ()
    fault: Fault | None = None
    rest: str = ""
    finish: str | None = "stop"
    refusal: Refusal | None = None
    once: bool = False
    call_style: str = "pieces"
    rate: float = NATURAL_RATE
    start: float = NATURAL_START
