"""The files of imported prompts: kept as text where that came along, else told by their names."""

from pathlib import PurePath
from typing import Any

from django.conf import settings
from django.core.files.storage import default_storage

from chat.attachments.found import Found
from chat.attachments.names import clean_name
from chat.models import Attachment, Message

from .parts import Part
from .thread import File, Said

PLAIN = "text/plain; charset=utf-8"
# Of these only the text came along, which no program opens under the old name.
OFFICE = {
    ".pdf",
    ".doc",
    ".docx",
    ".xls",
    ".xlsx",
    ".ppt",
    ".pptx",
    ".odt",
    ".ods",
    ".rtf",
    ".epub",
}
MOST = 20


class Files:
    """Stores the files of some messages of one person; their rows are saved with the messages."""

    def __init__(self, owner_id: int) -> None:
        self._owner_id = owner_id
        self._room: int | None = None
        self._stored: dict[str, list[Attachment]] = {}
        self.without = 0

    def store(self, some: list[Said]) -> None:
        """Write the files; what has no room or no place is told by its name as well.

        Raises OSError.
        """
        for said in some:
            self.without += sum(bool(each.text) for each in said.files[MOST:])
            said.files = said.files[:MOST]
            for file in said.files:
                if file.text and not self._has_room(file):
                    file.text = ""
                    self.without += 1
            texts = [each for each in said.files if each.text]
            self._stored[said.id] = [self._store(each) for each in texts]

    def parts(self, said: Said) -> list[Part]:
        """What the message tells of its files, in their order."""
        kept = iter(self._stored[said.id])
        return [next(kept).part if each.text else _named(each) for each in said.files]

    def send_with(self, rows: dict[str, Message]) -> None:
        """Save the rows of what was stored; those of the messages are saved."""
        for id, kept in self._stored.items():
            Attachment.objects.send_with(rows[id], kept)

    def forget(self) -> None:
        """Delete what was written: nobody will ask for it."""
        for kept in self._stored.values():
            for each in kept:
                default_storage.delete(str(each.file.name))

    def _has_room(self, file: File) -> bool:
        if self._room is None:
            used = Attachment.objects.filter(owner=self._owner_id).bytes()
            self._room = settings.LIMITS.files_bytes_per_user - used
        size = len(file.text.encode(errors="replace"))
        self._room -= size
        return self._room >= 0 and len(file.text) <= settings.LIMITS.file_chars

    def _store(self, file: File) -> Attachment:
        name = clean_name(file.name)
        name += ".txt" if PurePath(name).suffix.lower() in OFFICE else ""
        data = file.text.encode(errors="replace")
        found = Found("text", PLAIN, data, text=file.text, pages=file.pages)
        made: Attachment = Attachment.objects.stored(self._owner_id, name, found)
        return made


def _named(file: File) -> Part:
    """A file that did not come along."""
    facts: dict[str, Any] = dict.fromkeys(("size", "width", "height", "pages"), 0)
    known = {"type": "attachment", "id": "", "kind": "missing", "name": clean_name(file.name)}
    return known | facts
