"""The HTML of an answer that is still arriving."""

import random
import re

from hypothesis import example, given, settings
from hypothesis import strategies as st

from chat.rendering import Blocks, render
from tests.pure.rendering_documents import documents, pieces, specification_examples

_COLOUR = re.compile(r'<span class="hl-\w+">|(?<=.)</span>', re.DOTALL)


def without_colours(html: str) -> str:
    return re.sub(r'<span class="hl-\w+">([^<]*)</span>', r"\1", html)


def settled_late(document: str) -> bool:
    """Tell whether something in `document` may refer to what is defined behind it."""
    return "]:" in document


def follow(parts: list[str]) -> Blocks:
    """Feed `parts`, and check after each what a tab would see."""
    blocks = Blocks()
    sealed: list[str] = []
    for number in range(len(parts)):
        blocks.feed(parts[number])
        assert blocks.sealed[: len(sealed)] == sealed, "sealed blocks changed"
        sealed = list(blocks.sealed)
        so_far = "".join(parts[: number + 1])
        if not settled_late(so_far) and not so_far.endswith("\r"):
            assert without_colours(shown(blocks)) == without_colours(
                render(visible(blocks, so_far))
            )
    return blocks


def shown(blocks: Blocks) -> str:
    return "".join(blocks.sealed) + blocks.tail


def visible(blocks: Blocks, document: str) -> str:
    return document.replace("\r\n", "\n").replace("\r", "\n").removesuffix(blocks.held)


@settings(max_examples=1000, deadline=None)
@given(documents, st.lists(st.integers(0, 300), max_size=20))
def test_at_every_moment_a_tab_shows_the_document_so_far(document: str, cuts: list[int]) -> None:
    assert follow(pieces(document, cuts)).finish() == render(document)


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
