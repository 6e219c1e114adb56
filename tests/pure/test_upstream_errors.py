"""Errors: few codes, a calm sentence, and nothing in the log that does not belong there."""

from typing import Any, get_args

import pytest

from chat.upstream.errors import SENTENCES, Code, decode, refused, reported
from chat.upstream.redact import CHARACTERS, redacted


def test_every_code_has_a_sentence() -> None:
    assert set(SENTENCES) == set(get_args(Code))
    assert all(sentence.endswith(".") and len(sentence) < 80 for sentence in SENTENCES.values())


@pytest.mark.parametrize(
    ("status", "body", "code", "retryable"),
    [
        (401, b"", "unauthorized", False),
        (
            403,
            b'{"error": "You may not use the model x: model not available"}',
            "model_unavailable",
            False,
        ),
        (500, b'{"error": {"message": "Authentication failed"}}', "unauthorized", False),
        (
            404,
            b'{"error": "model \'x\' not found, try pulling it first"}',
            "model_unavailable",
            False,
        ),
        (404, b"<html>", "unreachable", False),
        (405, b'{"detail": "Method Not Allowed"}', "unreachable", False),
        (307, b"", "unreachable", False),
        (
            400,
            b'{"object":"error","message":"bad","type":"BadRequestError","code":400}',
            "bad_request",
            False,
        ),
        (
            400,
            b'{"error": {"message": ["a", {"msg": "b"}, 7], "code": null}}',
            "bad_request",
            False,
        ),
        (
            422,
            b'{"detail": [{"loc": ["body", "model"], "msg": "Field required"}]}',
            "bad_request",
            False,
        ),
        (408, b"", "timeout", True),
        (429, b"", "rate_limited", True),
        (429, b'{"error": {"code": "insufficient_quota"}}', "quota", False),
        (
            529,
            b'{"type":"error","error":{"type":"overloaded_error","message":"x"}}',
            "rate_limited",
            True,
        ),
        (500, b'{"error": {"message": "\xff\xfe", "type": 5}}', "server_error", True),
        (500, b"[1]", "server_error", True),
        (503, b'{"errors": ["a", "b"]}', "server_error", True),
    ],
)
def test_a_refusal_is_one_of_few_kinds(
    status: int, body: bytes, code: str, retryable: bool
) -> None:
    error = refused(status, body)
    assert (error.code, error.retryable, error.status) == (code, retryable, status)


@pytest.mark.parametrize(
    ("chunk", "code"),
    [
        ({"error": {"message": "slow down", "code": 429}}, "rate_limited"),
        ({"error": {"message": "slow down", "code": "429"}}, "rate_limited"),
        ({"error": {"message": "boom", "code": "boom"}}, "server_error"),
        ({"error": "context window exceeded"}, "context_too_long"),
        ({"error": {"message": "x", "code": 0}}, "server_error"),
    ],
)
def test_an_error_in_a_stream_is_one_of_few_kinds(chunk: dict[str, Any], code: str) -> None:
    error = reported(chunk)
    assert error is not None
    assert error.code == code


@pytest.mark.parametrize("chunk", [{}, {"error": None}, {"choices": [], "message": "x"}, {"id": 1}])
def test_what_tells_of_no_error_is_none(chunk: dict[str, Any]) -> None:
    assert reported(chunk) is None


@pytest.mark.parametrize(
    ("header", "seconds"), [("", None), ("2", 2.0), ("-1", 0.0), ("Sun", None)]
)
def test_a_wait_is_told_in_seconds(header: str, seconds: float | None) -> None:
    assert refused(429, b"", header).retry_after == seconds


@pytest.mark.parametrize(
    ("data", "value"),
    [
        (b'{"a": "\xff"}', {"a": "\ufffd"}),
        (rb'"\ud83d"', "?"),
        (rb'"\ud83d\ude00"', "😀"),
        (b'{"a": NaN}', {"a": None}),
        (b"{", None),
        (b"", None),
        (b"[" * 100_000, None),
    ],
)
def test_json_is_read_as_far_as_it_has_a_meaning(data: bytes, value: object) -> None:
    assert decode(data) == value


def message(content: object) -> list[dict[str, Any]]:
    return [{"role": "user", "content": content}]


def test_a_log_line_holds_no_key_and_nothing_that_was_written() -> None:
    written = "My salary is 4711 a month,\nplease do not tell."
    detail = f"400 bad: key-of-the-site sk-abc123456 Bearer abcdefgh {written[:30]} and more"
    shown = redacted(detail, "key-of-the-site", message(written))
    assert shown.startswith("400 bad: … … …")
    assert shown.endswith("and more")
    for secret in ("key-of-the-site", "abc123456", "abcdefgh", "4711", "salary"):
        assert secret not in shown


def test_a_word_in_place_of_a_key_is_left_in_a_log_line() -> None:
    assert redacted("ollama: no such model", "ollama", []) == "ollama: no such model"


def test_a_log_line_holds_nothing_of_the_parts_of_a_message() -> None:
    parts = [{"type": "text", "text": "the quick brown fox jumps"}, {"type": "x", "n": 7}]
    assert redacted("500 said: quick brown fox!", "", message(parts)) == "500 said:…!"


def test_a_log_line_holds_no_quoted_input() -> None:
    detail = "1 error [type=x, input_value={'content': 'Hel...'}, input_type=dict]"
    assert redacted(detail, "", []) == "1 error [type=x, input_value=…, input_type=dict]"


def test_a_log_line_is_short() -> None:
    assert len(redacted("word " * 1000, "", [])) <= CHARACTERS
