"""Server-sent events out of bytes, by the standard."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.upstream import sse
from chat.upstream.sse import Decoder, Event, LineTooLong
from tests.pure.replay import cut


def decoded(*pieces: bytes) -> list[Event]:
    decoder = Decoder()
    events = [event for piece in pieces for event in decoder.feed(piece)]
    return events + decoder.close()


@pytest.mark.parametrize(
    ("stream", "events"),
    [
        (b"", []),
        (b"data: a\n\n", [(b"", b"a")]),
        (b"data:a\n\ndata:  b\n\n", [(b"", b"a"), (b"", b" b")]),
        (b"data: a\r\n\r\ndata: b\r\rdata: c\n\n", [(b"", b"a"), (b"", b"b"), (b"", b"c")]),
        (b"data: a\ndata\ndata: b\n\n", [(b"", b"a\n\nb")]),
        (b"event: error\ndata: a\n\ndata: b\n\n", [(b"error", b"a"), (b"", b"b")]),
        (b"event: alone\n\ndata: b\n\n", [(b"", b"b")]),
        (b": comment\nid: 1\nretry: 5\nfoo\ndata: a\n\n", [(b"", b"a")]),
        (b"\xef\xbb\xbfdata: a\n\n", [(b"", b"a")]),
        (b"data: \xef\xbb\xbf\n\n", [(b"", b"\xef\xbb\xbf")]),
        (b"data: a", [(b"", b"a")]),
        (b"data: a\n", [(b"", b"a")]),
        (b"data: a\n\n\n\n", [(b"", b"a")]),
    ],
)
def test_a_stream_is_the_same_events_however_it_is_cut(
    stream: bytes, events: list[tuple[bytes, bytes]]
) -> None:
    assert decoded(stream) == events
    assert decoded(*cut(stream, range(len(stream)))) == events
    assert decoded(b"", *cut(stream, [2, 5]), b"") == events


@given(
    st.lists(st.sampled_from([b"data: \xc3\xa9", b"\r", b"\n", b":", b"event: x", b"da", b"ta"]))
)
def test_bytes_one_by_one_are_the_same_as_at_once(pieces: list[bytes]) -> None:
    stream = b"".join(pieces)
    assert decoded(*cut(stream, range(len(stream)))) == decoded(stream)


def test_a_line_has_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sse, "LINE_BYTES", 10)
    decoder = Decoder()
    assert decoder.feed(b"data: 1234") == []
    with pytest.raises(LineTooLong):
        decoder.feed(b"5")


def test_an_event_of_many_lines_has_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sse, "LINE_BYTES", 10)
    decoder = Decoder()
    assert decoder.feed(b"data: 1234\ndata: 123456\n") == []
    with pytest.raises(LineTooLong):
        decoder.feed(b"data: 1\n")
