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
        zone = ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        zone = _zone_of(timezone)
    now = datetime.now(zone)
    return {
        "timezone": zone.key,
        "time": now.isoformat(timespec="seconds"),
        "weekday": now.strftime("%A"),
    }


def _zone_of(city: str) -> ZoneInfo:
    """The one zone that is named after a city."""
    ending = "/" + city.casefold().replace(" ", "_")
    zones = [zone for zone in available_timezones() if zone.casefold().endswith(ending)]
    if len(zones) != 1:
        raise ToolError(_unknown(city))
    return ZoneInfo(zones[0])


def _unknown(timezone: str) -> str:
    """A sentence that names zones which may have been meant."""
    words = timezone.casefold().replace(" ", "_").split("/")
    near = sorted(zone for zone in available_timezones() if words[-1] in zone.casefold())
    hint = f" Did you mean {', '.join(near[:SHOWN])}?" if words[-1] and near else ""
    return f"There is no time zone of this name.{hint}"
