"""A transcript: the turns of a conversation as its owner sees them, with the facts of each."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.core.paginator import Page, Paginator
from django.db.models import Prefetch

from chat.live.turn import Turn, turns_of
from chat.live.written import show_written
from chat.models import Conversation, Feedback, Generation, Message

from .search import any_in
from .tree import Tree

TURNS_A_PAGE = 100


@dataclass(frozen=True)
class Asked:
    """What the address asks for: the path shown, one through a message, all, or those with words.

    What makes no sense is as good as absent.
    """

    at: int | None = None
    everything: bool = False
    words: str = ""
    page: str = ""

    @classmethod
    def of(cls, params: Mapping[str, str]) -> "Asked":
        """Read the parameters of an address."""
        at = params.get("at", "")
        return cls(
            at=int(at) if at.isdecimal() and len(at) < 19 else None,
            everything="all" in params,
            words=params.get("words", "").replace("\0", "").strip(),
            page=params.get("page", ""),
        )


@dataclass(frozen=True)
class Reviewed:
    """A turn, the commands that wrote it, and where it is in the tree."""

    turn: Turn
    generations: list[Generation]
    versions: list[int]
    parent: int | None
    on_path: bool
    follows: bool

    @property
    def version(self) -> int:
        """Which of its versions it is, from 1."""
        return self.versions.index(self.turn.message.pk) + 1


@dataclass(frozen=True)
class Transcript:
    """One page of what was asked for. `view`: the path shown, another, everything or words."""

    view: str
    asked: Asked
    page: Page[int]
    turns: list[Reviewed]
    in_all: int
    on_path: int

    @property
    def elided(self) -> list[int | str]:
        """The numbers of the pages, those far away left out."""
        return list(self.page.paginator.get_elided_page_range(self.page.number))


def transcript(conversation: Conversation, asked: Asked) -> Transcript:
    """One page of a conversation, in a number of queries that does not depend on its length."""
    tree = Tree(conversation.messages.order_by("pk").values_list("pk", "parent_id"))
    path = tree.path_to(conversation.leaf_id)
    view, ids = _chosen(conversation, tree, path, asked)
    page = Paginator(ids, TURNS_A_PAGE).get_page(asked.page or _page_of(ids, asked.at))
    turns = _reviewed(tree, set(path), _read(conversation, list(page)))
    return Transcript(view, asked, page, turns, in_all=len(tree), on_path=len(path))


def _chosen(
    conversation: Conversation, tree: Tree, path: list[int], asked: Asked
) -> tuple[str, list[int]]:
    if asked.words:
        having = conversation.messages.filter(any_in("text", asked.words))
        return "words", list(having.order_by("pk").values_list("pk", flat=True))
    if asked.everything:
        return "everything", tree.in_order()
    if asked.at is not None and asked.at in tree and asked.at not in path:
        return "another", tree.path_through(asked.at)
    return "shown", path


def _page_of(ids: list[int], at: int | None) -> int:
    return ids.index(at) // TURNS_A_PAGE + 1 if at in ids else 1


def _read(conversation: Conversation, ids: list[int]) -> list[Message]:
    commands = Generation.objects.select_related("stop_requested_by", "owner").order_by("pk")
    opinions = Feedback.objects.select_related("person")
    known = conversation.messages.prefetch_related(
        Prefetch("generations", commands), Prefetch("feedback", opinions)
    ).in_bulk(ids)
    return [known[id] for id in ids if id in known]


def _reviewed(tree: Tree, path: set[int], messages: list[Message]) -> list[Reviewed]:
    before: int | None = None
    reviewed = []
    for turn in turns_of(messages):
        id = turn.message.pk
        show_written(turn)
        parent = tree.parent(id)
        reviewed.append(
            Reviewed(
                turn=turn,
                generations=list(turn.message.generations.all()),
                versions=tree.versions(id),
                parent=parent,
                on_path=id in path,
                follows=parent == before or before is None,
            )
        )
        before = id
    return reviewed
