"""Turns of a long conversation that are not on its page yet: a screen at a time, by key."""

from dataclasses import dataclass, field

from chat.models import Conversation, Message

from .turn import Turn, turns_of, with_variants
from .turns import SCREEN, Shown

ABOVE = 4  # turns shown before one that was jumped to
LIVE = 2  # a snapshot says the last question and answer again, and nothing before them


@dataclass
class Page:
    """Consecutive turns; `first` is their first message if there are others before it.

    Turns that are shown already may be elsewhere: `after` is the message at the other side of what
    is missing before these; the `gap` of the last turn is that at the other side of what follows.
    """

    turns: list[Turn] = field(default_factory=list)
    first: Message | None = None
    after: int | None = None


def before(conversation: Conversation, id: int, until: int | None = None) -> Page:
    """The turns before a message; not further up than `until`, which is on the page."""
    message = conversation.messages.filter(pk=id).first()
    if message is None:
        return Page()
    path = conversation.messages.path_to(message.parent_id, SCREEN, until)
    if until is None:
        return _page(path)
    if not path or path[0].pk == until:
        return Page(_turns(path[1:]))
    return Page(_turns(path), path[0], after=until)


def after(conversation: Conversation, id: int, until: int) -> Page:
    """The turns that follow a message on the way down to `until`; both are on the page."""
    path = conversation.messages.path_from(id, until, SCREEN + 1)[1:]
    if path and path[-1].pk == until:
        return Page(_turns(path[:-1]))
    turns = _turns(path)
    if turns:
        turns[-1].gap = until
    return Page(turns)


def ends(shown: Shown) -> tuple[Page, list[Turn]]:
    """What is shown as the page has it: earlier turns, and its live end."""
    at = max(0, len(shown.turns) - LIVE)
    return Page(shown.turns[:at], shown.first), shown.turns[at:]


def around(conversation: Conversation, shown: Shown, id: int) -> tuple[Page, list[Turn]]:
    """The same with the turns around a message of the path, which may be far up."""
    earlier, live = ends(shown)
    if id in {turn.message.pk for turn in shown.turns}:
        return earlier, live
    messages = conversation.messages
    below = messages.path_from(id, live[0].message.pk if live else None, SCREEN - ABOVE)
    if not below:
        return earlier, live
    page = _page(messages.path_to(below[0].parent_id, ABOVE) + below)
    if page.turns[-1].message.pk == live[0].message.pk:
        page.turns.pop()
    else:
        page.turns[-1].gap = live[0].message.pk
    return page, live


def _page(path: list[Message]) -> Page:
    return Page(_turns(path), path[0] if path and path[0].parent_id else None)


def _turns(path: list[Message]) -> list[Turn]:
    return with_variants(turns_of(path))
