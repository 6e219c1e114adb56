"""Settings a message, a model name or a header may carry, as in `long rate=50 tokens=200`."""

import re
from dataclasses import dataclass, replace
from typing import Self

OPTION = re.compile(
    r"(?<![^\s,])(?:(?P<number>rate|start)=(?P<float>\d{1,7}(?:\.\d{1,6})?)"
    r"|(?P<count>tokens|seed|hold)=(?P<int>\d{1,6})"
    r"|(?P<stamps>stamps)=(?P<where>1|text)"
    r"|(?P<usage>usage)=(?P<how>own|finish|dummy|none)"
    r"|(?P<field>field)=(?P<name>reasoning_content|reasoning)"
    r"|(?P<tag>tag)=(?P<label>[\w.-]{1,80}))(?=[\s,]|$)"
)
MAXIMUM_TOKENS = 100_000
MAXIMUM_START = 600.0


@dataclass(frozen=True, slots=True)
class Options:
    """How an answer is sent: `None` and empty values leave the choice to the word.

    rate    tokens per second, exactly paced; 0 is as fast as the socket takes them
    start   seconds from the role chunk to the first token (0 if a rate is given)
    tokens  how many tokens `bench` writes
    seed    which text `bench` writes
    stamps  `1`: every chunk says its number and when it was sent, in a field `demo` and in the log;
            `text`: in the text too, as ⟦number:nanoseconds⟧ after every token
    tag     a label to find the request by in /demo/log
    hold    stop after so many tokens until POST /demo/go?tag=… says to go on
    usage   where it is: a chunk of its `own`, the `finish` chunk, with a `dummy` choice, `none`
    field   the name of the reasoning field
    """

    rate: float | None = None
    start: float | None = None
    tokens: int = 200
    seed: int = 0
    stamps: str = ""
    tag: str = ""
    hold: int = 0
    usage: str = "own"
    field: str = "reasoning_content"

    def read(self, text: str) -> Self:
        """Return these options with those of `text` put over them."""
        found: dict[str, float | int | str] = {}
        for match in OPTION.finditer(text):
            name, value = (part for part in match.groups() if part is not None)
            if name == "rate":
                found[name] = float(value)
            elif name == "start":
                found[name] = min(float(value), MAXIMUM_START)
            elif name in ("tokens", "seed", "hold"):
                found[name] = min(int(value), MAXIMUM_TOKENS)
            else:
                found[name] = value
        return replace(self, **found)  # type: ignore[arg-type]


def split(message: str) -> tuple[str, str]:
    """Return (options, the rest) of a message; after the word `echo` everything is text."""
    options: list[str] = []
    rest = message.lstrip()
    while match := OPTION.match(rest):
        options.append(match[0])
        rest = rest[match.end() :].lstrip(", \t\n")
    if rest[:5].lower() != "echo ":
        options += [match[0] for match in OPTION.finditer(rest)]
        rest = OPTION.sub("", rest)
    return " ".join(options), rest
