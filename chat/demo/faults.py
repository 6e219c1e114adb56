"""Words that make something fail, and what a server says when it does."""

import json
from collections.abc import Callable

from chat.demo.answer import Answer, Fault
from chat.demo.asked import Asked
from chat.demo.refusal import Refusal
from chat.demo.texts import text

FAILED = "The demo model fails before its first word, as asked."
REFUSALS = {
    "error": Refusal(500, FAILED, "server_error", "server_error"),
    "error 400": Refusal(400, "The demo model finds a field it does not like.", param="top_k"),
    "error context": Refusal(
        400,
        "This model's maximum context length is 8192 tokens, but your messages have 9001.",
        code="context_length_exceeded",
        param="messages",
    ),
    "error 401": Refusal(401, "Incorrect API key provided: demo.", code="invalid_api_key"),
    "error 403": Refusal(403, "You may not use this model.", "permission_error", "forbidden"),
    "error 404": Refusal(404, "The model `demo` does not exist.", code="model_not_found"),
    "error 422": Refusal(
        422,
        "",
        raw=json.dumps(
            {
                "detail": [
                    {
                        "loc": ["body", "max_tokens"],
                        "msg": "Input should be greater than 0",
                        "type": "greater_than",
                    }
                ]
            }
        ),
    ),
    "error 429": Refusal(
        429,
        "Rate limit reached: 3 requests a minute. Please try again in 2 s.",
        "requests",
        "rate_limit_exceeded",
        headers=(("Retry-After", "2"),),
    ),
    "error quota": Refusal(
        429,
        "You exceeded your current quota, please check your plan and billing details.",
        "insufficient_quota",
        "insufficient_quota",
    ),
    "error 502": Refusal(
        502,
        "",
        raw="<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>",
        content_type="text/html",
    ),
    "error 503": Refusal(503, "The model is overloaded.", "server_error", "overloaded"),
    "error plain": Refusal(500, "", raw="Internal Server Error", content_type="text/plain"),
    "error message": Refusal(
        500, "", raw=json.dumps({"error": "out of memory at /srv/models/secret.gguf"})
    ),
}


def refuse(phrase: str) -> Callable[[Asked], Answer]:
    """Return the word that refuses with this error."""
    return lambda asked: Answer(refusal=REFUSALS[phrase])


def failing(fault: Fault, rest: str = "") -> Callable[[Asked], Answer]:
    """Return the word that writes half an answer and then has this fault."""
    return lambda asked: Answer(text=text("half"), fault=fault, rest=rest)


def only(fault: Fault) -> Callable[[Asked], Answer]:
    """Return the word that has this fault and says nothing."""
    return lambda asked: Answer(fault=fault)
