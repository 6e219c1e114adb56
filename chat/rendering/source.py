"""The text of an answer, made fit for the parser."""

import re

# C0 controls (but tab and line feed), DEL and lone surrogates. The parser refuses surrogates, a
# browser NUL; and the writer uses some controls as marks of its own, so no text may hold them.
_UNFIT = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


def normalise(text: str) -> str:
    """Return `text` with `\\n` line ends and U+FFFD in place of what cannot be shown."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _UNFIT.sub("\ufffd", text)


class Intake:
    """Normalises a text that arrives in pieces; the result never depends on where it was cut."""

    def __init__(self) -> None:
        self._after_return = False

    def take(self, piece: str) -> str:
        """Return what `piece` adds to the normalised text."""
        if self._after_return and piece.startswith("\n"):
            piece = piece[1:]
            self._after_return = False
        if piece:
            self._after_return = piece.endswith("\r")
        return normalise(piece)
