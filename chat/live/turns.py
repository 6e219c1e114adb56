"""The turns that a page shows: those at the end of a conversation, a new one, one that ended."""

import uuid
from dataclasses import dataclass, field

from django.template.loader import render_to_string

from chat.database import one_moment
from chat.models import Conversation, Generation, Message, walks
from chat.models.counts import before

from .parts import partial, safe
from .rendered import render_once, render_turn
from .turn import Turn, parts_html, turns_of, with_variants

SCREEN = 30
# Turns that a tab may have gained since its page was loaded, before it gets the last screen anew.
LONGEST_LIVE = 200


class NotHere(Exception):
    """The conversation belongs to another person, or was deleted."""


@dataclass
class Shown:
    """What a page or a snapshot shows: turns up to the leaf, and the generation that runs.

    One that runs `elsewhere` writes an answer on another path.
    """

    turns: list[Turn] = field(default_factory=list)
    running: Generation | None = None
    elsewhere: Generation | None = None
    whole: bool = True
    newest: int = 0

    @property
    def leaf_id(self) -> int | None:
        """The last message shown."""
        return self.turns[-1].message.pk if self.turns else None

    @property
    def first(self) -> Message | None:
        """The first message shown, if there are others before it."""
        first = self.turns[0].message if self.turns else None
        return first if first is not None and first.parent_id else None


def shown_of(conversation: Conversation, start: int | None = None) -> Shown:
    """What to show of a conversation from the message `start` on, else its last screen."""
    limit = LONGEST_LIVE if start else SCREEN
    leaf = conversation.leaf_id
    ids = walks.upwards(leaf, limit, start)[::-1] if leaf else []
    whole = ids[:1] != [start]
    path = conversation.messages.shown(ids[-SCREEN:] if whole else ids)
    turns = with_variants(turns_of(path))
    for turn in turns[-1:]:
        turn.last = True
    newest = conversation.generations.order_by("-pk").first()
    # At most one is unfinished, and none is newer than it.
    unfinished = newest if newest is not None and newest.is_unfinished else None
    here = unfinished is not None and unfinished.message_id == leaf
    return Shown(
        turns,
        running=unfinished if here else None,
        elsewhere=None if here else unfinished,
        whole=whole,
        newest=newest.pk if newest else 0,
    )


@dataclass
class Snapshot:
    """The content of a snapshot, but for the answer that is being written."""

    shown: Shown
    before: str
    older: str = ""
    elsewhere: str = ""

    def content(self, live_html: str | None) -> str:
        """Partials for the page; `live_html` is what is known of the running answer here."""
        html = self.before
        if self.shown.running is not None:
            turn = self.shown.turns[-1]
            turn.parts_html = turn.parts_html if live_html is None else safe(live_html)
            html += render_turn(turn)
        content = partial("#live", "innerHTML", html)
        content += partial("#elsewhere", "innerHTML", self.elsewhere)
        return (
            partial("#earlier", "innerHTML", self.older) + content if self.shown.whole else content
        )


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
    context = {"first": shown.first, "elsewhere": shown.elsewhere}
    return Snapshot(
        shown,
        "".join(render_once(turn) for turn in finished),
        render_to_string("chat/older.html", context),
        render_to_string("chat/elsewhere.html", context),
    )


def generation(generation_id: int) -> Generation | None:
    """A generation by its id, with its conversation, message and prompt; None if it was deleted."""
    known = Generation.objects.select_related("conversation", "message__parent")
    found: Generation | None = known.filter(pk=generation_id).first()
    return found


@dataclass(frozen=True)
class Added:
    """A new turn as HTML, and the generation after which it was added: 0 if it is the first."""

    html: str
    after: int


def turn_of(generation: Generation) -> Added:
    """The new turn of a generation of which no more than the row is known."""
    return new_turn(generation, before(generation.pk))


def new_turn(generation: Generation, after: int) -> Added:
    """The prompt that a generation answers, and its empty answer; no query if it has them."""
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
    turn = Turn(generation.message, generation, parts_html(generation.message))
    return with_variants([turn])[0]


def ending(turn: Turn, streamed: list[str]) -> str:
    """Partials that end a turn: its foot, and its parts if their HTML is not what was streamed."""
    foot = render_to_string("chat/foot.html", {"turn": turn})
    content = partial(f"#{turn.anchor}-foot", "outerHTML", foot)
    if streamed != turn.message.part_htmls:
        content = partial(f"#{turn.anchor}-parts", "innerHTML", turn.parts_html) + content
    return content
