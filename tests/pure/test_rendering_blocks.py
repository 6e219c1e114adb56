"""The HTML of an answer that is still arriving."""

import random
import re

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from chat.demo import expected
from chat.rendering import Blocks, OpenCode, render
from tests.pure.rendering_documents import (
    documents,
    from_fragments,
    pieces,
    specification_examples,
)

cut_places = st.lists(st.integers(0, 300), max_size=20)


def without_colours(html: str) -> str:
    return re.sub(r'<span class="hl-\w+">([^<]*)</span>', r"\1", html)


def shown(blocks: Blocks) -> str:
    return "".join(blocks.sealed) + blocks.tail


def open_code(blocks: Blocks) -> OpenCode | None:
    return blocks.open_code


def assert_shows(blocks: Blocks, document: str) -> None:
    """Fail unless the tab shows `document`, but for what is held and the colours of open code."""
    clear = document.replace("\r\n", "\n").replace("\r", "\n").removesuffix(blocks.held)
    assert without_colours(shown(blocks)) == without_colours(render(clear))


def follow(parts: list[str], *, late: str = "]:") -> Blocks:
    """Feed `parts`, and check after each what a tab would see; `late` marks definitions."""
    blocks = Blocks()
    document = ""
    sealed: list[str] = []
    for part in parts:
        blocks.feed(part)
        document += part
        assert blocks.sealed[: len(sealed)] == sealed, "a sealed block has changed"
        sealed = list(blocks.sealed)
        if late not in document:
            assert_shows(blocks, document)
    return blocks


@settings(max_examples=600)
@given(documents, cut_places)
def test_at_every_moment_a_tab_shows_the_document_so_far(document: str, cuts: list[int]) -> None:
    assert follow(pieces(document, cuts)).finish() == render(document)


BARE_MARKERS_BELOW_A_DEFINITION = re.compile(r"\]:[^\n]*\n[ \t]*[-+*=>\d][-+*=>\d.) \t]*(\n|$)")


@settings(max_examples=300)
@given(from_fragments, cut_places)
def test_what_was_defined_before_is_known_at_once(document: str, cuts: list[int]) -> None:
    document = "[ foo]: https://a.example/?x=%20&#60;'(\\\\)\n\n# Then\n\n" + document
    document = document.replace("[^1]", "1")
    # The renderer takes a definition above lines of mere markers for text, but only by itself.
    assume(not BARE_MARKERS_BELOW_A_DEFINITION.search(document))
    assert follow(pieces(document, cuts), late="[^").finish() == render(document)


def test_every_example_of_the_specification_arrives_in_any_pieces() -> None:
    chance = random.Random(7)
    for document in specification_examples():
        assert follow(list(document)).finish() == render(document)
        cuts = [chance.randrange(len(document) + 1) for _ in range(6)]
        assert follow(pieces(document, cuts)).finish() == render(document)


def test_the_whole_specification_arrives_line_by_line() -> None:
    document = "\n".join(specification_examples())
    blocks = Blocks()
    for line in document.splitlines(keepends=True):
        blocks.feed(line)
        assert blocks.tail is not None
    assert blocks.finish() == render(document)


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_line_ends_may_be_of_any_kind_and_cut_in_two(ending: str) -> None:
    document = ending.join(["one", "", "```", "two", "```", "three", ""])
    blocks = Blocks()
    for character in document:
        blocks.feed(character)
        assert blocks.tail is not None
    assert shown(blocks) == render(document) == render(document.replace(ending, "\n"))


def test_a_paragraph_is_sealed_by_a_blank_line() -> None:
    blocks = Blocks()
    blocks.feed("One *word* and\n")
    assert (blocks.sealed, blocks.tail) == ([], "<p>One <em>word</em> and</p>\n")
    blocks.feed("more.\n \n")
    assert (blocks.sealed, blocks.tail) == (["<p>One <em>word</em> and\nmore.</p>\n"], "")


def test_a_list_stays_open_behind_a_blank_line() -> None:
    blocks = Blocks()
    blocks.feed("- a\n\n")
    assert blocks.sealed == []
    blocks.feed("- b\n\nEnd of it.\n")
    assert len(blocks.sealed) == 1
    assert blocks.sealed[0].count("<li><p>") == 2


def test_an_open_fence_grows_and_is_coloured_when_it_closes() -> None:
    blocks = Blocks()
    blocks.feed("Look:\n```py")
    assert (blocks.open_code, blocks.held) == (None, "```py")
    blocks.feed("thon\n")
    assert blocks.open_code == OpenCode(1, "")
    blocks.feed("x = 1\n")
    assert blocks.open_code == OpenCode(1, "x = 1\n")
    assert '<code class="language-python">x = 1\n</code>' in blocks.tail
    blocks.feed("``")
    assert blocks.open_code == OpenCode(1, "x = 1\n")
    blocks.feed("`\nBut")
    assert open_code(blocks) is None
    assert '<span class="hl-mi">1</span>' in blocks.sealed[1]
    assert blocks.tail == "<p>But</p>\n"


def test_what_only_looks_like_the_end_of_a_fence_is_shown_late() -> None:
    blocks = Blocks()
    blocks.feed("````\na\n```")
    assert blocks.open_code == OpenCode(1, "a\n")
    blocks.feed(" b")
    assert blocks.open_code == OpenCode(1, "a\n``` b")
    blocks.feed("```` c\nd\n")
    assert blocks.open_code == OpenCode(1, "a\n``` b```` c\nd\n")


def test_each_fence_has_its_own_number() -> None:
    blocks = Blocks()
    blocks.feed("```\na")
    assert blocks.open_code == OpenCode(1, "a")
    blocks.feed("\n```\n\n~~~\nb")
    assert blocks.open_code == OpenCode(2, "b")
    assert len(blocks.sealed) == 1


@settings(max_examples=200)
@given(from_fragments, cut_places)
def test_the_text_of_open_code_only_grows(document: str, cuts: list[int]) -> None:
    blocks = Blocks()
    before: OpenCode | None = None
    for part in pieces("```\n" + document, cuts):
        blocks.feed(part)
        now = blocks.open_code
        if now and before and now.number == before.number:
            assert now.text.startswith(before.text)
        if now:
            assert blocks.tail.count("<code") == 1
        before = now


TABLE = "| a | b |\n|---|---|\n"


@pytest.mark.parametrize(
    ("so_far", "held"),
    [
        ("Options:\n-", "-"),
        ("Total\n==", "=="),
        ("> a\n> -", "> -"),
        ("``", "``"),
        ("~~~", "~~~"),
        ("| a | b |\n|---|:-", "|---|:-"),
        (f"{TABLE}| `co", "| `co"),
        (f"{TABLE}| x | `co", " `co"),
        (f"{TABLE}| x | `a \\| b", " `a \\| b"),
        (f"{TABLE}| x | `code` |", ""),
        (f"{TABLE}| x | {'y' * 300}", ""),
        ("|x| is `co", ""),
    ],
)
def test_a_line_that_is_not_yet_clear_does_not_flash(so_far: str, held: str) -> None:
    blocks = Blocks()
    blocks.feed(so_far)
    assert blocks.held == held
    assert shown(blocks) == render(so_far.removesuffix(held))
    assert blocks.finish() == render(so_far)


def test_no_cell_of_the_demo_models_table_shows_half_of_its_code() -> None:
    blocks = Blocks()
    for piece in re.findall(r"(?s).{1,3}", expected("table")):
        blocks.feed(piece)
        cells = re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", blocks.tail)
        assert not [cell for cell in cells if "`" in cell]


def test_half_a_link_is_text() -> None:
    blocks = Blocks()
    blocks.feed("See [the docs](https://docs.exa")
    assert "<p>See [the docs](<a" in blocks.tail
    blocks.feed("mple)")
    assert blocks.tail.count("<a ") == 1
    assert ">the docs</a></p>" in blocks.tail


def test_references_to_what_comes_later_are_settled_at_the_end() -> None:
    blocks = Blocks()
    blocks.feed("See [here] and below[^1].\n\n")
    assert blocks.sealed == ["<p>See [here] and below[^1].</p>\n"]
    blocks.feed("[here]: https://a.example\n\n[^1]: Note.\n")
    assert '<a href="https://a.example"' in blocks.finish()
    assert 'below<sup class="footnote-ref">1</sup>' in blocks.finish()


@pytest.mark.parametrize(
    "document",
    [
        "# Head\n[foo]: /url\n'one\ntwo'\n\nthree\n",
        "-\n[foo]: /url 'title'\n     ```\n",
        "text\n\n[foo]: /url\n'one\n\n[foo]\n",
    ],
)
def test_a_definition_may_go_on_in_the_next_lines(document: str) -> None:
    every_character = pieces(document, list(range(len(document))))
    assert follow(every_character, late="\0").finish() == render(document)
    assert follow([document], late="\0").finish() == render(document)


def test_code_in_a_list_is_coloured_once_it_is_closed() -> None:
    blocks = Blocks()
    blocks.feed("- a\n\n  ```py\n  x = 1\n")
    assert "hl-" not in blocks.tail
    blocks.feed("  ```\n")
    assert "hl-" in blocks.tail
