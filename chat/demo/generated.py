"""Texts that are made, not written: realistic Markdown of any length, and very wide things."""

import functools
import random
import re

from chat.demo.tokens import cut

WORDS = re.findall(
    r"\w+",
    "the a of to and in is that it for on with as by this are from at or an be we not but can "
    "answer stream token model page server socket reader writer log entry beat frame browser "
    "position snapshot message question result value number list table line block text code "
    "latency buffer network process memory request response connection session person team "
    "small quick slow open closed first last whole simple careful honest steady quiet early late "
    "reads writes sends keeps shows grows ends begins waits returns follows holds measures asks "
    "because while before after until always never often again together between without",
)
CODE = (
    "async for delta in stream:\n    log.append(delta)\n",
    "def fold(entries):\n    return [part for part in join(entries)]\n",
    "const socket = new WebSocket(url);\nsocket.onmessage = (event) => show(event.data);\n",
    "SELECT id, title FROM conversation WHERE owner_id = 7 ORDER BY updated DESC LIMIT 20;\n",
)
STAMP = re.compile("⟦(\\d+):(\\d+)⟧")


@functools.lru_cache(maxsize=32)
def expected_text(tokens: int = 200, seed: int = 0) -> str:
    """Return what `bench tokens=… seed=…` answers: the same Markdown every time."""
    chance = random.Random(seed)  # noqa: S311 - a text, not a secret
    text: list[str] = []
    count = 0
    while count < tokens:
        block = _block(chance, len(text))
        count += len(cut(block))
        text.append(block)
    return "".join(cut("".join(text))[:tokens])


def plain(text: str) -> str:
    """Return `text` without the stamps of `stamps=text`."""
    return STAMP.sub("", text)


def wide() -> str:
    """Return Markdown wider than any page: endless words and lines, a table of 30 columns."""
    columns = range(1, 31)
    rows = ["| " + " | ".join(f"Column number {n}" for n in columns) + " |", "|---" * 30 + "|"]
    rows += ["| " + " | ".join(f"{r * n}" for n in columns) + " |" for r in range(1, 41)]
    return (
        "## Very wide things\n\nThe page must not grow sideways; each of these scrolls or wraps "
        "in its place.\n\n"
        + "Donaudampfschifffahrt" * 40
        + "\n\n`"
        + "inline_code_without_a_space_" * 20
        + "`\n\nhttps://example.org/"
        + "a-very-long-path/" * 30
        + "\n\n```python\nvalues = ["
        + ", ".join(str(n * n) for n in range(200))
        + "]\n```\n\n"
        + "\n".join(rows)
        + "\n\nAnd a sentence of the usual width at the end.\n"
    )


def _block(chance: random.Random, number: int) -> str:
    kind = chance.choices(("paragraph", "list", "code", "table", "heading"), (60, 15, 10, 7, 8))[0]
    if number == 0 or kind == "heading":
        return f"## {_sentence(chance, 4)[:-1]}\n\n{_paragraph(chance)}"
    if kind == "list":
        items = [
            f"- {_sentence(chance, chance.randint(5, 12))}" for _ in range(chance.randint(3, 6))
        ]
        return "\n".join(items) + "\n\n"
    if kind == "code":
        return "```" + f"\n{chance.choice(CODE) * chance.randint(1, 4)}" + "```\n\n"
    if kind == "table":
        cells = [" | ".join(chance.choices(WORDS, k=3)) for _ in range(chance.randint(2, 6))]
        return (
            "| one | two | three |\n|---|---|---|\n" + "".join(f"| {c} |\n" for c in cells) + "\n"
        )
    return _paragraph(chance)


def _paragraph(chance: random.Random) -> str:
    count = chance.randint(2, 6)
    return " ".join(_sentence(chance, chance.randint(6, 18)) for _ in range(count)) + "\n\n"


def _sentence(chance: random.Random, length: int) -> str:
    words = chance.choices(WORDS, k=length)
    if length > 8 and chance.random() < 0.3:
        words[3] = chance.choice(
            (f"**{words[3]}**", f"`{words[3]}`", f"*{words[3]}*", f"{words[3]},")
        )
    return " ".join(words).capitalize() + "."
