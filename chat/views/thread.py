"""The thread of a page: which turns it begins with, and where one looks."""

from typing import Any

from asgiref.sync import async_to_sync
from django.http import Http404, HttpRequest

from chat import branching
from chat.live import news, paging
from chat.live.turn import Turn
from chat.live.turns import Shown, shown_of
from chat.live.written import show_written
from chat.models import Conversation, NotPossible
from chat.models.feedback import BLAME, PRAISE
from chat.taking import Asker

from .places import id_in

OPINIONS = [("up", PRAISE), ("down", BLAME)]


def thread(request: HttpRequest, conversation: Conversation | None) -> dict[str, Any]:
    """The context of the turns: the last screen, or that around the `message` of the address.

    A message on another branch opens that branch, in every tab. Raises Http404 for one that is not
    here. The prompt `edit` stands in a form.
    """
    message = id_in(request.GET.get("message", ""))
    shown = shown_of(conversation) if conversation else Shown()
    earlier, live = paging.ends(shown)
    if message is not None and conversation is not None:
        earlier, live = paging.around(conversation, shown, message)
        if not _has(message, earlier, live):
            shown = _open_branch(conversation, message)
            earlier, live = paging.around(conversation, shown, message)
    for turn in live[-1:]:
        show_written(turn)
    return {
        "earlier": earlier,
        "live": live,
        "live_from": live[0].message.pk if live else "",
        "running": shown.running.pk if shown.running else "",
        "elsewhere": shown.elsewhere,
        "jump": message or "",
        "opinions": OPINIONS,
        "editing": id_in(request.GET.get("edit", "")),
    }


def _has(message: int, earlier: paging.Page, live: list[Turn]) -> bool:
    return any(turn.message.pk == message for turn in (*earlier.turns, *live))


def _open_branch(conversation: Conversation, message: int) -> Shown:
    asker = Asker(conversation.owner_id)
    try:
        conversation.leaf_id = branching.turn_to(asker, conversation.pk, message)
    except NotPossible:
        raise Http404 from None
    async_to_sync(news.say_path)(conversation.pk)
    return shown_of(conversation)
