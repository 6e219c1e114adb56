"""What a page shows: answers as HTML, changed by frames as htmx changes them."""

import html
import re
from dataclasses import dataclass

PARTIAL = re.compile(
    r'<hx-partial hx-target="([^"]*)" hx-swap="(\w+)">(.*?)</hx-partial>', re.DOTALL
)
ARTICLE = re.compile(
    r'<article id="m(\d+)" class="turn (prompt|answer)"([^>]*)>(.*?)</article>', re.DOTALL
)
GENERATION = re.compile(r'data-generation="(\d*)"')
STATUS = re.compile(r'data-status="(\w+)"')
PART = re.compile(
    r'<div id="m(\d+)-p0" class="part text"><div id="m\1-p0-sealed" class="sealed">(.*?)</div>'
    r'<div id="m\1-p0-tail" class="tail">(.*?)</div></div>\s*(?:$|</div>\s*<footer)',
    re.DOTALL,
)
TARGET = re.compile(r"#m(\d+)-(\S+)(?: code)?$")
TAGS = re.compile(r"<button.*?</button>|<[^>]*>", re.DOTALL)


class NotThere(Exception):
    """A frame names an element that the page has not: htmx would drop it without a word."""


@dataclass
class Shown:
    """One answer on the page."""

    generation: int
    status: str
    sealed: str = ""
    tail: str = ""
    has_part: bool = False

    @property
    def html(self) -> str:
        """Its text as HTML."""
        return self.sealed + self.tail


class Page:
    """The answers of one tab by the id of their message."""

    def __init__(self) -> None:
        self.answers: dict[int, Shown] = {}
        self.prompts: list[int] = []

    def swap(self, content: str) -> None:
        """Apply the partials of a frame; raises NotThere."""
        for target, swap, inner in PARTIAL.findall(content):
            if target == "#live":
                self._show_turns(swap, inner)
            elif target != "#earlier" and (found := TARGET.match(target)):
                self._change(int(found[1]), target, swap, inner)

    def answer_of(self, generation: int) -> Shown:
        """The answer that a generation writes; raises NotThere."""
        for shown in reversed(self.answers.values()):
            if shown.generation == generation:
                return shown
        raise NotThere(f"no article of generation {generation}")

    def _show_turns(self, swap: str, inner: str) -> None:
        if swap == "innerHTML":
            self.answers.clear()
            self.prompts.clear()
        for id, kind, attributes, body in ARTICLE.findall(inner):
            if kind == "prompt":
                self.prompts.append(int(id))
                continue
            generation, status = GENERATION.search(attributes), STATUS.search(attributes)
            shown = Shown(int(generation[1] or 0) if generation else 0, status[1] if status else "")
            if swap != "innerHTML" and int(id) in self.answers:
                raise NotThere(f"m{id} came a second time")
            if part := PART.search(body):
                shown.sealed, shown.tail, shown.has_part = part[2], part[3], True
            self.answers[int(id)] = shown

    def _change(self, id: int, target: str, swap: str, inner: str) -> None:
        shown = self.answers.get(id)
        if shown is None:
            raise NotThere(target)
        if target.endswith("-parts"):
            part = PART.search(inner)
            shown.has_part = part is not None
            shown.sealed, shown.tail = (part[2], part[3]) if part else ("", "")
        elif target.endswith("-foot"):
            return
        elif not shown.has_part:
            raise NotThere(target)
        elif target.endswith("-sealed"):
            shown.sealed += inner
        elif target.endswith("-tail"):
            shown.tail = inner
        else:
            before, end, after = shown.tail.rpartition("</code>")
            if not end:
                raise NotThere(target)
            shown.tail = before + inner + end + after


def letters(markup: str) -> str:
    """What HTML says, without white space and buttons."""
    return "".join(html.unescape(TAGS.sub("", markup)).split())
