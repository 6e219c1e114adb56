"""Turns of a conversation as the page shows them: messages with how they came to be."""

import uuid
from dataclasses import dataclass, field

from django.db.models import Max
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from chat.database import one_moment
from chat.models import UNFINISHED, Conversation, Generation, Message
from chat.models.counts import before

from .parts import part_prefix, partial, render_part, safe

SCREEN = 30


class NotHere(Exception):
    """The conversation belongs to another person, or was deleted."""


@dataclass
class Turn:
    """One message on the page. `key` is that of the command that brought a prompt."""

    message: Message
    generation: Generation | None
    parts_html: SafeString
    key: str = ""

    @property
    def running(self) -> bool:
        """Whether the answer may still grow."""
        return self.generation is not None and self.generation.is_unfinished


@dataclass
class Shown:
    """What a page or a snapshot shows: turns up to the leaf, and the generation that runs."""

    turns: list[Turn] = field(default_factory=list)
    running: Generation | None = None
    whole: bool = True
    newest: int = 0

    @property
    def leaf_id(self) -> int | None:
        """The last message shown."""
        return self.turns[-1].message.pk if self.turns else None


def parts_html(message: Message) -> SafeString:
    """The parts of a saved answer as canonical HTML; those of a prompt are files beside it."""
    if message.role == "user":
        return safe("")
    htmls = zip(message.parts, message.part_htmls, strict=True)
    return safe(
        "".join(
            render_part(part_prefix(message.pk, index), part, sealed=html)
            for index, (part, html) in enumerate(htmls)
        )
    )


def turns_of(messages: list[Message]) -> list[Turn]:
    """The turns of consecutive messages of one path."""
    turns: list[Turn] = []
    for message in messages:
        generation = message.generation
        if generation is not None and turns and turns[-1].message.role == "user":
            turns[-1].key = str(generation.key)
        turns.append(Turn(message, generation, parts_html(message)))
    return turns


def render_turn(turn: Turn) -> str:
    """A turn by the one template for turns."""
    return render_to_string("chat/turn.html", {"turn": turn})


def shown_of(conversation: Conversation, start: int | None = None) -> Shown:
    """What to show of a conversation from the message `start` on, else its last screen."""
    path = conversation.path() if start else conversation.path(SCREEN)
    at = next((i for i, message in enumerate(path) if message.pk == start), None)
    turns = turns_of(path[at:] if at is not None else path[-SCREEN:])
    newest = conversation.generations.order_by("-pk").values_list("pk", flat=True).first()
    last = turns[-1].generation if turns else None
    running = last if last is not None and last.is_unfinished else None
    return Shown(turns, running, whole=at is None, newest=newest or 0)


@dataclass
class Snapshot:
    """The content of a snapshot, but for the answer that is being written."""

    shown: Shown
    before: str

    def content(self, live_html: str | None) -> str:
        """Partials for the page; `live_html` is what is known of the running answer here."""
        html = self.before
        if self.shown.running is not None:
            turn = self.shown.turns[-1]
            turn.parts_html = turn.parts_html if live_html is None else safe(live_html)
            html += render_turn(turn)
        content = partial("#live", "innerHTML", html)
        return partial("#earlier", "innerHTML", "") + content if self.shown.whole else content


def snapshot(user_id: int, conversation_id: uuid.UUID, start: int | None) -> Snapshot:
    """What a tab is to show; nothing of an unknown conversation.

    Raises NotHere for another person's, and for one that was deleted.
    """
    # What began or ended between two of these queries would be shown half.
    with one_moment():
        conversation = Conversation.objects.filter(pk=conversation_id).first()
        if conversation is None:
            return Snapshot(Shown(), "")
        if conversation.owner_id != user_id or conversation.deleted_at is not None:
            raise NotHere
        shown = shown_of(conversation, start)
    finished = shown.turns[:-1] if shown.running else shown.turns
    return Snapshot(shown, "".join(render_turn(turn) for turn in finished))


def generation(generation_id: int) -> Generation | None:
    """A generation by its id, with its message and prompt; None if it was deleted."""
    known = Generation.objects.select_related("message__parent")
    found: Generation | None = known.filter(pk=generation_id).first()
    return found


def paths(conversation_ids: set[uuid.UUID]) -> dict[uuid.UUID, tuple[int | None, int]]:
    """The leaf (None: deleted) and the newest generation of each conversation, in one query."""
    found = Conversation.objects.filter(pk__in=conversation_ids).annotate(newest=Max("generations"))
    rows = found.values_list("pk", "leaf", "newest", "deleted_at")
    return {id: (None if gone else leaf, newest or 0) for id, leaf, newest, gone in rows}


def owners(conversation_ids: list[uuid.UUID]) -> dict[uuid.UUID, int]:
    """Whose the conversations are."""
    found = Conversation.objects.filter(pk__in=conversation_ids)
    return dict(found.values_list("pk", "owner_id"))


def ended_among(generation_ids: set[int]) -> dict[int, str]:
    """The status of those of the generations that have ended."""
    ended = Generation.objects.filter(pk__in=generation_ids).exclude(status__in=UNFINISHED)
    return dict(ended.values_list("pk", "status"))


def title(conversation_id: str) -> str:
    """The title in the row of a conversation; "" if there is none."""
    titles = Conversation.objects.filter(pk=conversation_id).values_list("title", flat=True)
    return titles.first() or ""


@dataclass(frozen=True)
class Added:
    """A new turn as HTML, and the generation after which it was added: 0 if it is the first."""

    html: str
    after: int


def new_turn(generation: Generation) -> Added:
    """The prompt that a generation answers, and its empty answer."""
    after = before(generation.pk)
    message = generation.message
    asked = ""
    if message.parent is not None:
        asked = render_turn(Turn(message.parent, None, safe(""), key=str(generation.key)))
    return Added(asked + render_turn(Turn(message, generation, safe(""))), after)


def ended(generation_id: int) -> Turn | None:
    """The turn of a finished generation; None while it is unfinished, or if it was deleted."""
    known = Generation.objects.select_related("message", "stop_requested_by")
    generation = known.filter(pk=generation_id).first()
    if generation is None or generation.is_unfinished:
        return None
    return Turn(generation.message, generation, parts_html(generation.message))


def ending(turn: Turn, streamed: list[str]) -> str:
    """Partials that end a turn: its foot, and its parts if their HTML is not what was streamed."""
    id = turn.message.pk
    foot = render_to_string("chat/foot.html", {"turn": turn})
    content = partial(f"#m{id}-foot", "outerHTML", foot)
    if streamed != turn.message.part_htmls:
        content = partial(f"#m{id}-parts", "innerHTML", turn.parts_html) + content
    return content
