"""The task of a process that brings a file in: a little at a time, so that nobody waits for it."""

import asyncio
import logging
from collections import Counter
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.base import File
from django.db import DatabaseError, DataError, IntegrityError, InterfaceError, transaction
from django.utils import timezone

from chat import supervisor
from chat.database import writing
from chat.models import Import

from .bounded import Bounds, Unreadable
from .files import Item, Reader
from .saving import saving

logger = logging.getLogger(__name__)

# Conversations, and messages of them, that are read before they are saved.
BATCH = 10
MESSAGES = 200
NAMED = 100
REST_SECONDS = 0.02

_one_at_a_time = asyncio.Semaphore(1)
_tasks: set[asyncio.Task[None]] = set()


class Busy(Exception):
    """An import of this person is going on."""


def receive(owner: Any, upload: "File[bytes]") -> Import:
    """Keep an uploaded file and make the row of its import; raises Busy.

    Where the file cannot be kept, the import has failed already.
    """
    settle(owner)
    try:
        with transaction.atomic():
            made: Import = Import.objects.create(
                owner=owner,
                process=supervisor.current().process,
                name=(upload.name or "")[-200:],
                size=upload.size,
            )
    except IntegrityError:
        raise Busy from None
    try:
        _keep(upload, _path(made))
    except OSError as error:
        logger.warning("import %s: %s", made.pk, type(error).__name__)
        made.state, made.fault, made.finished_at = Import.State.FAILED, "file", timezone.now()
        made.save()
    return made


def _keep(upload: "File[bytes]", path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("wb") as file:
            for chunk in upload.chunks():
                file.write(chunk)
    except OSError:
        path.unlink(missing_ok=True)
        raise


def settle(owner: Any) -> None:
    """End what a process left that is gone. What it had brought in stays."""
    for lost in Import.objects.for_user(owner).lost():
        still = Import.objects.going_on().filter(pk=lost.pk)
        still.update(state=Import.State.FAILED, fault="lost", finished_at=timezone.now())
        _path(lost).unlink(missing_ok=True)


async def begin(made: Import) -> None:
    """Start the task of an import in this process."""
    task = asyncio.get_running_loop().create_task(_run(made))
    _tasks.add(task)
    task.add_done_callback(_tasks.discard)


async def _run(made: Import) -> None:
    async with _one_at_a_time:
        path = _path(made)
        try:
            await _save(made, state=Import.State.RUNNING)
            await _bring_in(made, path)
            await _save(made, state=Import.State.DONE, finished_at=timezone.now())
        except Unreadable as error:
            await _fail(made, str(error))
        except OSError as error:
            logger.warning("import %s: %s", made.pk, type(error).__name__)
            await _fail(made, "file")
        except (DatabaseError, InterfaceError) as error:
            logger.warning("import %s: %s", made.pk, type(error).__name__)
            await _fail(made, "database")
        except asyncio.CancelledError:
            await _fail(made, "lost")
            raise
        finally:
            path.unlink(missing_ok=True)
            if made.going_on:
                await _fail(made, "error")


async def _fail(made: Import, fault: str) -> None:
    try:
        await _save(made, state=Import.State.FAILED, fault=fault, finished_at=timezone.now())
    except (DatabaseError, InterfaceError):
        # The row says `running` until this process is gone, and then that it was lost.
        logger.warning("import %s could not be ended", made.pk)


async def _bring_in(made: Import, path: Path) -> None:
    with path.open("rb") as file:
        limits = settings.LIMITS
        bounds = Bounds(messages=limits.import_messages, characters=limits.answer_chars)
        reader = Reader(file, made.size, bounds)
        left_out: Counter[str] = Counter()
        while batch := await asyncio.to_thread(reader.next, BATCH, MESSAGES):
            for item in batch:
                await _take(made, item, left_out)
            percent = reader.progress.percent
            made.report = {**made.report, "left_out": dict(left_out), "percent": percent}
            await _save(made)
            await asyncio.sleep(REST_SECONDS)
            if made.imported + made.known + made.skipped > limits.import_conversations:
                raise Unreadable("conversations")


async def _take(made: Import, item: Item, left_out: Counter[str]) -> None:
    """Save one conversation, or note why not."""
    thread, why = item.thread, item.why
    saved = False
    if thread is not None and not why:
        try:
            steps = saving(made.owner, thread)
            while (step := await writing(next, steps, None)) is not None:
                saved = step
        except IntegrityError:
            saved = False
        except DataError:
            why = "format"
    if why or thread is None:
        made.skipped += 1
        skipped = made.report.setdefault("skipped", [])
        if len(skipped) < NAMED:
            skipped.append({"title": thread.title if thread else "", "why": why})
    elif saved:
        made.imported += 1
        made.messages += len(thread.messages)
        left_out.update(thread.left_out)
    else:
        made.known += 1


async def _save(made: Import, **fields: Any) -> None:
    for name, value in fields.items():
        setattr(made, name, value)
    await writing(made.save)


def _path(made: Import) -> Path:
    return Path(settings.VAR_DIR) / "imports" / f"{made.pk}.upload"
