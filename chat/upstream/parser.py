"""The body of an answer, in whatever form it comes, turned into log entries without waiting."""

from chat.stream.entries import Entry

from .deltas import Deltas
from .errors import UpstreamError, decode, reported
from .sse import Decoder, Event, LineTooLong

BODY_BYTES = 16 * 1024 * 1024
ANSWER_CHARACTERS = 4 * 1024 * 1024
_TOO_LARGE = "The model server sent more than one answer may hold."


class Parser:
    """Fed the bytes of a 200, cut anywhere; the first of them tells what they are.

    Servers mislabel their bodies and ignore `stream`, so the content type is not asked.
    """

    def __init__(self) -> None:
        self.deltas = Deltas()
        self.over = False
        self._events = Decoder()
        self._whole: bytearray | None = None
        self._begun = False

    def feed(self, data: bytes, entries: list[Entry]) -> None:
        """Append the entries that these bytes complete; raises `UpstreamError`."""
        if not self._begun:
            self._begin(data.lstrip())
        if self._whole is not None:
            self._whole += data
            if len(self._whole) > BODY_BYTES:
                raise UpstreamError("garbled", _TOO_LARGE, detail="body too large")
            return
        try:
            events = self._events.feed(data)
        except LineTooLong:
            raise UpstreamError("garbled", _TOO_LARGE, detail="line too long") from None
        for event in events:
            if self.over:
                return
            self._take(event, entries)

    def end(self, entries: list[Entry]) -> None:
        """Append what the end of the body completes; raises `UpstreamError`."""
        if self._whole is not None:
            self._take(Event(b"", bytes(self._whole)), entries)
            if not self.deltas.answered:
                raise UpstreamError("garbled", detail="JSON without an answer in it")
            self.over = True
            return
        for event in self._events.close():
            # Without its empty line it may be half an event: a cut, which needs no error.
            if event.data == b"[DONE]" or decode(event.data) is not None:
                self._take(event, entries)
        if not self.deltas.chunks:
            raise UpstreamError("empty", detail="no chunk")
        self.over = True

    def flush(self, entries: list[Entry]) -> None:
        """Append what was held back; nothing may be fed afterwards."""
        self.deltas.close(entries)

    def _begin(self, data: bytes) -> None:
        self._begun = bool(data)
        if data[:1] in (b"{", b"["):
            self._whole = bytearray()
        elif data[:1] == b"<":
            raise UpstreamError("garbled", detail="a page of HTML")

    def _take(self, event: Event, entries: list[Entry]) -> None:
        if event.data == b"[DONE]":
            if not self.deltas.chunks:
                raise UpstreamError("empty", detail="no chunk before [DONE]")
            self.over = True
            return
        if not event.data:
            return
        chunk = decode(event.data)
        if chunk is None:
            raise UpstreamError("garbled", detail=f"no JSON in {len(event.data)} bytes")
        if isinstance(chunk, dict):
            self._complain(event.name, chunk)
        self.deltas.feed(chunk, entries)
        if self.deltas.characters > ANSWER_CHARACTERS:
            raise UpstreamError("garbled", _TOO_LARGE, detail="answer too large")

    def _complain(self, name: bytes, chunk: dict[str, object]) -> None:
        if "choices" in chunk and not chunk.get("error") and name != b"error":
            return
        error = reported(chunk)
        if error is None and name == b"error":
            error = UpstreamError("server_error", detail="event: error")
        if error is not None:
            raise error
