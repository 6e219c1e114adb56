"""An uploaded file, plain or zipped, as a stream of conversations, whatever is in it."""

import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any

import ijson
from ijson.common import ObjectBuilder

from . import chatgpt, claude, openwebui, own
from .bounded import Bounds, Counted, Joined, Progress, Unreadable
from .thread import Thread

FORMATS = [(each.is_one, each.read) for each in (chatgpt, claude, openwebui, own)]
HEAD = 4096
# The parser begins a text anew with every chunk that it reaches into, and keeps all else waiting
# while it parses one.
CHUNK = 256 * 1024
DEEPEST = 200
# Of one conversation: many small values take far more memory than their bytes.
MOST_EVENTS = 2_000_000
PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
STARTS, ENDS = ("start_map", "start_array"), ("end_map", "end_array")
BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class Item:
    """One item of a file: the conversation that it is, or why none comes in of it."""

    thread: Thread | None
    why: str = ""


class Reader:
    """Reads a file some conversations at a time."""

    def __init__(self, file: IO[bytes], size: int, bounds: Bounds) -> None:
        self._bounds, self.progress = bounds, Progress()
        self._found = threads(file, size, bounds, self.progress)
        self._fault: Unreadable | None = None

    def next(self, most: int, messages: int) -> list[Item]:
        """The next conversations, fewer if they are long; none at the end.

        Raises Unreadable, but only after all that could be read was given.
        """
        batch: list[Item] = []
        try:
            if self._fault is not None:
                raise self._fault
            for thread in self._found:
                batch.append(self._looked_at(thread))
                messages -= len(thread.messages) if thread else 0
                if len(batch) >= most or messages < 0:
                    break
        except Unreadable as fault:
            if not batch:
                raise
            self._fault = fault
        return batch

    def _looked_at(self, thread: Thread | None) -> Item:
        if thread is None:
            return Item(None, "format")
        why = thread.unfit(self._bounds.messages, self._bounds.characters)
        if not why:
            thread.render()
        return Item(thread, why)


def threads(
    file: IO[bytes], size: int, bounds: Bounds, progress: Progress
) -> Iterator[Thread | None]:
    """The conversations in a file of `size` bytes, None for what is not one.

    Raises Unreadable, possibly after some.
    """
    try:
        if zipfile.is_zipfile(file):
            yield from _unzipped(file, size, bounds, progress)
        else:
            file.seek(0)
            progress.total = size
            yield from _items(file, size, bounds, progress)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError):
        # Of a zip file: broken, or packed or encrypted in a way that is not known here.
        raise Unreadable("zip") from None
    except (ijson.JSONError, ValueError, OverflowError, RecursionError):
        raise Unreadable("json") from None


def _unzipped(
    file: IO[bytes], size: int, bounds: Bounds, progress: Progress
) -> Iterator[Thread | None]:
    with zipfile.ZipFile(file) as archive:
        entries = archive.infolist()
        if len(entries) > bounds.files:
            raise Unreadable("files")
        left = min(bounds.unpacked, max(size, 50_000) * bounds.ratio)
        wanted = _wanted([each for each in entries if not each.is_dir()])
        if not wanted:
            raise Unreadable("nothing")
        progress.total = sum(each.file_size for each in wanted)
        for entry in wanted:
            if entry.file_size > left:
                raise Unreadable("unpacked")
            if entry.compress_type not in PACKED:
                raise Unreadable("zip")
            with archive.open(entry) as unpacked:
                yield from _items(unpacked, left, bounds, progress)
            left -= entry.file_size


def _wanted(entries: list[zipfile.ZipInfo]) -> list[zipfile.ZipInfo]:
    """The files with conversations: those with such a name, or the only one of JSON."""
    documents = [each for each in entries if each.filename.lower().endswith(".json")]
    named = [each for each in documents if _name(each).startswith("conversations")]
    return named or (documents if len(documents) == 1 else [])


def _name(entry: zipfile.ZipInfo) -> str:
    return entry.filename.rsplit("/", 1)[-1].lower()


def _items(
    file: IO[bytes], most: int, bounds: Bounds, progress: Progress
) -> Iterator[Thread | None]:
    counted = Counted(_after_mark(file), most, bounds.conversation, progress)
    head = counted.read(HEAD)
    joined = Joined(head, counted)
    events = ijson.basic_parse(joined, use_float=True, buf_size=CHUNK)
    for item in _values(events, _where(head)):
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


def thread(item: Any) -> Thread | None:
    """The conversation that an item of a file is, in whichever format; None if it is none."""
    if not isinstance(item, dict):
        return None
    readers = (read for is_one, read in FORMATS if is_one(item))
    read = next(readers, None)
    return read(item) if read else None
