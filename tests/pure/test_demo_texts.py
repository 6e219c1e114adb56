"""The demo model's texts and how they are cut, without a socket."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.demo import expected, expected_text, plain
from chat.demo.options import Options, split
from chat.demo.stream import intervals
from chat.demo.tokens import cut
from chat.demo.words import WORDS


@given(st.text())
def test_the_pieces_of_any_text_are_the_text(text: str) -> None:
    assert "".join(cut(text)) == text


@pytest.mark.parametrize("text", [expected("long"), expected(""), expected_text(5000)])
def test_a_token_is_about_four_characters_and_does_not_always_end_with_its_word(text: str) -> None:
    pieces = cut(text)
    assert 3.2 < len(text) / len(pieces) < 4.8
    assert sum(piece.isalpha() for piece in pieces) > len(pieces) / 20


def test_the_long_answer_is_long() -> None:
    assert len(expected("long").split()) > 2000


@pytest.mark.parametrize("tokens", [1, 50, 1234])
@pytest.mark.parametrize("seed", [0, 7])
def test_a_bench_text_has_exactly_so_many_tokens_and_is_always_the_same(
    tokens: int, seed: int
) -> None:
    text = expected_text(tokens, seed)
    assert len(cut(text)) == tokens
    assert expected(f"bench tokens={tokens} seed={seed} rate=0") == text
    assert expected_text.__wrapped__(tokens, seed) == text


def test_bench_texts_of_different_seeds_differ_and_hold_every_kind_of_block() -> None:
    text = expected_text(5000)
    assert text != expected_text(5000, 1)
    for sign in ("\n## ", "\n- ", "\n```", "\n| ", "**", "`"):
        assert sign in text


def test_every_text_can_be_encoded() -> None:
    for word in WORDS:
        assert expected(word.phrase).encode() is not None


def test_stamps_can_be_taken_out_of_a_text() -> None:
    assert plain("one⟦1:123⟧ two⟦2:456⟧") == "one two"


@pytest.mark.parametrize(
    ("message", "options", "rest"),
    [
        ("long rate=50", "rate=50", "long "),
        ("rate=50, tokens=7 long", "rate=50 tokens=7", "long"),
        ("rate=0 echo rate=5", "rate=0", "echo rate=5"),
        ("echo rate=5", "", "echo rate=5"),
        ("what does rate=fast mean", "", "what does rate=fast mean"),
        ("rate=-1 or separate=5", "", "rate=-1 or separate=5"),
    ],
)
def test_options_are_found_in_a_message(message: str, options: str, rest: str) -> None:
    assert split(message) == (options, rest)


def test_options_are_bounded_and_later_ones_win() -> None:
    assert Options().read("tokens=999999").tokens == 100_000
    assert Options().read("start=9999").start == 600
    assert Options().read("rate=5").read("rate=7.5") == Options(rate=7.5)


def test_a_rate_is_kept_on_average_evenly_only_if_asked_for_exactly() -> None:
    exact, natural = intervals(50, exact=True), intervals(50, exact=False)
    assert {next(exact) for _ in range(100)} == {0.02}
    uneven = [next(natural) for _ in range(970)]
    assert len(set(uneven)) > 50
    assert sum(uneven) / 970 == pytest.approx(0.02, rel=0.05)
    assert next(intervals(0, exact=False)) == 0
