"""What can go wrong with a model, in a few codes with a sentence each for the person."""

import re
from collections.abc import Mapping
from typing import Any, Literal

import orjson


def _(sentence: str) -> str:
    """Mark a sentence for the catalogues; it is translated where it is shown."""
    return sentence


Code = Literal[
    "unauthorized",
    "model_unavailable",
    "context_too_long",
    "no_images",
    "rate_limited",
    "quota",
    "bad_request",
    "unreachable",
    "timeout",
    "cut",
    "garbled",
    "server_error",
    "filtered",
    "empty",
]
SENTENCES: dict[Code, str] = {
    "unauthorized": _("The model server did not accept the key of this site."),
    "model_unavailable": _("The model server does not offer this model."),
    "context_too_long": _("This conversation is too long for the model."),
    "no_images": _("This model cannot see images. Choose another, or send it without them."),
    "rate_limited": _("The model server is busy. Please try again in a moment."),
    "quota": _("The quota of the model server is used up."),
    "bad_request": _("The model server refused the request."),
    "unreachable": _("The model server cannot be reached."),
    "timeout": _("The model server did not answer in time."),
    "cut": _("The connection to the model server was lost."),
    "garbled": _("The model server answered in a way that could not be understood."),
    "server_error": _("The model server has a problem of its own."),
    "filtered": _("The model server's content filter refused this."),
    "empty": _("The model server sent an empty answer."),
}
NO_SERVICE = _("There is no chat service at the address of the model server.")
# What may help where asking again cannot, unless the sentence itself says it.
ADVICE: Mapping[str, str] = {
    "unauthorized": _("Please tell the administrator."),
    "model_unavailable": _("Choose another model."),
    "context_too_long": _("Shorten the message, begin a new chat, or choose another model."),
    "quota": _("Please tell the administrator."),
    "bad_request": _("Other settings or another model may help."),
    "unreachable": _("Please tell the administrator."),
}
_RETRYABLE: frozenset[Code] = frozenset(
    {"rate_limited", "unreachable", "timeout", "cut", "garbled", "server_error", "empty"}
)


class UpstreamError(Exception):
    """No answer, or no more of it: `text` is for the person, `detail` for the log."""

    def __init__(
        self,
        code: Code,
        text: str = "",
        *,
        retryable: bool | None = None,
        detail: str = "",
        status: int = 0,
        retry_after: float | None = None,
    ) -> None:
        self.code: Code = code
        self.text = text or SENTENCES[code]
        self.retryable = code in _RETRYABLE if retryable is None else retryable
        self.detail = detail
        self.status = status
        self.retry_after = retry_after
        super().__init__(code)

    def __str__(self) -> str:
        return f"{self.code}: {self.detail}"


def refused(status: int, body: bytes, retry_after: str = "") -> UpstreamError:
    """The error that an HTTP answer other than 200 means."""
    decoded = decode(body)
    error = reported(decoded, status) if isinstance(decoded, dict) else None
    if error is None:
        error = _error(status, "", body.decode(errors="replace") if decoded is None else "")
    error.retry_after = _seconds(retry_after)
    return error


def reported(body: dict[str, Any], status: int = 0) -> UpstreamError | None:
    """The error that a JSON object tells of, if it does: in an answer, or within a stream."""
    told = body.get("error") or body.get("detail") or body.get("errors")
    if not told and "choices" not in body and isinstance(body.get("message"), str):
        told = body
    if not told:
        return None
    if not isinstance(told, dict):
        return _error(status, "", _said(told))
    code = told.get("code")
    if not status and str(code).isdecimal():
        status = int(str(code))
    names = f"{told.get('type') or ''} {code if code is not None else ''}".strip()
    return _error(status, names, _said(told.get("message")))


def decode(data: bytes) -> Any:
    """JSON decoded, with lone surrogates and broken UTF-8 replaced; None if it is none."""
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError:
        return _mended(data)


def _mended(data: bytes) -> Any:
    import json

    try:
        loose = json.loads(data.decode(errors="replace"), parse_constant=lambda _: None)
        return orjson.loads(json.dumps(loose, ensure_ascii=False).encode(errors="replace"))
    except (ValueError, RecursionError):
        return None


def _error(status: int, names: str, message: str) -> UpstreamError:
    code, text = _code(status, f"{names} {message}".lower())
    detail = " ".join(f"{status or ''} {names} {message}".split())
    # A request that is wrong stays wrong; so does an address.
    retryable = False if code == "unreachable" else None
    return UpstreamError(code, text, detail=detail, retryable=retryable, status=status)


_WORDS: tuple[tuple[Code, str], ...] = (
    ("quota", r"insufficient_quota|billing|exceeded your current quota|credit balance|\bcredits\b"),
    ("rate_limited", r"rate.?limit|throttl|too many requests|overloaded"),
    (
        "context_too_long",
        (
            r"context.?(length|window|size)|maximum context|prompt is too long|too many tokens"
            r"|exceed_context|input is too long|request too large"
        ),
    ),
    (
        "no_images",
        (
            r"image.?url|image (input|content)|\d+ image\(s\)|support.{0,24}(images?|vision)\b"
            r"|not (a )?(multimodal|vision)|mmproj|content.{0,12}must be a (string|text)"
        ),
    ),
    ("filtered", r"content_filter|content_policy|content management policy|responsibleai"),
    (
        "unauthorized",
        (
            r"invalid.?api.?key|incorrect api key|api key|authentication|unauthorized"
            r"|invalid.?token|no_db_connection"
        ),
    ),
    (
        "model_unavailable",
        (
            r"model_not_found|unknown model|invalid model|no such model|model.{0,80}"
            r"(not found|does not exist|not available|not loaded|not supported|no access)"
        ),
    ),
)
_BY_STATUS: dict[int, Code] = {
    401: "unauthorized",
    402: "quota",
    403: "unauthorized",
    408: "timeout",
    413: "context_too_long",
    429: "rate_limited",
    504: "timeout",
}


def _code(status: int, words: str) -> tuple[Code, str]:
    """The code for an HTTP status (0: none) and a server's words in lower case."""
    if status in (401, 402):
        return _BY_STATUS[status], ""
    for code, pattern in _WORDS:
        if re.search(pattern, words):
            return code, ""
    if status in _BY_STATUS:
        return _BY_STATUS[status], ""
    if status in (404, 405) or 300 <= status < 400:
        return "unreachable", NO_SERVICE
    if 400 <= status < 500:
        return "bad_request", ""
    return "server_error", ""


def _said(value: object) -> str:
    """A server's words: text, or a list of complaints without the input they quote."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return "; ".join(_said(item) for item in value)
    if isinstance(value, dict):
        where = value.get("loc")
        place = ".".join(str(step) for step in where) if isinstance(where, list) else ""
        return f"{place} {_said(value.get('msg') or value.get('message'))}".strip()
    return ""


def _seconds(header: str) -> float | None:
    try:
        return max(0.0, float(header))
    except ValueError:
        return None
