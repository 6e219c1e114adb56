"""An answer's HTML while the answer arrives: what is done is sealed, the rest is the tail."""

import re
from itertools import islice

from chat.rendering.code import framed
from chat.rendering.document import render
from chat.rendering.fence import Fence, OpenCode, opening
from chat.rendering.grammar import Block, Definitions, Parsed, parse
from chat.rendering.outline import Outline
from chat.rendering.source import Intake
from chat.rendering.writer import write

# A last line of which it is not yet clear what it will be, and whose first guess would flash:
# "-" under a paragraph is a heading until the list item's text arrives, "``" text until "```", and
# "|---" text until there is one for each column.
_UNCLEAR = re.compile(
    r"[ \t>]*(?:[-=*_+#]{1,40}|`{1,2}|`{3,}[^`]{0,40}|~{1,2}|~{3,}.{0,40})[ \t]*"
    r"|[ \t>]*\|[-:| ]{0,200}"
)
# A row of a table, and what follows the last "|" in it: a long cell is shown while it grows.
_ROW = re.compile(r"[ \t>]*\|(?:.*(?<!\\)\|)?((?:[^|]|(?<=\\)\|){0,200})")

# The blocks that a blank line ends; lists, footnotes and indented code may go on behind it.
_ENDED_BY_BLANK_LINE = {"Paragraph", "Heading", "BlockQuote", "Table", "Rule"}
_BLANK_LINE = re.compile(rb"[ \t]*\n")
_BLANK_LINES = re.compile(rb"\n(?:[ \t]*\n)+")


class Blocks:
    """Renders a growing document; a piece costs itself and the open block, not the whole.

    Always `"".join(sealed) + tail` is `render(document so far without held)`, but for references
    to what is defined later and the colours of an unfinished code block: `finish` settles those.
    """

    def __init__(self) -> None:
        self.sealed: list[str] = []
        """The HTML of the blocks that nothing can change any more; only ever appended to."""
        self._intake = Intake()
        self._document: list[str] = []
        self._source = ""
        self._tail: str | None = ""
        self._fence: Fence | None = None
        self._fences = 0
        self._definitions = Definitions()
        self._outline = Outline()

    def feed(self, text: str) -> None:
        """Add `text` to the document."""
        self._document.append(text)
        text = self._intake.take(text)
        self._source += text
        self._tail = None
        if self._fence is None:
            if "\n" in text:
                self._seal()
        elif self._fence.feed(text):
            self._fence = None
            self._seal()

    @property
    def tail(self) -> str:
        """The HTML of all that is not sealed, "" when there is none."""
        if self._tail is None:
            self._tail = self._rendered_tail()
        return self._tail

    @property
    def held(self) -> str:
        """The last characters of the document, if it is not yet clear what they will be."""
        return self._fence.held if self._fence else _unclear(self._source)

    @property
    def open_code(self) -> OpenCode | None:
        """The fenced code block that the tail consists of, while it is open."""
        return OpenCode(self._fences, self._fence.text) if self._fence else None

    def finish(self) -> str:
        """Return `render(document)`, at the cost of the tail alone if nothing was defined late."""
        document = "".join(self._document)
        if "]:" in document:
            return render(document)
        rest = parse(self._source, self._definitions)
        return "".join([*self.sealed, *write(rest, self._definitions, self._outline.copy())])

    def _seal(self) -> None:
        """Seal all that no further line can change: only complete lines decide."""
        complete = self._source[: self._source.rfind("\n") + 1]
        parsed = parse(complete, self._definitions)
        if not parsed.blocks:
            return
        done, cut = _done(parsed)
        self.sealed += islice(write(parsed, self._definitions, self._outline), done)
        if cut:
            data = complete.encode()
            self._definitions.learn(parsed.data[:cut].decode())
            self._source = data[cut:].decode() + self._source[len(complete) :]
        if done == len(parsed.blocks) - 1:
            self._open_fence(parsed.blocks[-1].info)

    def _open_fence(self, info: str) -> None:
        first_line = opening(self._source)
        if first_line:
            self._fences += 1
            self._fence = Fence(first_line, info)
            self._fence.feed(self._source[first_line.end() :])

    def _rendered_tail(self) -> str:
        if self._fence:
            return framed(self._fence.info, self._fence.html) + "\n"
        parsed = parse(self._source.removesuffix(self.held), self._definitions)
        outline = self._outline.copy()
        return "".join(write(parsed, self._definitions, outline, growing=True))


def _unclear(source: str) -> str:
    """Return what the source ends with, if it is not yet clear what that will be."""
    start = source.rfind("\n") + 1
    last = source[start:]
    if _UNCLEAR.fullmatch(last):
        return last
    # Half a cell may be half of `code` or of **bold**; a row alone is no table yet.
    row = _ROW.fullmatch(last)
    if row and start and _ROW.match(source, source.rfind("\n", 0, start - 1) + 1):
        return row[1] if "|" in last[: row.start(1)].lstrip(" \t>")[1:] else last
    return ""


def _done(parsed: Parsed) -> tuple[int, int]:
    """Return how many of the blocks are done, and where in the source the others begin (bytes)."""
    blocks, last = parsed.blocks, parsed.blocks[-1]
    done, cut = len(blocks), _line_end(parsed.data, last.end)
    ended = last.kind in _ENDED_BY_BLANK_LINE and _BLANK_LINE.match(parsed.data, cut)
    if not ended and not _is_closed_fence(parsed.data, last):
        done, cut = done - 1, _line_start(parsed.data, last.start)
    while (start := _split_by(parsed, done, cut)) is not None:
        done = max(0, sum(block.start <= start for block in blocks) - 1)
        cut = _line_start(parsed.data, blocks[done].start) if done else 0
    return done, cut


def _split_by(parsed: Parsed, done: int, cut: int) -> int | None:
    """Return the beginning of what a cut here would split and so change, if there is anything."""
    for start, end in parsed.equations:
        if start < cut < end:
            return start
    if done < len(parsed.blocks) and parsed.blocks[done].kind == "Paragraph":
        # Right above may be a link definition, whose title this may still turn out to be.
        above = _BLANK_LINES.split(parsed.data[:cut])[-1]
        if b"]:" in above:
            return cut - len(above)
    return None


def _line_start(data: bytes, position: int) -> int:
    """Return where the line begins; the range of indented code begins behind its indentation."""
    return data.rfind(b"\n", 0, position) + 1


def _line_end(data: bytes, position: int) -> int:
    return data.find(b"\n", position - 1) + 1 if position else 0


def _is_closed_fence(data: bytes, block: Block) -> bool:
    if block.kind != "CodeBlock":
        return False
    source = data[block.start :].decode()
    first_line = opening(source)
    if not first_line or (block.start and data[block.start - 1 : block.start] != b"\n"):
        return False
    return Fence(first_line, "").feed(source[first_line.end() :])
