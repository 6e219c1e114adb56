"""What may be in the HTML of an answer, checked with a browser's parser."""

import re

from selectolax.lexbor import LexborHTMLParser, LexborNode

_PROSE = {
    *("p", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "hr", "br", "div"),
    *("table", "thead", "tbody", "tr", "th", "td", "em", "strong", "del", "code", "sup", "a"),
    *("span", "pre", "button", "input"),
}
_FORMULA = {
    *("math", "mrow", "mi", "mn", "mo", "ms", "mtext", "mspace", "msup", "msub", "msubsup"),
    *("mfrac", "msqrt", "mroot", "mover", "munder", "munderover", "mtable", "mtr", "mtd"),
    *("mstyle", "mpadded", "mphantom", "menclose", "mmultiscripts", "mprescripts", "none"),
}
_ATTRIBUTES = {
    "a": {"href", "class", "rel", "target"},
    "ul": {"dir"},
    "ol": {"start", "dir"},
    "th": {"align"},
    "td": {"align"},
    "div": {"class", "tabindex", "dir"},
    "p": {"class", "dir"},
    "sup": {"class"},
    "span": {"class"},
    "blockquote": {"class", "dir"},
    "code": {"class"},
    "pre": {"tabindex"},
    "button": {"type", "class"},
    "input": {"type", "disabled", "checked", "aria-label"},
}
_CLASS = re.compile(
    r"code|code-head|code-lang|copy|table|raw|math|footnote|footnote-ref|remote-image|alert-title"
    r"|alert (note|tip|important|warning|caution)|language-[\w+#.-]{1,30}|hl-[a-z0-9]+"
)
_FORMULA_VALUE = re.compile(r"[\w.,%+ -]{1,60}")
_ADDRESS = re.compile(r"(https?://[^/\\\s\"'<>`]|mailto:[^\s\"'<>`])[^\s\"'<>`\\]*", re.IGNORECASE)
_TAG = re.compile(r"<(/?[a-z][a-z0-9]*)[ >]|<")


def assert_safe(html: str) -> None:
    """Fail if `html` holds anything but what an answer may hold."""
    # htmx edits a frame as text before a parser sees it: so no "<" may begin anything else.
    for match in _TAG.finditer(html):
        assert match[1] and match[1].strip("/") in _PROSE | _FORMULA, html
    tree = LexborHTMLParser(f"<!doctype html><title>page</title><body><div>{html}</div>")
    assert tree.html is not None
    assert tree.body is not None
    nodes = list(tree.body.traverse(include_text=False))
    assert len(tree.css("body > *")) == 1, html
    for node in nodes:
        if node.tag != "body":
            assert_node_is_safe(node, html)


def assert_node_is_safe(node: LexborNode, html: str) -> None:
    name = str(node.tag)
    assert name in _PROSE | _FORMULA, (name, html)
    for attribute, value in node.attributes.items():
        if name in _FORMULA:
            assert attribute not in ("href", "style", "class", "id"), html
            assert not attribute.startswith(("on", "hx", "data")), html
            assert _FORMULA_VALUE.fullmatch(value or ""), (attribute, value)
        else:
            assert attribute in _ATTRIBUTES.get(name, set()), (name, attribute, html)
    values = {key: value or "" for key, value in node.attributes.items()}
    assert _CLASS.fullmatch(values.get("class", "math")), html
    if name == "a":
        assert _ADDRESS.fullmatch(values["href"]), values["href"]
        assert values["rel"] == "noopener noreferrer nofollow"
        assert values["target"] == "_blank"
    if name == "input":
        assert values["type"] == "checkbox"
        assert "disabled" in values
    if name == "button":
        assert (values["type"], values["class"], node.text()) == ("button", "copy", "Copy")
        assert node.parent is not None
        assert node.parent.attributes["class"] == "code-head"
