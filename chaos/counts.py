"""What is counted: every number here is to be zero."""

import difflib
from collections import Counter
from dataclasses import dataclass, field

GOALS = (
    "lost characters",
    "doubled characters",
    "reordered characters",
    "answers without an ending",
    "generations with two endings",
    "answers cut without a cause",
    "tabs that disagree with the row",
    "frames out of order",
    "commands without an answer",
    "keys that asked twice",
    "stop receipts missing",
    "errors in logs",
)


@dataclass
class Counts:
    """The counts, and for each of them a few cases in words."""

    of: Counter[str] = field(default_factory=Counter)
    cases: list[tuple[str, str, str]] = field(default_factory=list)

    def note(self, goal: str, what: str, conversation: str = "", by: int = 1) -> None:
        """Count a violation; `conversation` tells whose timeline explains it."""
        assert goal in GOALS, goal
        self.of[goal] += by
        self.cases.append((goal, what, conversation))

    def compare(self, found: str, expected: str, what: str, conversation: str) -> None:
        """Count how a text differs from the one it should be."""
        if found == expected:
            return
        matcher = difflib.SequenceMatcher(None, expected, found, autojunk=False)
        lost = extra = 0
        pieces: list[str] = []
        for tag, i, j, k, m in matcher.get_opcodes():
            if tag != "equal":
                lost += j - i
                extra += m - k
                pieces.append(f"{tag} {expected[i:j][:30]!r} by {found[k:m][:30]!r} at {i}")
        moved = min(lost, extra)
        why = f"{what}: {'; '.join(pieces[:3])}"
        for goal, number in (
            ("lost characters", lost - moved),
            ("doubled characters", extra - moved),
            ("reordered characters", moved),
        ):
            if number:
                self.note(goal, why, conversation, by=number)

    @property
    def all_zero(self) -> bool:
        """Whether nothing was counted."""
        return not any(self.of.values())
