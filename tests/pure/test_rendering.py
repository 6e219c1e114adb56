"""What Markdown looks like."""

import pytest
from selectolax.lexbor import LexborHTMLParser

from chat.rendering import Blocks, render


def link(href: str, text: str) -> str:
    return f'<a href="{href}" target="_blank" rel="noopener noreferrer nofollow">{text}</a>'


def text_of(html: str) -> str:
    return LexborHTMLParser(html).text()


@pytest.mark.parametrize(
    ("markdown", "html"),
    [
        ("# One\n\nTwo\n---", "<h2>One</h2>\n<h3>Two</h3>\n"),
        (
            "*a* **b** ~~c~~ `d<e>`",
            "<p><em>a</em> <strong>b</strong> <del>c</del> <code>d&lt;e&gt;</code></p>\n",
        ),
        ("one  \ntwo\nthree\\\nfour", "<p>one<br>\ntwo\nthree<br>\nfour</p>\n"),
        (
            "- a\n- b\n\n3. c",
            '<ul dir="auto"><li>a</li><li>b</li></ul>\n<ol start="3" dir="auto"><li>c</li></ol>\n',
        ),
        ("> a\n\n---", '<blockquote dir="auto"><p>a</p></blockquote>\n<hr>\n'),
        (
            "> [!TIP]\n> a",
            (
                '<blockquote class="alert tip" dir="auto"><p class="alert-title" dir="auto">Tip</p>'
                "<p>a</p></blockquote>\n"
            ),
        ),
        ("Vec<T> &amp; &lt;", "<p>Vec&lt;T&gt; &amp; &lt;</p>\n"),
        ("<think>\na *b*\n\nc", '<p class="raw">&lt;think&gt;\na *b*</p>\n<p>c</p>\n'),
        (
            "a[^n]\n\n[^n]:",
            '<p>a<sup class="footnote-ref">n</sup></p>\n<div class="footnote"><sup>n</sup></div>\n',
        ),
        ("$5 and $10, $5-$10", "<p>$5 and $10, $5-$10</p>\n"),
        ("`$x$` and `\\(x\\)`", r"<p><code>$x$</code> and <code>\(x\)</code></p>" + "\n"),
        ("a <br> b", "<p>a &lt;br&gt; b</p>\n"),
        ("", ""),
    ],
)
def test_markdown_becomes_html(markdown: str, html: str) -> None:
    assert render(markdown) == html


@pytest.mark.parametrize(
    ("written", "shown"),
    [("123456", "234566"), ("2323", "2323"), ("3", "2"), ("3132", "2233"), ("1413", "2323")],
)
def test_headings_begin_below_the_title_of_the_page_and_skip_no_level(
    written: str, shown: str
) -> None:
    markdown = "\n\nand\n\n".join(f"{'#' * int(level)} {level}" for level in written)
    tree = LexborHTMLParser(render(markdown))
    assert [node.tag for node in tree.css("h1, h2, h3, h4, h5, h6")] == [f"h{n}" for n in shown]
    blocks = Blocks()
    streamed = ""
    for character in markdown:
        blocks.feed(character)
        streamed = "".join([*blocks.sealed, blocks.tail])
    assert streamed == blocks.finish() == render(markdown)


def test_tasks_have_checkboxes_that_nobody_can_change() -> None:
    assert render("- [ ] a\n- [x] b") == (
        '<ul dir="auto"><li><input type="checkbox" disabled aria-label="To do"> a</li>'
        '<li><input type="checkbox" disabled checked aria-label="Done"> b</li></ul>\n'
    )


def test_a_table_can_be_scrolled_and_knows_its_alignment() -> None:
    assert render("| a | b |\n|:-:|---|\n| c | d<br>e |\n") == (
        '<div class="table" tabindex="0" dir="auto"><table><thead><tr><th align="center">a</th>'
        '<th>b</th></tr></thead><tbody><tr><td align="center">c</td>'
        "<td>d<br>e</td></tr></tbody></table></div>\n"
    )


def test_code_has_a_frame_a_language_and_colours() -> None:
    assert render("```py title\nif x:\n```") == (
        '<div class="code"><div class="code-head"><span class="code-lang">py</span>'
        '<button type="button" class="copy">Copy</button></div><pre tabindex="0">'
        '<code class="language-py"><span class="hl-k">if</span> <span class="hl-n">x</span>'
        '<span class="hl-p">:</span>\n</code></pre></div>\n'
    )


@pytest.mark.parametrize(
    "block",
    [
        *("```nonsense\na = 1\n```", "```\na = 1\n```", "    a = 1", '```"><b>\na = 1\n```'),
        "```py\n" + "a = 1\n" * 4_000 + "```",
        "```py\n" + "a = 1;" * 200 + "\n```",
        "```matlab\na = 1\n```",
    ],
)
def test_other_code_is_plain(block: str) -> None:
    html = render(block)
    assert "a = 1" in html
    assert "hl-" not in html


@pytest.mark.parametrize(
    "language", ["py", "js", "html", "console", "yaml", "php", "jsonc", "JSON"]
)
def test_colours_change_no_character(language: str) -> None:
    code = "\n\n  <a href='x'>é\t$ ls {\"a\": 1} # \ufeff\n<?php echo 1 ?>\n\n"
    (element,) = LexborHTMLParser(render(f"```{language}\n{code}```")).css("code")
    assert element.text() == code


@pytest.mark.parametrize(
    ("markdown", "html"),
    [
        ("[a](http://x.example/?b=1&c=2)", link("http://x.example/?b=1&amp;c=2", "a")),
        ("<https://x.example>", link("https://x.example", "https://x.example")),
        ("<a@x.example>", link("mailto:a@x.example", "a@x.example")),
        ("[a]\n\n[A]: https://x.example 'b'", link("https://x.example", "a")),
        (
            "(https://x.example/y_(z).",
            "(" + link("https://x.example/y_(z)", "https://x.example/y_(z)") + ".",
        ),
        (
            "see https://x.example/y).",
            "see " + link("https://x.example/y", "https://x.example/y") + ").",
        ),
        ("[https://x.example](https://y.example)", link("https://y.example", "https://x.example")),
        ("[ü](https://x.example/ü)", link("https://x.example/%C3%BC", "ü")),
    ],
)
def test_links_open_elsewhere(markdown: str, html: str) -> None:
    assert render(markdown) == f"<p>{html}</p>\n"


@pytest.mark.parametrize(
    "address",
    [
        *("javascript:alert(1)", "/c/1/", "//x.example", "#composer", "data:text/html,x", "x.html"),
        *("https://a@x.example", "https://", "https://x.example\\y", "https://" + "x" * 3_000),
    ],
)
def test_links_to_other_places_are_text(address: str) -> None:
    assert render(f"[a]({address})") == "<p>a</p>\n"


def test_a_bare_address_too_long_to_be_one_is_text() -> None:
    assert "<a" not in render("https://x.example/" + "y" * 3_000)


def test_images_are_not_loaded_but_offered() -> None:
    html = render("![a *b*\n`c`](https://x.example/i.png 'title')")
    assert "<img" not in html
    assert html.startswith('<p><a class="remote-image" href="https://x.example/i.png"')
    assert text_of(html).strip() == "Image: a b c (x.example)"


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("![a](data:image/png;base64,AAAA)", "Image: a"),
        ("![](/static/x.png)", "Image"),
        ("[![a](https://x.example/i.png)](https://y.example)", "Image: a (x.example)"),
        ("![a ![b](https://x.example) c](javascript:x)", "Image: a b c"),
        ("![a](mailto:b@x.example)", "Image: a"),
        ("![a](https://[:::]/)", "Image: a"),
    ],
)
def test_images_that_cannot_be_offered_are_named(markdown: str, text: str) -> None:
    html = render(markdown)
    assert f'<span class="remote-image">{text}</span>' in html


@pytest.mark.parametrize(
    ("markdown", "display"),
    [(r"\(x^2\)", "inline"), ("$x^2$", "inline"), (r"\[x^2\]", "block"), ("$$\nx^2\n$$", "block")],
)
def test_formulas_are_mathml(markdown: str, display: str) -> None:
    formula = f'<math display="{display}"><mrow><msup><mi>x</mi><mn>2</mn></msup></mrow></math>'
    assert render(markdown) == f"<p>{formula}</p>\n"


def test_formulas_stand_anywhere_in_text() -> None:
    html = render(
        r"| \(a_b\) | **\(c*d\) *e*** |" + "\n|---|---|\n| [$f$](https://x.example) | \\(g |\n"
    )
    assert html.count("<math") == 3
    assert "(g" in html


@pytest.mark.parametrize("marks", [("$$", "$$"), (r"\[", r"\]")])
@pytest.mark.parametrize("line", ["+ b", "- b", "* b", "=", "-", "1. b", "# b"])
@pytest.mark.parametrize("before", ["", "> ", "   "])
def test_a_line_of_a_formula_begins_no_block(
    marks: tuple[str, str], line: str, before: str
) -> None:
    lines = [marks[0], "a", line, "c", marks[1]]
    html = render("\n".join(before + each for each in lines))
    assert html.count("<math") == 1
    assert not any(f"<{tag}" in html for tag in ("li", "h2", "h3", "code"))


def test_a_formula_that_never_ends_costs_one_paragraph() -> None:
    html = render("$$\n- a\n\n- b\n\n\\[\n- c\n```\n- d\n```\n- e")
    assert html.count("<li>") == 2
    assert "$$\n- a" in html
    assert "[\n- c" in html
    assert "<code>- d\n</code>" in html


def test_code_keeps_what_looks_like_a_formula() -> None:
    code = "$$\n- a\n1. b\n=\n-\n$$\n"
    assert f"<code>{code}</code>" in render(f"```\n{code}```")


def test_a_formula_does_not_cross_a_block() -> None:
    assert "<math" not in render("a \\(b\n\nc\\) d")


def test_aligned_equations_are_a_table() -> None:
    assert render("$$\\begin{aligned} a &= b \\\\ c &= d \\end{aligned}$$").count("<mtr>") == 2


@pytest.mark.parametrize(
    "tex", [r"\frac{a", r"\left( x \right", "{" * 99 + "x" + "}" * 99, "x" * 3_000, r"\begin{y}"]
)
def test_a_formula_that_cannot_be_read_stays_visible(tex: str) -> None:
    html = render(f"$${tex}$$")
    assert f'<code class="math">{tex}</code>' in html or f"$${tex}$$" in html


def test_what_cannot_be_shown_is_replaced() -> None:
    assert (
        render("a\x00b\x01c\ud800d&#0;&#3;0&#4;")
        == "<p>a\ufffdb\ufffdc\ufffdd\ufffd\ufffd0\ufffd</p>\n"
    )


def test_very_deep_nesting_is_flattened() -> None:
    html = render("> " * 500 + "deep")
    assert html.count("<blockquote") < 100
    assert text_of(html).strip() == "deep"
