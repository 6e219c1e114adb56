"""What real servers sent, replayed from a socket and cut at awkward places."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chat.stream.entries import Entry
from chat.upstream import UpstreamError
from chat.upstream.parser import Parser
from tests.pure.replay import Transcript, cut, load
from tests.pure.replayed import Heard, awkward, hear

pytestmark = pytest.mark.usefixtures("tried_once")

OWN = sorted((Path(__file__).parent / "transcripts").glob("*.txt"))


def parsed(pieces: list[bytes]) -> Heard:
    """The same without a socket: a body fed to the parser in these pieces."""
    heard, entries, parser = Heard(), list[Entry](), Parser()
    try:
        for piece in pieces:
            parser.feed(piece, entries)
            if parser.over:
                break
        else:
            parser.end(entries)
    except UpstreamError as error:
        heard.error = error.code
    parser.flush(entries)
    heard.finish = None if heard.error else parser.deltas.finish_reason
    heard.add(entries)
    return heard


def expected(transcript: Transcript) -> Heard:
    return Heard(**{k: v for k, v in json.loads(transcript.expect).items() if k != "tokens"})


@pytest.mark.parametrize("path", OWN, ids=lambda path: path.stem)
async def test_an_answer_is_heard_the_same_however_it_is_cut(path: Path) -> None:
    transcript = load(path)
    wire = transcript.pieces()
    assert await hear(wire) == expected(transcript)
    assert await hear([b"".join(wire)]) == expected(transcript)
    inside = transcript.pieces(cut(transcript.body, awkward(transcript.body)))
    assert await hear(inside) == expected(transcript)
    whole = b"".join(inside)
    assert await hear(cut(whole, awkward(whole))) == expected(transcript)


@pytest.mark.parametrize("name", ["text", "think", "tools-in-pieces", "return-and-newline"])
async def test_an_answer_is_heard_a_byte_at_a_time(name: str) -> None:
    transcript = load(OWN[0].with_name(f"{name}.txt"))
    wire = b"".join(transcript.pieces(cut(transcript.body, range(0, len(transcript.body), 7))))
    assert await hear(cut(wire, range(len(wire)))) == expected(transcript)


BODIES = [
    transcript
    for transcript in map(load, OWN)
    if transcript.head.startswith(b"HTTP/1.1 200")
    and not transcript.broken
    and b"gzip" not in transcript.head
]


@given(st.data(), st.sampled_from(BODIES))
def test_a_body_is_read_the_same_whatever_its_pieces(
    data: st.DataObject, transcript: Transcript
) -> None:
    places = data.draw(st.lists(st.integers(0, len(transcript.body)), max_size=40))
    assert parsed(cut(transcript.body, places)) == expected(transcript)


@pytest.mark.parametrize("transcript", BODIES, ids=lambda transcript: transcript.name)
def test_a_body_is_read_byte_for_byte(transcript: Transcript) -> None:
    assert parsed(cut(transcript.body, range(len(transcript.body)))) == expected(transcript)


@given(st.lists(st.integers(0, 2000), max_size=30), st.lists(st.integers(0, 3000), max_size=30))
@settings(max_examples=15)
async def test_any_chunks_and_any_cuts_give_the_same_answer(
    chunks: list[int], places: list[int]
) -> None:
    transcript = load(OWN[0].with_name("think.txt"))
    wire = b"".join(transcript.pieces(cut(transcript.body, chunks)))
    assert await hear(cut(wire, places)) == expected(transcript)
