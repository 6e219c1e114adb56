"""Why a command was not carried out, in the words of the wire and of the person."""

from dataclasses import dataclass

from django.conf import settings
from django.db import DatabaseError, InterfaceError
from django.utils.translation import gettext as _

from chat.forms import Invalid, TooLong
from chat.models import Busy, Conversation, NotPossible
from chat.supervisor import Draining, TooMany, Unsure
from chat.taking import NoModel, TooManyRunning

REFUSED = (
    Invalid,
    TooLong,
    Busy,
    NotPossible,
    Conversation.DoesNotExist,
    Draining,
    Unsure,
    TooMany,
    TooManyRunning,
    NoModel,
    DatabaseError,
    InterfaceError,
)
RETRY_MS = 1000


@dataclass(frozen=True)
class Refusal:
    """A notice: its code, a sentence, and after how many milliseconds to try again, if ever."""

    code: str
    text: str
    retry_ms: int | None = None


def refusal(error: Exception) -> Refusal:
    """What to tell the person about one of the errors in REFUSED."""
    match error:
        case Invalid() | NotPossible():
            return Refusal("invalid", str(error))
        case TooLong():
            text = _("This is too long: at most %(limit)s characters can be sent at once.")
            return Refusal("too_long", text % {"limit": f"{settings.LIMITS.max_prompt_chars:,}"})
        case Busy():
            return Refusal("busy", _("An answer is being written here. Stop it, or wait."))
        case Draining():
            return Refusal("draining", _("The server restarts. One moment."), RETRY_MS)
        case TooMany():
            wait = round(error.args[0] * 1000)
            return Refusal("rate_limited", _("That was quick. Wait a little."), wait)
        case TooManyRunning():
            text = _("You have as many answers under way as one may. Wait for one, or stop one.")
            return Refusal("rate_limited", text, RETRY_MS)
        case NoModel():
            return Refusal("model_unavailable", _("No model is configured. Choose one by name."))
        case Conversation.DoesNotExist():
            return Refusal("gone", _("This conversation is not here."))
        case _:
            return Refusal("draining", _("The database did not answer. One moment."), RETRY_MS)
