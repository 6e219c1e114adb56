"""A conversation on its way in: its messages as a tree, and what of it was left out."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from chat.models.message import render_parts

from .parts import Part, settled, text_of

# Of the parts that the answers of one conversation get from the nodes above them: every branch
# below a node gets what that carries, so that a small file could unfold to a large one.
MOST_CARRIED = 200_000


@dataclass
class File:
    """A file that went with a prompt: of many only the name comes along, of some the text."""

    name: str
    text: str = ""
    pages: int = 0


@dataclass
class Said:
    """A message. `parts` is all of an answer; `facts` are those that are known of its making."""

    id: str
    role: str
    text: str
    parts: list[Part] = field(default_factory=list)
    at: datetime | None = None
    model: str = ""
    facts: list[dict[str, Any]] = field(default_factory=list)
    files: list[File] = field(default_factory=list)
    feedback: dict[str, str] = field(default_factory=dict)
    rendered: list[str] = field(default_factory=list)
    parent: str | None = None

    @property
    def characters(self) -> int:
        """How long it is, whichever of its texts is the longest."""
        texts = [self.text]
        for part in self.parts:
            texts += [part[name] or "" for name in ("text", "arguments", "result") if name in part]
        return max(map(len, texts))


@dataclass
class Node:
    """A place in a foreign tree; without `said` its children follow what is above it.

    `carried` are parts that belong to the answer below.
    """

    id: str
    parent: str
    said: Said | None = None
    carried: list[Part] = field(default_factory=list)


@dataclass(frozen=True)
class Carried:
    """Parts on their way down to an answer, and those that came before them."""

    parts: list[Part]
    before: "Carried | None"

    def all(self) -> list[Part]:
        """All of them, the first ones first."""
        pieces = []
        at: Carried | None = self
        while at is not None:
            pieces.append(at.parts)
            at = at.before
        return [part for piece in reversed(pieces) for part in piece]


@dataclass
class Thread:
    """A conversation: parents before their children, `leaf` the id of the end of the path shown."""

    source: str
    origin: str
    title: str = ""
    model: str = ""
    system_prompt: str = ""
    params: dict[str, Any] = field(default_factory=dict)
    tools: dict[str, bool] = field(default_factory=dict)
    created_at: datetime | None = None
    updated_at: datetime | None = None
    archived: bool = False
    pinned: bool = False
    leaf: str | None = None
    messages: list[Said] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)
    handed: int = 0
    carried: int = 0

    def unfit(self, messages: int, characters: int) -> str:
        """Why it cannot come in, if it may have so many messages of so many characters; "" if not.

        Rendering takes memory and time, so that this is asked first.
        """
        if not self.messages:
            return "empty"
        longest = max(self.messages, key=lambda said: said.characters).characters
        if len(self.messages) > messages or max(longest, len(self.system_prompt)) > characters:
            return "long"
        return ""

    def render(self) -> None:
        """Make the HTML of its answers, which takes too long where others wait to write."""
        for said in self.messages:
            said.rendered = render_parts(said.parts)  # type: ignore[arg-type]

    def plant(self, nodes: list[Node], shown: str) -> None:
        """Take the messages of a tree over; `shown` is the node that ends the path shown.

        Nothing here recurses, however deep the tree; nodes in a circle are left out.
        """
        known: dict[str, Node] = {}
        for node in nodes:
            known.setdefault(node.id, node)
        children: dict[str | None, list[Node]] = defaultdict(list)
        for node in known.values():
            children[node.parent if node.parent in known else None].append(node)
        kept: dict[str, str | None] = {}
        waiting: list[Any] = [(node, None, None) for node in reversed(children.pop(None, []))]
        while waiting:
            node, above, carried = waiting.pop()
            above, carried = self._take(node, above, carried, children[node.id])
            kept[node.id] = above
            waiting += [(child, above, carried) for child in reversed(children[node.id])]
        if circles := len(known) - len(kept):
            self.left_out["circles"] += circles
        self.leaf = kept.get(shown) or (self.messages[-1].id if self.messages else None)

    def _take(
        self, node: Node, above: str | None, carried: Carried | None, below: list[Node]
    ) -> tuple[str | None, Carried | None]:
        """Take a node over; gives what is above those below it, and which parts they get."""
        carried = Carried(node.carried, carried) if node.carried else carried
        said = node.said
        if said is None and carried is not None and _nobody_answers(below):
            parts = self._handed(carried)
            # An answer that was nothing but tools: its person went on, or the conversation ends.
            if any(part["type"] in ("tool_call", "text") for part in parts):
                said, carried = Said(node.id, "assistant", "", parts), None
        if said is None:
            return above, carried
        said.parent = above
        if said.role == "assistant":
            said.parts = settled((self._handed(carried) if carried else []) + said.parts)
            said.text = said.text or text_of(said.parts)
        self.messages.append(said)
        return said.id, None

    def _handed(self, carried: Carried) -> list[Part]:
        parts = carried.all() if self.handed < MOST_CARRIED else []
        self.handed += len(parts)
        return parts


def _nobody_answers(below: list[Node]) -> bool:
    return not below or any(each.said and each.said.role == "user" for each in below)
