"""What a page shows of the settings of a conversation, or of a new chat."""

from typing import Any

import orjson

from chat import choices
from chat.models import Conversation, Preferences

from .parameters import ParametersForm


def picker_context(chosen: str) -> dict[str, Any]:
    """The models to choose from, and the one that is chosen: `chosen`, or the default."""
    model = chosen or choices.default()
    return {"models": choices.offered(model), "model": model}


def settings_context(
    conversation: Conversation | None, preferences: Preferences, chosen: Any = None
) -> dict[str, Any]:
    """What the templates of the settings need: of a conversation, or of a new chat."""
    kept = chosen or conversation or preferences
    return {
        "conversation": conversation,
        "settings_form": ParametersForm(kept=kept, auto_id="setting-%s"),
        "settings_differ": differ(kept, preferences),
        "carried": _carried(kept),
    }


def differ(kept: Conversation | Preferences, preferences: Preferences) -> bool:
    """Whether these are not the settings that the person's new conversations begin with."""
    theirs = preferences.system_prompt, preferences.params
    return (kept.system_prompt, kept.params) != theirs


def _carried(kept: Conversation | Preferences) -> str:
    """The settings of a new chat as its first prompt takes them along; "" if nothing is set."""
    if not kept.system_prompt and not kept.params:
        return ""
    return orjson.dumps({"system_prompt": kept.system_prompt, "params": kept.params}).decode()
