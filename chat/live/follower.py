"""A follower reads one log, once a process, for every tab that shows its answer."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from chat.stream.beat import pause_after
from chat.stream.entries import Status
from chat.stream.fold import Answer
from chat.stream.log import Log

from . import frames
from .parts import Mark, PartView, TextView, part_prefix, partial, view_of

Clock = Callable[[], float]


@dataclass(frozen=True, eq=False, slots=True)
class Position:
    """What a tab has been shown of an answer; tabs that were told the same share one."""

    parts: tuple[Mark, ...] = ()
    rebased: int = 0
    status: Status | None = None


START = Position()


class Follower:
    """Folds the log into parts, keeps them rendered, and tells what changed since a position."""

    def __init__(
        self, log: Log, generation_id: int, message_id: int, clock: Clock = time.monotonic
    ) -> None:
        self.log = log
        self.generation_id = generation_id
        self.message_id = message_id
        self.next_at = 0.0
        self._clock = clock
        self._read = 0
        self._rebased = 0
        self._answer = Answer()
        self._views: list[PartView] = []
        self._known: dict[Position, tuple[list[str], Position]] = {}

    @property
    def ended(self) -> bool:
        """Whether the log has been closed."""
        return self.log.closed

    @property
    def characters(self) -> int:
        """Characters of answer text that a tab at `now()` shows."""
        self._catch_up()
        return sum(len(part["text"]) for part in self._answer.parts if part["type"] == "text")

    def now(self) -> Position:
        """The position after everything that the log holds."""
        self._catch_up()
        marks = tuple(view.mark() for view in self._views)
        return Position(marks, self._rebased, self._answer.status)

    def html(self) -> str:
        """All parts, as shown at `now()`."""
        self._catch_up()
        return "".join(view.html() for view in self._views)

    def bodies(self) -> list[str]:
        """The rendered text of each part, "" for those without Markdown."""
        self._catch_up()
        return [view.body if isinstance(view, TextView) else "" for view in self._views]

    def since(self, position: Position) -> tuple[list[str], Position]:
        """Encoded frames that bring a tab at `position` up to now, and the position reached."""
        self._catch_up()
        if position not in self._known:
            self._known[position] = self._frames_since(position)
        return self._known[position]

    def _frames_since(self, position: Position) -> tuple[list[str], Position]:
        now = self.now()
        made = []
        if now.status is not None and now.status is not position.status:
            made.append(frames.status(self.generation_id, now.status))
        if content := self._changes(position, now):
            made.append(frames.delta(self.generation_id, self.characters, content))
        return made, now

    def _changes(self, position: Position, now: Position) -> str:
        parts_id = f"#m{self.message_id}-parts"
        if position.rebased != now.rebased:
            return partial(parts_id, "innerHTML", self.html())
        shown = len(position.parts)
        changed = [
            view.changes(mark)
            for view, mark, mark_now in zip(self._views, position.parts, now.parts, strict=False)
            if mark != mark_now
        ]
        if new := "".join(view.html() for view in self._views[shown:]):
            changed.append(partial(parts_id, "beforeend", new))
        return "".join(changed)

    def _catch_up(self) -> None:
        entries = self.log.read(self._read)
        if not entries:
            return
        self._read += len(entries)
        self._known.clear()
        for entry in entries:
            self._answer.add(entry)
            if entry["kind"] == "base":
                self._views.clear()
                self._rebased += 1
        self._show()

    def _show(self) -> None:
        last = len(self._answer.parts) - 1
        for index, part in enumerate(self._answer.parts):
            if index == len(self._views):
                self._views.append(view_of(part_prefix(self.message_id, index), part))
            # A call that others follow may still be running.
            over = index < last and part["type"] != "tool_call"
            self._views[index].take(part, done=over or self.ended)
        # What is said again on every beat is the open tail; a long one slows its own beat.
        tails = (view.repeated for view in self._views[-1:] if isinstance(view, TextView))
        self.next_at = self._clock() + pause_after(sum(tails))
