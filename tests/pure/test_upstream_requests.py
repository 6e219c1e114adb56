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


CLOCK = {"type": "function", "function": {"name": "clock", "parameters": {}}}


@pytest.mark.parametrize(
    ("status", "complaint"),
    [
        (400, "registry.ollama.ai/library/gemma:2b does not support tools"),
        (400, '"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser'),
        (500, "tools param requires --jinja flag"),
        (404, "No endpoints found that support tool use."),
        (400, "Unsupported parameter: 'tools' is not supported with this model."),
        (422, "body.tools: Extra inputs are not permitted"),
        (400, "`tool calling` is not supported with this model"),
    ],
)
def test_a_model_that_takes_no_tools_is_asked_without_from_then_on(
    status: int, complaint: str
) -> None:
    dialect = Dialect()
    result = {"role": "tool", "tool_call_id": "a", "content": "1"}
    request = ChatRequest("m", [result], {}, [CLOCK], "none")
    assert dialect.body(request)["tool_choice"] == "none"
    assert dialect.learn(status, complaint, dialect.body(request))
    body = dialect.body(request)
    assert "tools" not in body and "tool_choice" not in body and body["messages"] == []
    assert "tools" in dialect.body(ChatRequest("other", [], {}, [CLOCK]))


@pytest.mark.parametrize(
    "complaint",
    [
        "Invalid schema for function 'clock'",
        "messages with role 'tool' must be a response to a preceding message with 'tool_calls'",
        "image input is not supported by this model",
    ],
)
def test_another_complaint_keeps_the_tools(complaint: str) -> None:
    dialect = Dialect()
    request = ChatRequest("m", [], {}, [CLOCK])
    assert not dialect.learn(400, complaint, dialect.body(request))
    assert "tools" in dialect.body(request)
