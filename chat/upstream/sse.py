"""Server-sent events out of bytes: fed as they arrive, never waiting.

The format is the WHATWG HTML standard's, section 9.2.6; `id` and `retry` mean nothing here.
"""

from typing import NamedTuple

LINE_BYTES = 4 * 1024 * 1024
_BOM = b"\xef\xbb\xbf"


class Event(NamedTuple):
    """One event: its name (empty when none was given) and its data."""

    name: bytes
    data: bytes


class LineTooLong(ValueError):
    """A line or an event larger than `LINE_BYTES`."""


class Decoder:
    """Takes bytes cut anywhere and gives the events that they complete."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self._held = 0
        self._after_return = False
        self._first = True
        self._name = b""
        self._data: list[bytes] = []
        self._size = 0

    def feed(self, data: bytes) -> list[Event]:
        """Events completed by these bytes; raises `LineTooLong`."""
        if self._after_return and data[:1] == b"\n":
            data = data[1:]
            self._after_return = False
        if not data:
            return []
        self._after_return = data.endswith(b"\r")
        lines = data.splitlines()
        rest = b"" if data.endswith((b"\r", b"\n")) else lines.pop()
        if lines and self._pieces:
            lines[0] = self._release(lines[0])
        if rest:
            self._hold(rest)
        events: list[Event] = []
        for line in lines:
            self._take(line, events)
        return events

    def close(self) -> list[Event]:
        """The last event, when the stream ended without the empty line that completes it."""
        events: list[Event] = []
        if self._pieces:
            self._take(self._release(b""), events)
        self._dispatch(events)
        return events

    def _hold(self, piece: bytes) -> None:
        self._held += len(piece)
        if self._held > LINE_BYTES:
            raise LineTooLong
        self._pieces.append(piece)

    def _release(self, end: bytes) -> bytes:
        line = b"".join((*self._pieces, end))
        self._pieces.clear()
        self._held = 0
        return line

    def _take(self, line: bytes, events: list[Event]) -> None:
        if self._first:
            self._first = False
            line = line.removeprefix(_BOM)
        if not line:
            self._dispatch(events)
            return
        field, _, value = line.partition(b":")
        if value[:1] == b" ":
            value = value[1:]
        if field == b"data":
            self._size += len(value)
            if self._size > LINE_BYTES:
                raise LineTooLong
            self._data.append(value)
        elif field == b"event":
            self._name = value

    def _dispatch(self, events: list[Event]) -> None:
        if self._data:
            events.append(Event(self._name, b"\n".join(self._data)))
            self._data.clear()
            self._size = 0
        self._name = b""
