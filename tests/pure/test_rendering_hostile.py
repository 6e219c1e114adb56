"""A model may write anything: nothing of it ever becomes live, wherever it is cut."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from chat.rendering import Blocks, render
from tests.pure.rendering_documents import documents, pieces
from tests.pure.rendering_safety import assert_safe

CORPUS = Path(__file__).parent / "hostile"
FILES = sorted(path.name for path in CORPUS.glob("*.txt"))

EVERYWHERE = [
    *("{}", "# {}", "- {}", "1. text\n\n   {}", "> {}", "text {} text", "**{}**", "`{}`", "    {}"),
    *("```html\n{}\n```", "```{}\nx\n```", "~~~{}\nx", "| a |\n|---|\n| {} |", "[{}](https://a.b)"),
    *("[a]({})", "[a](<{}>)", '[a](https://a.b "{}")', "![{}](https://a.b)", "![a]({})", "<{}>"),
    *(
        "[a][b]\n\n[b]: {}",
        "[b]: https://a.b '{}'\n\n[b]",
        "x[^1]\n\n[^1]: {}",
        "[^{}]\n\n[^{}]: x",
    ),
    *("${}$", "$${}$$", r"\({}\)", "\\[\n{}\n\\]", "<div>\n{}\n</div>", "<!-- {} -->", "- [ ] {}"),
    *('<a href="{}">x</a>', "https://a.b/{}", "{}\n===", "> [!NOTE]\n> {}", "| {} |\n|---|\n| a |"),
]


def payloads(name: str) -> Iterator[str]:
    yield from (CORPUS / name).read_text().splitlines()


def assert_safe_at_every_moment(parts: list[str]) -> None:
    blocks = Blocks()
    for part in parts:
        blocks.feed(part)
        assert_safe(blocks.tail)
    for sealed in blocks.sealed:
        assert_safe(sealed)


@pytest.mark.parametrize("name", FILES)
def test_nothing_hostile_becomes_live_anywhere(name: str) -> None:
    for payload in payloads(name):
        for place in EVERYWHERE:
            assert_safe(render(place.replace("{}", payload)))


@pytest.mark.parametrize("name", FILES)
def test_nothing_hostile_becomes_live_in_any_pieces(name: str) -> None:
    chance = random.Random(name)
    for payload in payloads(name):
        document = chance.choice(EVERYWHERE).replace("{}", payload) + "\n\nthe end"
        cuts = [chance.randrange(len(document)) for _ in range(8)]
        assert_safe_at_every_moment(pieces(document, cuts))


def test_nothing_hostile_becomes_live_among_other_hostile_things() -> None:
    lines = [line for name in FILES for line in payloads(name)]
    chance = random.Random(1)
    for _ in range(150):
        document = chance.choice(["\n", "\n\n", " "]).join(chance.choices(lines, k=6))
        assert_safe(render(document))
        cuts = [chance.randrange(len(document)) for _ in range(5)]
        assert_safe_at_every_moment(pieces(document, cuts))


@settings(max_examples=500)
@given(documents)
def test_every_document_is_safe(document: str) -> None:
    assert_safe(render(document))


@settings(max_examples=300)
@given(
    st.text(
        st.sampled_from("<>/=\"'&;#x \n\tascripthx-onload:`$\\(){}[]!\x00\x01\x03\x04|*"),
        max_size=80,
    )
)
def test_every_heap_of_markup_characters_is_safe(document: str) -> None:
    assert_safe(render(document))


@pytest.mark.parametrize("text", ["Vec<T>", "<think>", "a <b>c</b>", "<script>alert(1)</script>"])
def test_raw_html_stays_visible_as_text(text: str) -> None:
    assert LexborHTMLParser(render(text)).text().strip() == text


@pytest.mark.parametrize(
    "document",
    [
        *("`" * 10_000, "[" * 10_000, "]" * 10_000, "![" * 5_000, "[a](" * 3_000, "<" * 10_000),
        *(
            "*" * 10_000,
            "*a " * 5_000,
            "_a" * 5_000,
            "~~a" * 5_000,
            "**a _b " * 2_000,
            "$" * 10_000,
        ),
        *("> " * 5_000, "- " * 5_000, "1. " * 3_000, ">" * 10_000, "|" * 10_000, "a|" * 3_000),
        *(
            "\\" * 10_000,
            r"\(" * 5_000,
            r"\[a\]" * 2_000,
            "$a$" * 3_000,
            "`" + "$" * 100_000,
            "$$a" * 3_000,
            "{" * 9_000,
        ),
        *(
            "<a " * 3_000,
            "<!--" * 3_000,
            "<?" * 3_000,
            "<![CDATA[" * 2_000,
            "&" * 10_000,
            "&#" * 5_000,
        ),
        *(
            "https://" * 2_000,
            "https://a.b/" + ")" * 10_000,
            "a@" * 5_000,
            "[^a]" * 3_000,
            "\t" * 9_000,
        ),
        *(
            "[a]: /u\n" * 2_000,
            "[^a]: x\n" * 2_000,
            "|a\n|-\n" * 1_500,
            "a\n" * 5_000,
            "\n" * 10_000,
        ),
        *(
            "```\n" * 3_000,
            "```py\n" + "\"'\\" * 3_000,
            "- a\n" * 3_000,
            "  " * 5_000 + "a",
            "#" * 9_000,
        ),
        *(
            "$" + "{" * 900 + "x" + "}" * 900 + "$",
            r"$\frac" * 300 + "$",
            "$" + r"\left(" * 300 + "$",
        ),
        "```csharp\n" + "a\n" * 5_000,
        "\n".join("  " * depth + "- a" for depth in range(200)),
    ],
    ids=lambda document: repr(document[:12]),
)
def test_no_document_takes_long(document: str) -> None:
    """Sizes at which quadratic work would take many seconds; the time limit is the test's own."""
    assert_safe(render(document))
    blocks = Blocks()
    piece = max(500, len(document) // 50)
    for start in range(0, len(document), piece):
        blocks.feed(document[start : start + piece])
        assert blocks.tail is not None
    assert blocks.finish() == render(document)
