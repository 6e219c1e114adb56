"""Turns as HTML. One that is over is rendered once, for all the tabs that come back to it."""

from collections.abc import Hashable
from sys import getsizeof
from threading import Lock
from typing import TYPE_CHECKING

from cachetools import LRUCache, cached
from django.template.loader import render_to_string
from django.utils import translation

if TYPE_CHECKING:
    from .turn import Turn

KEPT_BYTES = 2 * 2**20


def render_turn(turn: "Turn") -> str:
    """A turn by the one template for turns."""
    return render_to_string("chat/turn.html", {"turn": turn})


def _shown(turn: "Turn") -> Hashable:
    """What its HTML depends on: only another generation changes a message that is over."""
    message, generation = turn.message, turn.generation
    ended = generation and (generation.pk, generation.attempt, generation.status)
    variants = tuple(turn.variants)
    by_whom = turn.key, message.verdict, translation.get_language()
    return message.pk, message.updated_at, ended, variants, turn.last, *by_whom


_kept: LRUCache[Hashable, str] = LRUCache(KEPT_BYTES, getsizeof=getsizeof)
render_once = cached(_kept, key=_shown, lock=Lock())(render_turn)
"""The same of a turn that is over."""
