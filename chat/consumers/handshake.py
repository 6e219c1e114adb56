"""Who knocks at the socket, and from which page."""

from types import SimpleNamespace
from typing import Any, cast
from urllib.parse import parse_qs

from django.conf import settings
from django.http import HttpRequest, parse_cookie
from django.http.request import split_domain_port, validate_host
from django.utils import translation

FORBIDDEN = 4403
TOO_MANY = 4429
INTERNAL_ERROR = 1011


def header(scope: dict[str, Any], name: bytes) -> str:
    """The last value of a header; "" if it is missing."""
    values = [value for key, value in scope["headers"] if key == name]
    return values[-1].decode("latin-1") if values else ""


def session_key(scope: dict[str, Any]) -> str:
    """The session cookie; "" if there is none."""
    return _cookies(scope).get(settings.SESSION_COOKIE_NAME, "")


def _cookies(scope: dict[str, Any]) -> dict[str, str]:
    """As Django reads them for a page: what another site of this host left hides none of ours."""
    return parse_cookie(header(scope, b"cookie"))


def activate_language(scope: dict[str, Any]) -> None:
    """Speak the person's language, in the task that serves this connection and in its own tasks.

    What all tabs on an answer are told at once is said in the language of whoever asks first: they
    are tabs of one person.
    """
    request = SimpleNamespace(
        COOKIES=_cookies(scope),
        META={"HTTP_ACCEPT_LANGUAGE": header(scope, b"accept-language")},
    )
    translation.activate(translation.get_language_from_request(cast(HttpRequest, request)))


def same_origin(scope: dict[str, Any]) -> bool:
    """Whether the page that opened the socket is one of ours.

    Its origin must be the host that was asked for, one of ALLOWED_HOSTS, or else be listed in
    CSRF_TRUSTED_ORIGINS. Browsers always send an Origin with a WebSocket.
    """
    origin = header(scope, b"origin")
    if origin in settings.CSRF_TRUSTED_ORIGINS:
        return True
    host = header(scope, b"host").lower()
    name, _port = split_domain_port(host)
    if origin.lower() not in (f"http://{host}", f"https://{host}"):
        return False
    return bool(name) and validate_host(name, settings.ALLOWED_HOSTS)


def live_start(scope: dict[str, Any]) -> int | None:
    """The message at which the page's live end starts, as its address says."""
    given = parse_qs(scope["query_string"].decode("latin-1")).get("from", [""])[-1]
    return int(given) if given.isascii() and given.isdigit() and len(given) < 19 else None
