"""A conversation: one person's thread of messages, of which one path is shown."""

import uuid
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from . import counts
from .asking import LEAF, Accepted, Ask, Busy, NotPossible
from .attachment import Attachment
from .listed import ConversationQuerySet, Listed
from .rows import insert, update

if TYPE_CHECKING:
    from .message import Message

TITLE_LENGTH = 80
CONTINUABLE = ("stopped", "truncated", "interrupted")


class Conversation(Listed):
    """A tree of messages; `leaf` ends the one path that is shown, the same in every tab."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="conversations"
    )
    model = models.CharField(max_length=200, blank=True)
    system_prompt = models.TextField(blank=True)
    params = models.JSONField(default=dict, blank=True)
    tools = models.JSONField(default=dict, blank=True)
    tools_allowed = models.JSONField(default=list, blank=True)
    leaf = models.ForeignKey(
        "chat.Message", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects: ClassVar[Any] = ConversationQuerySet.as_manager()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["owner", "-pinned", "-updated_at", "-id"],
                condition=Q(archived=False, temporary=False, deleted_at__isnull=True),
                name="conversation_listed",
            ),
            models.Index(
                fields=["deleted_at"],
                condition=Q(deleted_at__isnull=False),
                name="conversation_deleted",
            ),
            models.Index(
                fields=["created_at"], condition=Q(temporary=True), name="conversation_temporary"
            ),
            # For the lists of the admin, which show everybody's.
            models.Index(fields=["-updated_at", "-id"], name="conversation_updated"),
            models.Index(fields=["created_at"], name="conversation_created"),
        ]

    def __str__(self) -> str:
        return self.title or str(self.id)

    def get_absolute_url(self) -> str:
        return reverse("chat:conversation", args=[self.id])

    def path(self, limit: int | None = None) -> list["Message"]:
        """The messages shown, oldest first, each with its generations; the last `limit` ones."""
        return self.messages.path_to(self.leaf_id, limit)

    def send(
        self,
        ask: Ask,
        text: str,
        parent: int | str | None = LEAF,
        attachments: Sequence[uuid.UUID] = (),
        files_of: int | None = None,
    ) -> Accepted:
        """Say `text` after the message `parent` (LEAF: at the end; None: at the root).

        `attachments` are the ids of files that the owner has uploaded and not sent yet; `files_of`
        is a prompt whose files go with this one as well.

        Like the commands below it raises Busy while an answer is being written, and NotPossible;
        and like them it belongs into a transaction that holds the conversation's row.
        """
        if duplicate := self._take_turn(ask):
            return duplicate
        at = self._parent(parent)
        prompt = self._say(text, at, self._files(attachments, files_of))
        answer = self._add(parent=prompt, role="assistant")
        titled = not self.title
        self.title = self.title or title_of(text) or title_of(prompt.file_names)
        changed = at != self.leaf_id
        return self._accept(ask, answer, prompt=prompt, path_changed=changed, titled=titled)

    def _files(self, ids: Sequence[uuid.UUID], of: int | None) -> list[Attachment]:
        taken = Attachment.objects.take(self.owner_id, ids) if ids else []
        return [*self.attachments.twins_of(of), *taken] if of else taken

    def _say(self, text: str, parent: int | None, files: list[Attachment]) -> "Message":
        what: dict[str, Any] = {"parent_id": parent, "role": "user", "text": text}
        if not files:
            return self._add(**what)
        prompt = self._add(**what, parts=[each.part for each in files])
        Attachment.objects.send_with(prompt, files)
        return prompt

    def switch_tools(self, on: dict[str, bool]) -> None:
        """Offer these tools to the model from now on, or not."""
        self.tools = {**self.tools, **on}
        # Not `save`: that would make it the newest.
        Conversation.objects.filter(pk=self.pk).update(tools=self.tools)

    def regenerate(self, ask: Ask, message: int) -> Accepted:
        """Write another answer beside `message`, or the first one to a prompt that has none."""
        if duplicate := self._take_turn(ask):
            return duplicate
        prompt = self._unanswered(message) or self._answer(message).parent_id
        answer = self._add(parent_id=prompt, role="assistant")
        return self._accept(ask, answer, path_changed=True)

    def continue_(self, ask: Ask, message: int) -> Accepted:
        """Go on writing `message`, the stopped, truncated or interrupted last answer."""
        if duplicate := self._take_turn(ask):
            return duplicate
        answer = self._answer(message)
        last = answer.generation
        if answer.pk != self.leaf_id or last is None or last.status not in CONTINUABLE:
            raise NotPossible(_("Only a last answer that was cut short can be continued."))
        return self._accept(ask, answer, path_changed=True)

    def configure(self, **what: Any) -> None:
        """Keep another `model`, `system_prompt` or `params`; that does not make it the newest."""
        Conversation.objects.filter(pk=self.pk).update(**what)
        for name, value in what.items():
            setattr(self, name, value)

    def _take_turn(self, ask: Ask) -> Accepted | None:
        """What this key has brought already; raises Busy while an answer is being written."""
        if self.leaf_id is None:
            return None
        if known := counts.asked_by(self.pk, ask.key):
            generation = self.generations.select_related("message").get(pk=known)
            return Accepted(self, generation.message, generation, duplicate=True)
        if counts.is_running(self.pk):
            raise Busy
        return None

    def _parent(self, parent: int | str | None) -> int | None:
        if parent == LEAF:
            return self.leaf_id
        return None if parent is None else self._answer(int(parent)).pk

    def _unanswered(self, id: int) -> int | None:
        """The same id, if it is that of a prompt whose answers were deleted."""
        prompts = self.messages.filter(pk=id, role="user", children=None)
        return id if self.leaf_id == id and prompts.exists() else None

    def _answer(self, id: int) -> "Message":
        answer = self.messages.filter(pk=id, role="assistant").first()
        if answer is None:
            raise NotPossible(_("There is no such answer in this conversation."))
        return answer

    def _add(self, **what: Any) -> "Message":
        return insert(self.messages.model(conversation=self, **what))

    def _accept(self, ask: Ask, answer: "Message", **what: Any) -> Accepted:
        asked = {"key": ask.key, "owner": ask.process, "model": ask.model, "params": ask.params}
        generation = insert(self.generations.model(conversation=self, message=answer, **asked))
        self.leaf_id = answer.pk
        self.model = ask.model
        if self._state.adding:
            insert(self)
        else:
            update(self, "leaf", "model", "title", "updated_at")
        return Accepted(self, answer, generation, **what)


def title_of(prompt: str) -> str:
    """A title made of the first line of a prompt, cut at a word, at most 80 characters."""
    line = next((line.strip() for line in prompt.splitlines() if line.strip()), "")
    line = " ".join(line.split())
    if len(line) <= TITLE_LENGTH:
        return line
    cut = line[: TITLE_LENGTH - 1]
    return (cut.rsplit(" ", 1)[0] if " " in cut[40:] else cut).rstrip() + "…"
