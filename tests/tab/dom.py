"""A page's elements, changed by frames as htmx changes them: enough of a browser for a test."""

import re

from selectolax.lexbor import LexborHTMLParser, LexborNode

PARTIAL = re.compile(
    r'<hx-partial hx-target="([^"]+)" hx-swap="([^"]+)">(.*?)</hx-partial>', re.DOTALL
)
SPLIT = re.compile(r'</div><div id="m\d+-p\d+-tail" class="tail">')
RUNNING = re.compile(r' aria-busy="true"')


class Dom:
    """A document parsed as HTML 5, with the three swaps of the wire."""

    def __init__(self, html: str) -> None:
        self._document = LexborHTMLParser(_plain(html))

    def find(self, selector: str) -> LexborNode:
        """The only element that a selector names."""
        found = self._document.css(selector)
        assert len(found) == 1, f"{len(found)} elements are {selector}"
        return found[0]

    def has(self, selector: str) -> bool:
        """Whether there is such an element."""
        return bool(self._document.css(selector))

    def attribute(self, selector: str, name: str) -> str | None:
        """An attribute of the only such element."""
        return self.find(selector).attributes.get(name)

    def mark(self, selector: str, **attributes: str | None) -> None:
        """Set attributes of an element, or remove them, as the page's script would."""
        element = self.find(selector)
        for name, value in attributes.items():
            name = name.replace("_", "-")
            if value is not None:
                element.attrs[name] = value
            elif name in element.attributes:
                del element.attrs[name]

    def swap(self, content: str) -> None:
        """Apply the partials of one frame; their targets must be there before it."""
        partials = PARTIAL.findall(content)
        assert PARTIAL.sub("", content) == "", f"not in a partial: {PARTIAL.sub('', content)}"
        for target, _, _ in partials:
            assert target.startswith("#"), target
            self.find(target)
        for target, swap, html in partials:
            self._swap(self.find(target), swap, _plain(html))

    def turns(self) -> list[str]:
        """The HTML of each turn shown, without traces of how it came to the page."""
        return [_settled(turn.html or "") for turn in self._document.css("#chat article.turn")]

    def parts(self, message: int) -> str:
        """The HTML that a person sees of an answer."""
        return _settled(self.find(f"#m{message}-parts").inner_html or "")

    def text(self, selector: str) -> str:
        """The words in an element."""
        return " ".join(self.find(selector).text(deep=True).split())

    def _swap(self, target: LexborNode, swap: str, html: str) -> None:
        if swap == "innerHTML":
            target.inner_html = html
            return
        fragment = LexborHTMLParser(html, is_fragment=True)
        nodes = []
        node = fragment.root
        while node is not None:
            nodes.append(node)
            node = node.next
        if swap == "beforeend":
            for node in nodes:
                target.insert_child(node)
        else:
            assert swap == "outerHTML", swap
            (element,) = (node for node in nodes if node.tag != "-text")
            target.replace_with(element)


def letters_of(html: str) -> str:
    """The letters that a piece of HTML shows, without white space."""
    fragment = LexborHTMLParser(f"<body>{_plain(html)}")
    assert fragment.body is not None
    return "".join(fragment.body.text(deep=True).split())


def _plain(html: str) -> str:
    # The parser keeps what is in a template apart and loses it when the element moves.
    return html.replace("<template", "<x-template").replace("</template", "</x-template")


def _settled(html: str) -> str:
    """HTML as it is after a reload: all sealed, between tags no white space that none can see."""
    # When an answer begins, `status` frames tell; the heartbeat notes it in the row.
    html = html.replace('data-status="queued"', 'data-status="running"')
    html = RUNNING.sub("", SPLIT.sub("", html))
    return re.sub(r">\s+<", "><", html.replace("</div></div></div>", "</div></div>"))
