"""Reasoning that a model wrote inline, as `<think>…</think>` at the very start of its answer."""

from enum import Enum, auto

OPEN = "<think>"
CLOSE = "</think>"


class _Place(Enum):
    START = auto()
    THINKING = auto()
    THOUGHT = auto()
    ANSWER = auto()


class Thinking:
    """Parts answer text, cut anywhere, into reasoning and answer."""

    def __init__(self) -> None:
        self._place = _Place.START
        self._held = ""
        self._silent = True

    @property
    def over(self) -> bool:
        """Whether all that follows is answer."""
        return self._place is _Place.ANSWER

    def skip(self) -> None:
        """Look for no inline reasoning: the server sent it apart."""
        if self._place is _Place.START and not self._held.strip():
            self._place = _Place.ANSWER
            self._held = ""

    def feed(self, text: str) -> tuple[str, str]:
        """Reasoning and answer that are now certain."""
        if self._place is _Place.ANSWER:
            return "", text
        text, self._held = self._held + text, ""
        if self._place is _Place.START:
            return self._start(text)
        if self._place is _Place.THINKING:
            return self._think(text)
        return "", self._answer(text)

    def close(self) -> tuple[str, str]:
        """Reasoning and answer that were held back: nothing more comes."""
        held, self._held = self._held, ""
        if self._place is _Place.THINKING:
            return held, ""
        return "", held

    def _start(self, text: str) -> tuple[str, str]:
        begun = text.lstrip()
        if begun.startswith(OPEN):
            self._place = _Place.THINKING
            return self._think(begun.removeprefix(OPEN))
        if OPEN.startswith(begun):
            self._held = text
            return "", ""
        self._place = _Place.ANSWER
        return "", text

    def _think(self, text: str) -> tuple[str, str]:
        if self._silent:
            text = text.lstrip()
            self._silent = not text
        reasoning, close, answer = text.partition(CLOSE)
        if close:
            self._place = _Place.THOUGHT
            return reasoning, self._answer(answer)
        keep = _overlap(text, CLOSE)
        if keep:
            text, self._held = text[:-keep], text[-keep:]
        return text, ""

    def _answer(self, text: str) -> str:
        text = text.lstrip()
        if text:
            self._place = _Place.ANSWER
        return text


def _overlap(text: str, word: str) -> int:
    """Length of the longest end of `text` that `word` begins with."""
    for length in range(min(len(text), len(word) - 1), 0, -1):
        if text.endswith(word[:length]):
            return length
    return 0
