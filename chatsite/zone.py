"""Days and hours as they are where the person's browser is: it tells in a cookie."""

import re
from collections.abc import Awaitable, Callable
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from asgiref.sync import iscoroutinefunction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.decorators import sync_and_async_middleware

NAME = re.compile(r"[A-Z][A-Za-z_]{1,30}(/[A-Za-z0-9_+-]{1,30}){1,2}")

Handler = Callable[[HttpRequest], Any]


@sync_and_async_middleware
def local_time(get_response: Handler) -> Handler:
    """Answer each request in the time zone of its cookie `zone`; in UTC without one."""
    if iscoroutinefunction(get_response):

        async def answer_later(request: HttpRequest) -> HttpResponse:
            with timezone.override(zone_of(request)):
                later: Awaitable[HttpResponse] = get_response(request)
                return await later

        return answer_later

    def answer(request: HttpRequest) -> HttpResponse:
        with timezone.override(zone_of(request)):
            response: HttpResponse = get_response(request)
            return response

    return answer


def zone_of(request: HttpRequest) -> ZoneInfo | None:
    """The zone that the browser names, if there is one of that name."""
    name = request.COOKIES.get("zone", "")
    if not NAME.fullmatch(name):
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
