"""Whatever happens in whatever order: every tab ends with exactly the answer."""

from dataclasses import dataclass
from typing import Any

import orjson
from hypothesis import given, settings
from hypothesis import strategies as st

from chat.live.follower import Follower, Position
from chat.rendering import Blocks
from chat.stream import entries
from chat.stream.entries import Entry
from chat.stream.fold import fold
from chat.stream.log import Log
from tests.screen import Screen

PARTS = "#m7-parts"
ASKER = 9

snippets = st.sampled_from(
    [
        "Words ", "and *more*", "\n\n", "\n", "- item\n", "| a | b |\n|---|---|\n", "| 1 | 2 |\n",
        "```python\n", "x = 1\n", "```\n", "```", "# Title\n", "> quote\n", "<b>tag</b>", "`code`",
        "$x^2$", "1. one\n", "   \n", "---\n", "&amp;", "<script>alert(1)</script>", "[a](http://b.c)",
    ]
)  # fmt: skip
written: st.SearchStrategy[Entry] = st.one_of(
    st.builds(entries.text, snippets),
    st.builds(entries.text, snippets),
    st.builds(lambda text: {"kind": "reasoning", "text": text, "ms": 5}, st.text(max_size=5)),
    st.builds(
        lambda index, id, arguments: {
            "kind": "tool_call",
            "index": index,
            "id": id,
            "name": "clock",
            "arguments": arguments,
        },
        st.integers(0, 1),
        st.sampled_from(["a", "b"]),
        st.text(max_size=5),
    ),
    st.builds(
        lambda id, text: {"kind": "tool_result", "id": id, "text": text, "error": False},
        st.sampled_from(["a", "b"]),
        st.text(max_size=5),
    ),
    st.builds(entries.status, st.just("writing"), st.integers(0, 9)),
    st.builds(lambda text: entries.base([{"type": "text", "text": text}]), snippets),
)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("append"), written),
        st.tuples(st.just("append"), written),
        st.tuples(st.just("read"), st.sampled_from([ASKER, 0, 1])),
        st.tuples(st.sampled_from(["connect", "leave"]), st.integers(0, 1)),
    ),
    max_size=60,
)


@dataclass
class OpenTab:
    """A tab between two of its frames."""

    screen: Screen
    position: Position
    characters: int = 0

    def read(self, follower: Follower) -> None:
        made, self.position = follower.since(self.position)
        for text in made:
            frame = orjson.loads(text)
            if frame["type"] == "delta":
                assert frame["position"] >= 0
                self.characters = frame["position"]
                self.screen.apply(frame["content"])


def connect(follower: Follower) -> OpenTab:
    body = f'<div id="m7-parts">{follower.html()}</div>'
    return OpenTab(Screen(body), follower.now(), follower.characters)


def play(script: list[tuple[str, Any]]) -> tuple[Log, Follower, dict[int, OpenTab]]:
    log = Log()
    follower = Follower(log, generation_id=1, message_id=7, clock=lambda: 0.0)
    # The tab of the person who asked was there from the start, before anything was written.
    tabs = {ASKER: OpenTab(Screen('<div id="m7-parts"></div>'), Position())}
    for step, what in script:
        if step == "append":
            log.append(what)
        elif step == "connect":
            tabs[what] = connect(follower)
        elif step == "leave":
            tabs.pop(what, None)
        elif what in tabs:
            tabs[what].read(follower)
    return log, follower, tabs


def held(log: Log) -> str:
    """The end of the text of which it is not clear what it will be."""
    blocks = Blocks()
    for part in fold(log.read(0)).parts[-1:]:
        blocks.feed(part["text"] if part["type"] == "text" else "")
    return blocks.held


@settings(max_examples=300)
@given(steps)
def test_every_tab_ends_with_exactly_the_answer(script: list[tuple[str, Any]]) -> None:
    log, follower, tabs = play(script)
    log.close(entries.end("complete"))
    late = connect(follower)
    for tab in tabs.values():
        tab.read(follower)
        assert tab.screen.html(PARTS) == late.screen.html(PARTS)
        # What shows nothing makes no frame: white space, or the beginning of a fence.
        unsaid = fold(log.read(0)).text[tab.characters :]
        assert not unsaid.strip() or held(log).endswith(unsaid)


@given(st.lists(written, min_size=1, max_size=12))
def test_tabs_at_the_same_position_are_told_the_same_frame(log_entries: list[Entry]) -> None:
    log = Log()
    follower = Follower(log, generation_id=1, message_id=7, clock=lambda: 0.0)
    first = second = follower.now()
    for entry in log_entries:
        log.append(entry)
        made, first = follower.since(first)
        again, second = follower.since(second)
        assert made is again
        assert first is second
