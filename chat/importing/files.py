"""An uploaded file, plain or zipped, as a stream of conversations, whatever is in it."""

import io
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any

import ijson
from ijson.common import ObjectBuilder

from . import chatgpt, claude, openwebui, own
from .thread import Thread

FORMATS = [(each.is_one, each.read) for each in (chatgpt, claude, openwebui, own)]
HEAD = 4096
DEEPEST = 200
# Of one conversation: many small values take far more memory than their bytes.
MOST_EVENTS = 2_000_000
PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
STARTS, ENDS = ("start_map", "start_array"), ("end_map", "end_array")
BOM = b"\xef\xbb\xbf"


class Unreadable(Exception):
    """The file cannot be read (further); the argument names the reason."""


@dataclass(frozen=True)
class Bounds:
    """What a file may unpack to: bytes, times its own size, files, bytes of one conversation."""

    unpacked: int = 4_000_000_000
    ratio: int = 200
    files: int = 20_000
    conversation: int = 64_000_000


class Counted(io.RawIOBase):
    """A file that stops being read where it goes beyond the bounds."""

    def __init__(self, file: IO[bytes], most: int, at_once: int) -> None:
        self._file, self._most, self._at_once = file, most, at_once
        self.read_bytes = self.mark = 0

    def read(self, size: int = -1) -> bytes:
        """Read on; raises Unreadable beyond the bounds."""
        data = self._file.read(size)
        self.read_bytes += len(data)
        if self.read_bytes > self._most:
            raise Unreadable("unpacked")
        if self.read_bytes - self.mark > self._at_once:
            raise Unreadable("conversation")
        return data


class Reader:
    """Reads a file some conversations at a time."""

    def __init__(self, found: Iterator[Thread | None]) -> None:
        self._found = found
        self._fault: Unreadable | None = None

    def next(self, most: int, messages: int) -> list[Thread | None]:
        """The next conversations, fewer if they are long; none at the end.

        Raises Unreadable, but only after all that could be read was given.
        """
        batch: list[Thread | None] = []
        try:
            if self._fault is not None:
                raise self._fault
            for thread in self._found:
                if thread is not None:
                    thread.render()
                batch.append(thread)
                messages -= len(thread.messages) if thread else 0
                if len(batch) >= most or messages < 0:
                    break
        except Unreadable as fault:
            if not batch:
                raise
            self._fault = fault
        return batch


def threads(file: IO[bytes], size: int, bounds: Bounds) -> Iterator[Thread | None]:
    """The conversations in a file of `size` bytes, None for what is not one.

    Raises Unreadable, possibly after some.
    """
    try:
        if zipfile.is_zipfile(file):
            yield from _unzipped(file, size, bounds)
        else:
            file.seek(0)
            yield from _items(file, size, bounds)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError):
        # Of a zip file: broken, or packed or encrypted in a way that is not known here.
        raise Unreadable("zip") from None
    except (ijson.JSONError, ValueError, OverflowError, RecursionError):
        raise Unreadable("json") from None


def _unzipped(file: IO[bytes], size: int, bounds: Bounds) -> Iterator[Thread | None]:
    with zipfile.ZipFile(file) as archive:
        entries = archive.infolist()
        if len(entries) > bounds.files:
            raise Unreadable("files")
        left = min(bounds.unpacked, max(size, 50_000) * bounds.ratio)
        wanted = _wanted([each for each in entries if not each.is_dir()])
        if not wanted:
            raise Unreadable("nothing")
        for entry in wanted:
            if entry.file_size > left:
                raise Unreadable("unpacked")
            if entry.compress_type not in PACKED:
                raise Unreadable("zip")
            with archive.open(entry) as unpacked:
                yield from _items(unpacked, left, bounds)
            left -= entry.file_size


def _wanted(entries: list[zipfile.ZipInfo]) -> list[zipfile.ZipInfo]:
    """The files with conversations: those with such a name, or the only one of JSON."""
    documents = [each for each in entries if each.filename.lower().endswith(".json")]
    named = [each for each in documents if _name(each).startswith("conversations")]
    return named or (documents if len(documents) == 1 else [])


def _name(entry: zipfile.ZipInfo) -> str:
    return entry.filename.rsplit("/", 1)[-1].lower()


def _items(file: IO[bytes], most: int, bounds: Bounds) -> Iterator[Thread | None]:
    counted = Counted(_after_mark(file), most, bounds.conversation)
    head = counted.read(HEAD)
    joined = _Joined(head, counted)
    for item in _values(ijson.basic_parse(joined, use_float=True), _where(head)):
        counted.mark = counted.read_bytes
        yield thread(item)


def _after_mark(file: IO[bytes]) -> IO[bytes]:
    """The file after its byte order mark, which is no JSON."""
    if file.read(3) != BOM:
        file.seek(0)
    return file


def _where(head: bytes) -> int:
    """How deep the conversations are: in a list, in a list by that name, or it is a single one."""
    if head.lstrip()[:1] == b"[":
        return 1
    return 2 if b'"conversations"' in head else 0


def _values(events: Iterator[tuple[str, Any]], level: int) -> Iterator[Any]:
    """The values that are `level` deep; raises Unreadable where it goes deeper than sense.

    ijson's own way keeps the whole path of every value, which is more than memory can hold.
    """
    depth = events_left = 0
    named = level < 2
    builder = None
    for event, value in events:
        depth -= event in ENDS
        if level == 2 and depth == 1 and event == "map_key":
            named = value == "conversations"
        if builder is None and named and depth == level and event not in ("map_key", *ENDS):
            builder = ObjectBuilder()
            events_left = MOST_EVENTS
        if builder is not None:
            builder.event(event, value)
            events_left -= 1
            if not events_left:
                raise Unreadable("conversation")
            if depth == level and event not in STARTS:
                yield builder.value
                builder = None
        depth += event in STARTS
        if depth > DEEPEST:
            raise Unreadable("json")


class _Joined:
    """What was read already, and then the rest."""

    def __init__(self, head: bytes, rest: Counted) -> None:
        self._head, self._rest = head, rest

    def read(self, size: int = -1) -> bytes:
        """Read on."""
        if not self._head or size == 0:
            return b"" if size == 0 else self._rest.read(size)
        head, self._head = self._head, b""
        return head


def thread(item: Any) -> Thread | None:
    """The conversation that an item of a file is, in whichever format; None if it is none."""
    if not isinstance(item, dict):
        return None
    readers = (read for is_one, read in FORMATS if is_one(item))
    read = next(readers, None)
    return read(item) if read else None
