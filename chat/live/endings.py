"""The `end` frame, made from the row, which is saved before a log is closed."""

from typing import Any

from . import frames, turns


def end_frame(generation_id: int, streamed: list[str] | None) -> str | None:
    """The frame; None if the generation has not ended, or was deleted.

    `streamed` is the HTML of each part that pages show; None if a snapshot showed them the end.
    """
    turn = turns.ended(generation_id)
    if turn is None or turn.generation is None:
        return None
    content: dict[str, Any] = {}
    if streamed is not None:
        content["content"] = turns.ending(turn, streamed)
    return frames.encode(
        "end",
        generation=generation_id,
        message=turn.message.pk,
        position=len(turn.message.text),
        **turn.generation.ending(),
        **content,
    )
