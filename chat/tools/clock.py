"""The current time."""

from datetime import datetime
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from django.utils.translation import gettext_lazy as _
from pydantic import Field

from .tool import ToolError, tool

SHOWN = 5


@tool(_("Current time"))
def current_time(timezone: Annotated[str, Field(max_length=60)] = "UTC") -> dict[str, str]:
    """Tell the current date, time and weekday in a time zone.

    Args:
        timezone: A name of the IANA time zone database, such as Europe/Berlin.
    """
    try:
        now = datetime.now(ZoneInfo(timezone))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ToolError(_unknown(timezone)) from None
    return {
        "timezone": timezone,
        "time": now.isoformat(timespec="seconds"),
        "weekday": now.strftime("%A"),
    }


def _unknown(timezone: str) -> str:
    """A sentence that names zones which may have been meant."""
    words = timezone.casefold().replace(" ", "_").split("/")
    near = sorted(zone for zone in available_timezones() if words[-1] in zone.casefold())
    hint = f" Did you mean {', '.join(near[:SHOWN])}?" if words[-1] and near else ""
    return f"There is no time zone of this name.{hint}"
