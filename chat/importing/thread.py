"""A conversation on its way in: its messages as a tree, and what of it was left out."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from chat.models.message import render_parts


@dataclass
class Said:
    """A message. `parts` is all of an answer; `facts` are those of our own export about it."""

    id: str
    role: str
    text: str
    parts: list[dict[str, Any]] = field(default_factory=list)
    at: datetime | None = None
    model: str = ""
    facts: list[dict[str, Any]] = field(default_factory=list)
    rendered: list[str] = field(default_factory=list)
    parent: str | None = None


@dataclass
class Node:
    """A place in a foreign tree; without `said` its children follow what is above it.

    `carried` are parts that belong to the answer below.
    """

    id: str
    parent: str
    said: Said | None = None
    carried: list[dict[str, Any]] = field(default_factory=list)


@dataclass
class Thread:
    """A conversation: parents before their children, `leaf` the id of the end of the path shown."""

    source: str
    origin: str
    title: str = ""
    model: str = ""
    system_prompt: str = ""
    params: dict[str, Any] = field(default_factory=dict)
    created_at: datetime | None = None
    updated_at: datetime | None = None
    archived: bool = False
    pinned: bool = False
    leaf: str | None = None
    messages: list[Said] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)

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
        waiting: list[Any] = [(node, None, []) for node in reversed(children.pop(None, []))]
        self._walk(waiting, children, kept)
        if circles := len(known) - len(kept):
            self.left_out["circles"] += circles
        self.leaf = kept.get(shown) or (self.messages[-1].id if self.messages else None)

    def _walk(
        self,
        waiting: list[Any],
        children: dict[str | None, list[Node]],
        kept: dict[str, str | None],
    ) -> None:
        while waiting:
            node, above, carried = waiting.pop()
            carried = carried + node.carried if len(carried) < 100 else carried
            if node.said is not None:
                node.said.parent = above
                above = node.said.id
                if node.said.role == "assistant":
                    node.said.parts = carried + node.said.parts
                carried = []
                self.messages.append(node.said)
            kept[node.id] = above
            waiting += [(child, above, carried) for child in reversed(children[node.id])]


def answer_parts(text: str, reasoning: str = "") -> list[dict[str, Any]]:
    """The parts of an answer with this text, after this reasoning."""
    parts: list[dict[str, Any]] = []
    if reasoning.strip():
        parts.append({"type": "reasoning", "text": reasoning, "ms": None})
    if text:
        parts.append({"type": "text", "text": text})
    return parts
