"""Reading within bounds, whatever a file claims to be, and how far one got."""

import io
from dataclasses import dataclass
from typing import IO


class Unreadable(Exception):
    """The file cannot be read (further); the argument names the reason."""


@dataclass(frozen=True)
class Bounds:
    """What a file may unpack to: bytes, times its own size, files, bytes of one conversation.

    Of a conversation so many messages of so many characters come in.
    """

    unpacked: int = 4_000_000_000
    ratio: int = 200
    files: int = 20_000
    conversation: int = 64_000_000
    messages: int = 100_000
    characters: int = 2_000_000


@dataclass
class Progress:
    """How many bytes were read, of how many."""

    read: int = 0
    total: int = 0

    @property
    def percent(self) -> int:
        """From 0 to 100."""
        return min(100, self.read * 100 // self.total) if self.total else 0


class Counted(io.RawIOBase):
    """A file that stops being read where it goes beyond the bounds."""

    def __init__(self, file: IO[bytes], most: int, at_once: int, progress: Progress) -> None:
        self._file, self._most, self._at_once, self._progress = file, most, at_once, progress
        self.read_bytes = self.mark = 0

    def read(self, size: int = -1) -> bytes:
        """Read on; raises Unreadable beyond the bounds."""
        data = self._file.read(size)
        self.read_bytes += len(data)
        self._progress.read += len(data)
        if self.read_bytes > self._most:
            raise Unreadable("unpacked")
        if self.read_bytes - self.mark > self._at_once:
            raise Unreadable("conversation")
        return data


class Joined:
    """What was read already, and then the rest."""

    def __init__(self, head: bytes, rest: Counted) -> None:
        self._head, self._rest = head, rest

    def read(self, size: int = -1) -> bytes:
        """Read on."""
        if not self._head or size == 0:
            return b"" if size == 0 else self._rest.read(size)
        head, self._head = self._head, b""
        return head
