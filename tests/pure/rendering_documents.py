"""Documents for the tests of rendering: the CommonMark specification's examples, random ones."""

import itertools
import re
from pathlib import Path

import pytest
from hypothesis import strategies as st

_SPEC = Path(__file__).parents[2] / "node_modules" / "commonmark-spec" / "spec.txt"
_EXAMPLE = re.compile(r"^`{32} example\n(.*?)^\.\n(?:.*?)^`{32}$", re.MULTILINE | re.DOTALL)

_INLINE = [
    *("word", "two words", "*a*", "**bold**", "***x***", "_u_", "`code`", "``a`b``", "~~gone~~"),
    *("[text](https://a.example/x_y)", "[foo]", "[text][foo]", "[Foo][]", "![alt](http://h/i.png)"),
    *(
        "<b>",
        "</b>",
        "<br>",
        "<!-- c -->",
        "Vec<T>",
        "&amp;",
        "&#35;",
        "https://b.example/?q=(1).",
        "<http://c.example>",
    ),
    *(
        "$x_1$",
        "$5 and $10",
        "$5-$10",
        r"\(a_b\)",
        r"\[c^2\]",
        r"\(",
        r"\)",
        r"\*",
        "\\",
        "|",
        "é漢字😀",
        "~",
        "[^1]",
    ),
]
_LINES = [
    *(
        "",
        "",
        "",
        "# Heading",
        "## Heading #",
        "---",
        "***",
        "===",
        "-",
        "=",
        "```",
        "```py",
        "~~~",
        "````",
        "``` a`b",
    ),
    *(
        "- item",
        "* item",
        "+ item",
        "-",
        "1. one",
        "2) two",
        "- [ ] todo",
        "- [x] done",
        "  - nested",
        "   1. nested",
    ),
    *(
        "    indented",
        "\tindented",
        "   three",
        "> quote",
        ">",
        "> > deep",
        "> - item",
        "> ```",
        "lazy",
    ),
    *(
        "| a | b |",
        "|---|:-:|",
        "| 1 | 2 |",
        "a | b",
        "--|--",
        "[foo]: /url 'title'",
        "[foo]:",
        "/url",
        "'title",
        "'",
    ),
    *(
        "[^1]: note",
        "<div>",
        "</div>",
        "<script>",
        "</script>",
        "<!--",
        "-->",
        "<think>",
        "$$",
        r"\[",
        r"\]",
        "+ b",
    ),
    *(
        "> [!NOTE]",
        "$$ x",
        "- $$",
        "y $$",
        "> $$",
        "  ```",
        "   ```",
        "     ```",
        "- ```py",
        "  x = 1",
        "&nbsp;",
        "\\",
    ),
]

_inline = st.lists(st.sampled_from(_INLINE), max_size=5).map(" ".join)
_line = st.one_of(
    st.sampled_from(_LINES),
    _inline,
    st.tuples(st.sampled_from(_LINES), _inline).map(" ".join),
    st.tuples(
        st.sampled_from(["- ", "> ", "  ", "    ", "1. ", "\t"]), st.sampled_from(_LINES)
    ).map("".join),
)
from_fragments = st.tuples(
    st.lists(_line, max_size=14).map("\n".join), st.sampled_from(["", "\n", "\n\n"])
).map("".join)
from_characters = st.text(
    st.sampled_from("ab \n\t`~#*_-+=>|[]()<>!$\\:'\"1.&;^/\r\x00é😀"), max_size=60
)
documents = st.one_of(from_fragments, from_characters, st.text(max_size=80))


def specification_examples() -> list[str]:
    """Return the Markdown of all examples of the CommonMark specification."""
    if not _SPEC.exists():
        pytest.skip("the CommonMark specification is not there: npm ci brings it")
    return [text.replace("→", "\t") for text in _EXAMPLE.findall(_SPEC.read_text())]


def pieces(document: str, cuts: list[int]) -> list[str]:
    """Return `document` cut at these places."""
    places = sorted({0, len(document), *(cut for cut in cuts if cut < len(document))})
    return [document[start:end] for start, end in itertools.pairwise(places)]
