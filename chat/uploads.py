"""Taking in what somebody uploads: how much, how often, and what comes of it."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

from chat.allowance import Allowances
from chat.attachments.found import MEGA, Bounds
from chat.attachments.names import clean_name
from chat.attachments.reading import read
from chat.attachments.refused import Refused
from chat.attachments.sentences import sentence
from chat.database import in_database, writing
from chat.models import Attachment

# Each waits for a child process; two files at a time leave room for what streams.
READERS = 2

_readers = ThreadPoolExecutor(READERS, thread_name_prefix="attachments")
_taking: set[asyncio.Task[Attachment]] = set()
_allowances = Allowances(settings.LIMITS.uploads_per_minute, 60)


class NotTaken(Exception):
    """A file that is not taken: a code, and a sentence for the person."""

    def __init__(self, refused: Refused, name: str) -> None:
        super().__init__(sentence(refused, name))
        self.code = refused.code


async def take_in(user_id: int, upload: "UploadedFile[Any]") -> Attachment:
    """The attachment that a person's upload becomes; raises NotTaken.

    Who hangs up meanwhile has sent it all the same: a file without its row would stay for ever.
    """
    name = clean_name(upload.name or "")
    try:
        if _allowances.take(user_id):
            raise Refused("rate")
        if (upload.size or 0) > settings.LIMITS.file_bytes:
            raise Refused("size", settings.LIMITS.file_bytes // MEGA)
        await in_database(_check_quota, user_id)
        taking = asyncio.create_task(_take(user_id, name, upload))
        # The loop itself holds its tasks only weakly.
        _taking.add(taking)
        taking.add_done_callback(_taken)
        return await asyncio.shield(taking)
    except Refused as refused:
        raise NotTaken(refused, name) from None


async def _take(user_id: int, name: str, upload: "UploadedFile[Any]") -> Attachment:
    loop = asyncio.get_running_loop()
    made = await loop.run_in_executor(_readers, _read, user_id, name, upload)
    await writing(made.save, force_insert=True)
    return made


def _taken(taking: asyncio.Task[Attachment]) -> None:
    _taking.discard(taking)
    if not taking.cancelled():
        # Heard here, should nobody else be there any more to hear why a file was not taken.
        taking.exception()


def _read(user_id: int, name: str, upload: "UploadedFile[Any]") -> Attachment:
    limits = settings.LIMITS
    bounds = Bounds(
        pixels=limits.image_pixels,
        side=limits.image_side,
        pages=limits.file_pages,
        chars=limits.file_chars,
        seconds=limits.reading_seconds,
        memory=limits.reading_memory,
    )
    found = read(name, upload.read(), bounds)
    try:
        made: Attachment = Attachment.objects.stored(user_id, name, found)
    except OSError:
        raise Refused("stored") from None
    return made


def _check_quota(user_id: int) -> None:
    most = settings.LIMITS.files_bytes_per_user
    if Attachment.objects.filter(owner=user_id).bytes() >= most:
        raise Refused("quota", most // MEGA)
