"""The down frames of the wire as JSON text; every frame has a `type`."""

import uuid
from typing import Any

import orjson

from chat.stream.entries import Status


def encode(type: str, **fields: Any) -> str:
    """One frame."""
    return orjson.dumps({"type": type, **fields}).decode()


def ack(
    key: uuid.UUID, conversation: uuid.UUID, message: int, generation: int, *, duplicate: bool
) -> str:
    """A command was accepted, or had been."""
    return encode(
        "ack",
        key=key,
        conversation=conversation,
        message=message,
        generation=generation,
        duplicate=duplicate,
    )


def notice(code: str, text: str, **optional: uuid.UUID | int | None) -> str:
    """A command was not accepted; `text` is a sentence for the person.

    Optional are `key` and `generation`, of the command, and `retry_ms`.
    """
    present = {name: value for name, value in optional.items() if value is not None}
    return encode("notice", code=code, text=text, **present)


def status(generation: int, status: Status) -> str:
    """Where a generation is."""
    return encode(
        "status",
        generation=generation,
        phase=status["phase"],
        elapsed_ms=status["elapsed_ms"],
        tokens=status["tokens"],
    )


def delta(generation: int, position: int, content: str) -> str:
    """More of an answer; `position` counts the characters of its text now shown."""
    return encode("delta", generation=generation, position=position, content=content)


def bye(reason: str, retry_ms: int) -> str:
    """The server is about to close the socket."""
    return encode("bye", reason=reason, retry_ms=retry_ms)
