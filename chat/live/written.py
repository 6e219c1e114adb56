"""What is saved of an answer that is being written, for pages that hear nothing of the rest."""

from chat.stream import entries
from chat.stream.log import Log

from .follower import Follower
from .parts import safe
from .turn import Turn


def show_written(turn: Turn) -> None:
    """Let a turn that may still grow say what it said at the last checkpoint."""
    generation = turn.generation
    if generation is None or not turn.running:
        return
    log = Log()
    # A continued answer has what it began with before its first checkpoint, too.
    log.append(entries.base(turn.message.parts), *generation.checkpoints.all_entries())
    turn.parts_html = safe(Follower(log, generation.pk, turn.message.pk).html())
