"""All conversations as one file, made piece by piece: memory does not grow with their number."""

import zipfile
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from datetime import datetime
from typing import Any

import orjson
from django.db.models import Prefetch
from django.utils import timezone

from chat.database import in_database
from chat.models import Conversation, Generation, Message

from .documents import FORMAT, VERSION, document, markdown
from .files import filename

# Conversations that are read together, and bytes after which they are sent.
BATCH = 20
BYTES = 8_000_000

Batch = list[tuple[Conversation, list[Message]]]


async def as_json(user: Any, ids: list[Any]) -> AsyncIterator[bytes]:
    """The conversations `ids` of `user` as one JSON object."""
    head = {"format": FORMAT, "version": VERSION, "exported_at": timezone.now().isoformat()}
    yield orjson.dumps(head)[:-1] + b',"conversations":['
    comma = b"\n"
    for batch in _batches(ids):
        while batch:
            texts, batch = await in_database(_documents, user, batch)
            for text in texts:
                yield comma + text
                comma = b",\n"
    yield b"\n]}\n"


async def as_zip(user: Any, ids: list[Any]) -> AsyncIterator[bytes]:
    """The conversations `ids` of `user` as a zip file with a Markdown file for each."""
    sink = _Sink()
    archive = zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED)
    number = 0
    for batch in _batches(ids):
        await in_database(_add, archive, user, batch, number)
        number += len(batch)
        yield sink.taken()
    archive.close()
    yield sink.taken()


def _batches(ids: list[Any]) -> Iterator[list[Any]]:
    for start in range(0, len(ids), BATCH):
        yield ids[start : start + BATCH]


def _documents(user: Any, ids: list[Any]) -> tuple[list[bytes], list[Any]]:
    """The first documents, and the ids of those that are left: texts of files can be long."""
    texts: list[bytes] = []
    size = 0
    read = _read(user, ids)
    for number, each in enumerate(read, 1):
        texts.append(orjson.dumps(document(*each)))
        size += len(texts[-1])
        if size > BYTES:
            return texts, [conversation.pk for conversation, _messages in read[number:]]
    return texts, []


def _add(archive: zipfile.ZipFile, user: Any, ids: list[Any], number: int) -> None:
    """Add the files of some conversations to the archive."""
    for n, (conversation, messages) in enumerate(_read(user, ids), number + 1):
        at = timezone.localtime(conversation.created_at)
        name = filename(conversation.title, at, "md", n)
        info = zipfile.ZipInfo(name, _dos(at))
        info.compress_type = zipfile.ZIP_DEFLATED
        archive.writestr(info, markdown(conversation, _path(conversation, messages)))


def _dos(at: datetime) -> tuple[int, int, int, int, int, int]:
    """A time as zip files can say it."""
    return (max(1980, min(at.year, 2107)), at.month, at.day, at.hour, at.minute, at.second)


def _read(user: Any, ids: list[Any]) -> Batch:
    """Some conversations with their messages; without those that are gone by now."""
    found = Conversation.objects.for_user(user).in_bulk(ids)
    commands = Prefetch("generations", Generation.objects.order_by("pk"))
    messages: dict[Any, list[Message]] = defaultdict(list)
    said = Message.objects.filter(conversation__in=found.keys()).defer("rendered")
    for message in said.prefetch_related(commands, "feedback").order_by("pk"):
        messages[message.conversation_id].append(message)
    return [(found[id], messages[id]) for id in ids if id in found]


def _path(conversation: Conversation, messages: list[Message]) -> list[Message]:
    known = {message.pk: message for message in messages}
    path: list[Message] = []
    at = conversation.leaf_id
    while at in known:
        path.append(known.pop(at))
        at = path[-1].parent_id
    return path[::-1]


class _Sink:
    """A file that can only be written to, for what is sent on at once."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def write(self, data: bytes, /) -> int:
        """Take some bytes."""
        self._pieces.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Do nothing: nothing is held back."""

    def close(self) -> None:
        """Do nothing: what is left is taken."""

    def taken(self) -> bytes:
        """What was written since the last time."""
        pieces, self._pieces = self._pieces, []
        return b"".join(pieces)
