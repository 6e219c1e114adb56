"""Commands from a socket: carried out, and answered with an `ack`, a `notice` or a `pong`."""

from typing import Any

from django.utils.translation import gettext as _

from chat import branching, supervisor
from chat.forms import Command, Ping, Show, Stop
from chat.live import frames
from chat.live.tab import Tab
from chat.models import Accepted
from chat.reading import parse_frame
from chat.refusals import REFUSED, refusal
from chat.sessions import Pass
from chat.taking import Asker
from chat.tools import Allow


class SignedOut(Exception):
    """The session ended."""


async def carry_out(tab: Tab, session: Pass, text: str) -> None:
    """Do what a frame says, and tell the tab; raises SignedOut."""
    frame = key = None
    try:
        frame = parse_frame(text)
        if isinstance(frame, Ping):
            tab.say(frames.encode("pong", n=frame.n))
            return
        if isinstance(frame, Allow):
            await _allow(tab, frame)
            return
        key = frame.key
        if isinstance(frame, Stop):
            await _stop(tab, frame)
        elif isinstance(frame, Show):
            await branching.show(_asker(tab, session), tab.conversation_id, frame.message)
        else:
            await _accept(tab, session, frame)
    except REFUSED as error:
        why = refusal(error)
        key = getattr(error, "key", None) or key
        which = {"key": key, "generation": getattr(frame, "generation", None)}
        tab.say(frames.notice(why.code, why.text, **which, retry_ms=why.retry_ms))


async def _accept(tab: Tab, session: Pass, command: Command) -> None:
    def acknowledge(accepted: Accepted) -> None:
        ids = tab.conversation_id, accepted.message.pk, accepted.generation.pk
        tab.say(frames.ack(command.key, *ids, duplicate=accepted.duplicate))

    asker = _asker(tab, session, acknowledge=acknowledge)
    await supervisor.current().accept(asker, tab.conversation_id, command)


def _asker(tab: Tab, session: Pass, **what: Any) -> Asker:
    def check() -> None:
        if not session.holds():
            raise SignedOut

    return Asker(tab.user_id, check, **what)


async def _stop(tab: Tab, stop: Stop) -> None:
    if not await supervisor.current().stop(tab.user_id, tab.conversation_id, stop):
        text = _("Nothing is being written here.")
        tab.say(frames.notice("gone", text, key=stop.key, generation=stop.generation))


async def _allow(tab: Tab, allow: Allow) -> None:
    if not await supervisor.current().allow(tab.user_id, tab.conversation_id, allow):
        tab.say(frames.notice("gone", _("This is not asked any more.")))
