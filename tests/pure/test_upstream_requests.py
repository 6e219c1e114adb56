"""What a server is asked, and what is learned from its refusals."""

import pytest

from chat.upstream.requests import ChatRequest, Dialect

PLAIN = ChatRequest("m", [])


def limited(**params: object) -> ChatRequest:
    return ChatRequest("m", [], params)


@pytest.mark.parametrize(
    "complaint",
    [
        "Unrecognized request argument supplied: stream_options",
        "body.stream_options.include_usage: Extra inputs are not permitted",
        "Unknown field",
        "Unexpected keyword",
        "additional properties are not allowed",
    ],
)
def test_a_strange_field_is_left_out_from_then_on(complaint: str) -> None:
    dialect = Dialect()
    assert dialect.learn(422, complaint, dialect.body(PLAIN))
    assert "stream_options" not in dialect.body(PLAIN)
    assert not dialect.learn(422, complaint, dialect.body(PLAIN))


@pytest.mark.parametrize(
    ("status", "complaint"),
    [
        (400, "image input is not supported by this model"),
        (400, "messages: too long"),
        (500, "unknown field stream_options"),
        (200, ""),
    ],
)
def test_another_complaint_teaches_nothing(status: int, complaint: str) -> None:
    dialect = Dialect()
    assert not dialect.learn(status, complaint, dialect.body(PLAIN))
    assert "stream_options" in dialect.body(PLAIN)


@pytest.mark.parametrize(
    ("mine", "theirs"),
    [("max_tokens", "max_completion_tokens"), ("max_completion_tokens", "max_tokens")],
)
def test_a_limit_takes_the_servers_name_once(mine: str, theirs: str) -> None:
    dialect = Dialect()
    request = limited(**{mine: 5})
    assert dialect.learn(400, f"Unsupported parameter: '{mine}'", dialect.body(request))
    assert dialect.body(request)[theirs] == 5
    assert mine not in dialect.body(request)
    again = f"Unsupported parameter: '{theirs}'. Use '{mine}'."
    assert not dialect.learn(400, again, dialect.body(request))
    assert mine in dialect.body(ChatRequest("other", [], {mine: 5}))


def test_a_limit_that_is_too_large_keeps_its_name() -> None:
    dialect = Dialect()
    request = limited(max_tokens=10**9)
    complaint = "max_tokens is too large: 1000000000"
    assert not dialect.learn(400, complaint, dialect.body(request))
