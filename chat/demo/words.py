"""The words the demo model obeys: one table, from which its own help is written."""

import functools
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from chat.demo import tools
from chat.demo.answer import Answer, Fault
from chat.demo.asked import Asked, of
from chat.demo.faults import REFUSALS, failing, only, refuse
from chat.demo.generated import expected_text, wide
from chat.demo.received import BLIND, CANNOT, has_images, received
from chat.demo.texts import text
from chat.demo.tokens import cut

FILLERS = frozenset(
    re.findall(r"\w+", "a an the please show me give some i want answer now try it")
)
SLOW_START, SLOW_RATE = 5.0, 6.0

Make = Callable[[Asked], Answer]


@dataclass(frozen=True, slots=True)
class Word:
    """A phrase to type (`also`: others that mean it), what it does, and how."""

    phrase: str
    says: str
    make: Make
    group: str = "show"
    also: tuple[str, ...] = ()


def shows(name: str) -> Make:
    """Return the word that writes the text of this name."""
    return lambda asked: Answer(text=text(name))


def thinks(asked: Asked) -> Answer:
    """Reason in a field of its own, then answer."""
    return Answer(reasoning=text("thinking"), text=text("thought"))


def thinks_inline(asked: Asked) -> Answer:
    """Reason in the text, between tags."""
    return Answer(text=f"<think>\n{text('thinking')}</think>\n\n{text('thought')}")


def ends(reason: str | None, name: str = "half") -> Make:
    """Return the word that writes a text and ends with this finish reason."""
    return lambda asked: Answer(text=text(name), finish=reason)


def echo(asked: Asked) -> Answer:
    """Repeat the text after the word, exactly."""
    return Answer(text=asked.text[5:])


def files(asked: Asked) -> Answer:
    """Say what files came with the message."""
    return Answer(text="\n".join([CANNOT, "", *asked.brought, ""]))


def blind(asked: Asked) -> Answer:
    """Refuse images, as a model does that reads text only."""
    return Answer(refusal=BLIND) if has_images(asked.messages) else Answer(text=text("rest"))


def bench(asked: Asked) -> Answer:
    """Write Markdown of exactly so many tokens, at once unless a rate is given."""
    options = asked.options
    return Answer(text=expected_text(options.tokens, options.seed), rate=0.0, start=0.0)


WORDS = (
    Word("long", "a very long one, to scroll, to stop and to reload in", shows("long")),
    Word("code", "code in several languages", shows("code")),
    Word("table", "tables", shows("table"), also=("tables",)),
    Word("list", "lists, also nested and with boxes", shows("list"), also=("lists",)),
    Word("math", "formulas", shows("math"), also=("maths", "formula", "formulas")),
    Word("think", "reasoning first, then the answer", thinks, also=("reasoning", "reason")),
    Word("think inline", "reasoning as `<think>` in the text", thinks_inline),
    Word("what time is it", "a look at the clock, with a tool", tools.time_in, also=("time",)),
    Word(
        "calculate …",
        "a calculation, with a tool",
        tools.calculation,
        also=("use the calculator",),
    ),
    Word("search my chats for …", "a search in earlier conversations, with a tool", tools.search),
    Word("tool", "a call of a tool, if one is offered", tools.tool, also=("tools",)),
    Word("tool call", "a call of a tool, offered or not", tools.tool_call),
    Word("two tools", "two calls in one answer", tools.two_tools),
    Word("use …", "a call of the tool of this name", tools.used, "test"),
    Word("tools for ever", "a call after every result", tools.for_ever, "test"),
    Word("bad tool", "arguments that are no JSON, and a tool that is not", tools.bad_call, "test"),
    Word("tool whole", "the call in one piece", lambda a: tools.tool_call(a, "whole"), "test"),
    Word(
        "tool repeated",
        "id and name in every piece",
        lambda a: tools.tool_call(a, "repeated"),
        "test",
    ),
    Word("tool text", "the call as `<tool_call>` in the text", tools.tool_text, "test"),
    Word("wide", "things wider than the page", lambda a: Answer(text=wide())),
    Word("rtl", "Arabic and Hebrew, right to left", shows("rtl"), also=("arabic", "hebrew")),
    Word("cjk", "Chinese, Japanese and Korean", shows("cjk"), also=("chinese", "japanese")),
    Word("emoji", "emoji, also of several parts", shows("emoji"), also=("emojis",)),
    Word("hostile", "tricks that a careless page would run", shows("hostile"), "fault"),
    Word(
        "slow",
        "five seconds of silence, then slowly",
        lambda a: Answer(text=text("slow"), start=SLOW_START, rate=SLOW_RATE),
        "fault",
    ),
    Word("silence", "nothing at all, for ever: press Stop", only(Fault.SILENCE), "fault"),
    Word("stall", "half an answer, then silence", failing(Fault.SILENCE), "fault"),
    Word("error", "an error instead of an answer", refuse("error"), "fault"),
    Word(
        "error once",
        "an error, and an answer when asked again",
        lambda a: Answer(text=text("once"), refusal=REFUSALS["error"], once=True),
        "fault",
    ),
    Word(
        "error in the middle",
        "half an answer, then an error",
        failing(Fault.ERROR),
        "fault",
        also=("break",),
    ),
    Word("cut", "half an answer, then a broken connection", failing(Fault.CUT), "fault"),
    Word("truncate", "an answer that reaches its limit", ends("length"), "fault"),
    Word("filter", "an answer stopped by a content filter", ends("content_filter"), "fault"),
    Word("empty", "a response without an answer", only(Fault.EMPTY), "fault"),
    Word(
        "garbage",
        "something that is no JSON in the stream",
        failing(Fault.GARBAGE, text("rest")),
        "test",
    ),
    Word("no finish", "an end without a finish reason", ends(None), "test"),
    Word("no done", "an end without `[DONE]`", failing(Fault.NO_DONE), "test"),
    Word("hang up", "an end in the middle of the body", failing(Fault.HANG_UP), "test"),
    Word("blank", "a proper answer without text", lambda a: Answer(), "test"),
    Word("no headers", "not even the head of a response", only(Fault.NO_HEADERS), "test"),
    Word("comments", "nothing but keep-alive comments", only(Fault.COMMENTS), "test"),
    *(
        Word(phrase, f"the error {refusal.code or refusal.status}", refuse(phrase), "test")
        for phrase, refusal in REFUSALS.items()
        if phrase != "error"
    ),
    Word(
        "received", "all messages of the request, as JSON", lambda a: received(a.messages), "test"
    ),
    Word("blind", "an error if there are images", blind, "test"),
    Word("echo …", "the text after the word, exactly", echo, "test"),
    Word("bench", "`tokens=…` of Markdown, made from `seed=…`", bench, "test"),
)


def normal(message: str) -> str:
    """Return a message without case, punctuation and filling words."""
    words = re.findall(r"\w+", unicodedata.normalize("NFC", message).casefold())
    return " ".join(word for word in words if word not in FILLERS)


# What takes more words than its own.
OPEN = {normal(w.phrase): w for w in WORDS if w.phrase.endswith("…")}
OPEN[normal("what time is it in")] = next(word for word in WORDS if word.make is tools.time_in)
PHRASES = {normal(phrase): word for word in WORDS for phrase in (word.phrase, *word.also)}


def answer(asked: Asked) -> Answer:
    """Return what the demo model answers."""
    made = _make(asked)
    rate, start = asked.options.rate, asked.options.start
    if rate is not None:
        made = replace(made, rate=rate, start=0.0)
    if start is not None:
        made = replace(made, start=start)
    if asked.model == "demo-thinker" and not made.reasoning:
        made = replace(made, reasoning=text("thinking"))
    return made if asked.max_tokens is None else limited(made, asked.max_tokens)


def limited(answer: Answer, tokens: int) -> Answer:
    """Return an answer of so many tokens at most; one that is cut off has no call and no fault."""
    reasoning, words = cut(answer.reasoning), cut(answer.text + answer.rest)
    if answer.refusal or len(reasoning) + len(words) <= tokens:
        return answer
    return replace(
        answer,
        reasoning="".join(reasoning[:tokens]),
        text="".join(words[: max(0, tokens - len(reasoning))]),
        calls=(),
        fault=None,
        rest="",
        finish="length",
    )


def expected(messages: str | list[dict[str, Any]], **request: Any) -> str:
    """Return the text a client gets for these messages, or for one message of this text."""
    made = answer(of(messages, **request))
    return made.text + made.rest


def _make(asked: Asked) -> Answer:
    word = _word(asked.text)
    if asked.results and (word is None or word.make is not tools.for_ever):
        return tools.after_tool(asked)
    if word:
        return word.make(asked)
    if asked.brought:
        return files(asked)
    return Answer(text=welcome() if asked.turns < 2 else again())


def _word(message: str) -> Word | None:
    """The word that a message is, or begins with if that word takes more."""
    if message[:5].lower() == "echo ":
        return OPEN["echo"]
    if len(message) >= 100:
        return None
    said = normal(message)
    begun = (word for phrase, word in OPEN.items() if said.startswith(f"{phrase} "))
    return PHRASES.get(said) or next(begun, None)


@functools.cache
def welcome() -> str:
    """Return the first answer: what this is, what it can show, and how to connect a real model."""
    faults = "\n".join(f"- `{w.phrase}`: {w.says}" for w in WORDS if w.group == "fault")
    return text("welcome").replace("{show}", _rows("show")).replace("{fault}", faults)


@functools.cache
def again() -> str:
    """Return the answer to everything else that is no word of ours."""
    words = ", ".join(f"`{w.phrase}`" for w in WORDS if w.group != "test")
    return text("again").replace("{words}", words)


def _rows(group: str) -> str:
    return "\n".join(f"| `{w.phrase}` | {w.says} |" for w in WORDS if w.group == group)
