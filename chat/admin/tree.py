"""The shape of a conversation: which message follows which, and which are versions of another."""

from collections import defaultdict
from collections.abc import Iterable


class Tree:
    """Made of the pairs (id, id of the parent or None) of all messages, in the order of ids."""

    def __init__(self, pairs: Iterable[tuple[int, int | None]]) -> None:
        self._parent: dict[int, int | None] = dict(pairs)
        self._children: defaultdict[int | None, list[int]] = defaultdict(list)
        for id, parent in self._parent.items():
            self._children[parent].append(id)

    def __len__(self) -> int:
        return len(self._parent)

    def __contains__(self, id: object) -> bool:
        return id in self._parent

    def parent(self, id: int) -> int | None:
        """The message that this one follows; None at the root."""
        return self._parent[id]

    def versions(self, id: int) -> list[int]:
        """The message and its siblings, oldest first."""
        return self._children[self._parent[id]]

    def path_to(self, id: int | None) -> list[int]:
        """From the root to this message; nothing without one."""
        path: list[int] = []
        while id is not None:
            path.append(id)
            id = self._parent[id]
        return path[::-1]

    def path_through(self, id: int) -> list[int]:
        """The path to this message, and on with the newest version of all that follows."""
        path = self.path_to(id)
        while children := self._children.get(path[-1]):
            path.append(children[-1])
        return path

    def in_order(self) -> list[int]:
        """Every message after its parent, each version with all that follows it."""
        order: list[int] = []
        waiting = self._children[None][::-1]
        while waiting:
            order.append(waiting.pop())
            waiting.extend(reversed(self._children.get(order[-1], [])))
        return order
