"""Values out of other people's JSON: of the type that is wanted, clean, or none."""

import json
import math
import re
from datetime import UTC, datetime, timedelta
from typing import Any

from django.utils.dateparse import parse_datetime
from pydantic import ValidationError

from chat.forms import Params

EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
# Times come in seconds, milliseconds, microseconds or nanoseconds: by what they can mean.
UNITS = (1e11, 1e14, 1e17)
_surrogates = re.compile("[\ud800-\udfff\0]")


def text(value: Any, limit: int | None = None) -> str:
    """A text without what no database takes; "" for anything else."""
    if not isinstance(value, str):
        return ""
    return _surrogates.sub("\N{REPLACEMENT CHARACTER}", value if limit is None else value[:limit])


def mapping(value: Any) -> dict[str, Any]:
    """A JSON object; an empty one for anything else."""
    return value if isinstance(value, dict) else {}


def loaded(text: str) -> dict[str, Any]:
    """The JSON object that a text is; an empty one for anything else."""
    try:
        return mapping(json.loads(text))
    except (ValueError, RecursionError):
        return {}


def listing(value: Any) -> list[Any]:
    """A JSON array; an empty one for anything else."""
    return value if isinstance(value, list) else []


def mappings(value: Any) -> list[dict[str, Any]]:
    """The objects of an array."""
    return [each for each in listing(value) if isinstance(each, dict)]


def key(value: Any) -> str:
    """An id: a text or a number; "" for anything else."""
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**20:
        return str(value)
    return text(value, 200)


def count(value: Any) -> int | None:
    """A number of tokens, if it can be one."""
    return value if type(value) is int and 0 <= value < 2**31 else None


def parameters(value: Any) -> dict[str, Any]:
    """Those of an object's values that can be parameters of ours."""
    known: dict[str, Any] = {}
    for name in Params.model_fields.keys() & mapping(value).keys():
        try:
            known |= Params.model_validate({name: value[name]}).given()
        except ValidationError:
            continue
    return known


def time(value: Any) -> datetime | None:
    """A moment given in ISO 8601 or as a number since 1970; None if it makes no sense."""
    try:
        at = _moment(value)
    except (ValueError, OverflowError, OSError):
        return None
    if at is None:
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return at if EARLIEST <= at <= datetime.now(UTC) + timedelta(days=1) else None


def _moment(value: Any) -> datetime | None:
    if isinstance(value, str):
        return parse_datetime(value[:40])
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    seconds = value / 1000 ** sum(value > each for each in UNITS)
    return datetime.fromtimestamp(seconds, UTC)
