"""A page as a browser would show it: applies the partials of frames the way htmx does."""

import re

from selectolax.lexbor import LexborHTMLParser, LexborNode

PARTIAL = re.compile(
    r'<hx-partial hx-target="([^"]*)" hx-swap="(innerHTML|outerHTML|beforeend)">(.*?)</hx-partial>',
    re.DOTALL,
)


class Screen:
    """The turns of a page. A partial without its target is a bug, though htmx would say nothing."""

    def __init__(self, body: str) -> None:
        self._dom = LexborHTMLParser(f"<body>{body}</body>")

    def apply(self, content: str) -> None:
        """Swap the partials of one frame in, in order."""
        assert not PARTIAL.sub("", content), f"not a partial: {content[:200]}"
        for target, swap, inner in PARTIAL.findall(content):
            node = self.find(target)
            if swap == "innerHTML":
                node.inner_html = inner
            elif swap == "beforeend":
                node.inner_html = (node.inner_html or "") + inner
            else:
                self._replace(node, inner)

    def find(self, selector: str) -> LexborNode:
        """The element that a selector names; there must be one."""
        nodes = self._dom.css(selector)
        assert len(nodes) == 1, f"{len(nodes)} elements are {selector}"
        return nodes[0]

    def html(self, selector: str) -> str:
        """The HTML inside an element, with runs of white space between elements dropped."""
        return re.sub(r">\s+<", "><", (self.find(selector).inner_html or "").strip())

    def text(self, selector: str) -> str:
        """What can be read in an element."""
        return self.find(selector).text(deep=True)

    def _replace(self, node: LexborNode, inner: str) -> None:
        # An outer swap is an inner swap of a wrapper that takes the element's place.
        whole = self._dom.css_first("body")
        assert whole is not None
        assert node.html is not None
        before = whole.inner_html or ""
        assert before.count(node.html) >= 1
        whole.inner_html = before.replace(node.html, inner, 1)
