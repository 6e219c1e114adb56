"""A generation: one accepted command to write one assistant message."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext

from chat import rendering
from chat.stream.entries import Part, Usage

from .asking import SAID_UNFINISHED, UNFINISHED
from .conversation import Conversation
from .message import Message, render_parts
from .usage import UsedTokens


@dataclass
class Outcome:
    """How an answer ended, as the writer saw it. Times are aware datetimes."""

    status: str
    parts: list[Part] = field(default_factory=list)
    text: str = ""
    usage: Usage | None = None
    finish_reason: str = ""
    error_code: str = ""
    error_text: str = ""
    error_retryable: bool = False
    started_at: datetime | None = None
    first_token_at: datetime | None = None
    finished_at: datetime | None = None
    stopped_by: int | None = None
    upstream_closed_ms: float | None = None
    paused_ms: int = 0
    without_tools: bool = False


class GenerationQuerySet(models.QuerySet["Generation"]):
    """Generations, by where they are."""

    def unfinished(self) -> "GenerationQuerySet":
        """Those that have not ended."""
        return self.filter(status__in=SAID_UNFINISHED)


class Generation(models.Model):
    """Exactly one for every accepted send, regenerate or continue; `key` makes that so."""

    class Status(models.TextChoices):
        """Where it is, or how it ended; an ending is final."""

        QUEUED = "queued"
        RUNNING = "running"
        COMPLETE = "complete"
        STOPPED = "stopped"
        TRUNCATED = "truncated"
        FILTERED = "filtered"
        FAILED = "failed"
        INTERRUPTED = "interrupted"

    class UsageFrom(models.TextChoices):
        """Who counted the tokens."""

        PROVIDER = "provider"
        ESTIMATED = "estimated"
        NONE = "none"

    conversation = models.ForeignKey(
        Conversation, on_delete=models.CASCADE, related_name="generations"
    )
    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="generations")
    key = models.UUIDField()
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.QUEUED)
    attempt = models.PositiveIntegerField(default=1)
    owner = models.ForeignKey(
        "chat.Process", on_delete=models.SET_NULL, null=True, related_name="generations"
    )
    model = models.CharField(max_length=200)
    params = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    first_token_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    stop_requested_at = models.DateTimeField(null=True, blank=True)
    stop_requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    upstream_closed_ms = models.FloatField(null=True, blank=True)
    paused_ms = models.PositiveIntegerField(default=0)
    without_tools = models.BooleanField(default=False)
    finish_reason = models.CharField(max_length=40, blank=True)
    prompt_tokens = models.PositiveIntegerField(null=True, blank=True)
    completion_tokens = models.PositiveIntegerField(null=True, blank=True)
    reasoning_tokens = models.PositiveIntegerField(null=True, blank=True)
    usage_source = models.CharField(
        max_length=10, choices=UsageFrom.choices, default=UsageFrom.NONE
    )
    error_code = models.CharField(max_length=40, blank=True)
    error_text = models.CharField(max_length=500, blank=True)
    error_retryable = models.BooleanField(default=False)

    objects: ClassVar[Any] = GenerationQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["conversation", "key"], name="key_asks_once"),
            models.UniqueConstraint(
                fields=["conversation"],
                condition=Q(status__in=UNFINISHED),
                name="one_unfinished_generation",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["owner"], condition=Q(status__in=UNFINISHED), name="unfinished_by_owner"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.status} {self.pk}"

    @property
    def is_unfinished(self) -> bool:
        """Whether it may still grow."""
        return self.status in UNFINISHED

    @property
    def error_sentence(self) -> str:
        """What went wrong, in the reader's language; "" if nothing did."""
        return gettext(self.error_text) if self.error_text else ""

    @property
    def first_token_ms(self) -> int | None:
        """Milliseconds from the accepted command to the first token."""
        return _milliseconds(self.created_at, self.first_token_at)

    @property
    def duration_ms(self) -> int | None:
        """Milliseconds from the accepted command to the ending."""
        return _milliseconds(self.created_at, self.finished_at)

    @property
    def tokens_per_second(self) -> float | None:
        """Completion tokens per second of writing, from the first token on, without the tools."""
        writing = (_milliseconds(self.first_token_at, self.finished_at) or 0) - self.paused_ms
        if writing <= 0 or not self.completion_tokens:
            return None
        return round(self.completion_tokens * 1000 / writing, 1)

    def take_over(self) -> bool:
        """Fence off whoever else may write it; False if it ended or was taken over meanwhile."""
        mine = Generation.objects.filter(pk=self.pk, attempt=self.attempt).unfinished()
        self.attempt += 1
        return bool(mine.update(attempt=self.attempt))

    @transaction.atomic
    def finish(self, outcome: Outcome) -> bool:
        """Save the ending and the answer, if nobody ended it first: the first ending wins."""
        # The conversation first, as whoever cuts something off: neither waits for what it holds.
        held = Conversation.objects.select_for_update(no_key=True)
        list(held.filter(pk=self.conversation_id).values_list("pk"))
        usage = outcome.usage
        won = (
            Generation.objects.filter(pk=self.pk, attempt=self.attempt)
            .unfinished()
            .update(
                status=outcome.status,
                started_at=outcome.started_at,
                first_token_at=outcome.first_token_at,
                finished_at=outcome.finished_at,
                finish_reason=outcome.finish_reason[:40],
                upstream_closed_ms=outcome.upstream_closed_ms,
                paused_ms=outcome.paused_ms,
                without_tools=outcome.without_tools,
                prompt_tokens=usage["prompt_tokens"] if usage else None,
                completion_tokens=usage["completion_tokens"] if usage else None,
                reasoning_tokens=usage["reasoning_tokens"] if usage else None,
                usage_source=usage["source"] if usage else self.UsageFrom.NONE,
                error_code=outcome.error_code,
                error_text=outcome.error_text[:500],
                error_retryable=outcome.error_retryable,
            )
        )
        if not won:
            return False
        if outcome.stopped_by is not None:
            self.note_stop(outcome.stopped_by)
        self._write(outcome)
        UsedTokens.objects.note(self, usage)
        self.checkpoints.all().delete()
        return True

    def _write(self, outcome: Outcome) -> None:
        """Save what was written, which makes the conversation the newest."""
        Message.objects.filter(pk=self.message_id).update(
            text=outcome.text,
            parts=outcome.parts,
            rendered=render_parts(outcome.parts),
            rendered_by=rendering.VERSION,
            updated_at=outcome.finished_at,
        )
        Conversation.objects.filter(pk=self.conversation_id).update(
            updated_at=outcome.finished_at, unseen=True
        )

    def note_stop(self, user_id: int) -> None:
        """Note who wanted it stopped; the first one counts."""
        first = Generation.objects.filter(pk=self.pk, stop_requested_at__isnull=True)
        first.update(stop_requested_at=timezone.now(), stop_requested_by=user_id)

    def ending(self) -> dict[str, Any]:
        """What the `end` frame says of a finished generation, read from its row."""
        ending: dict[str, Any] = {
            "status": self.status,
            "usage": {
                "prompt_tokens": self.prompt_tokens,
                "completion_tokens": self.completion_tokens,
                "reasoning_tokens": self.reasoning_tokens,
                "source": self.usage_source,
            },
            "timing": {
                "first_token_ms": self.first_token_ms,
                "duration_ms": self.duration_ms,
                "tokens_per_second": self.tokens_per_second,
            },
        }
        if self.status == self.Status.STOPPED:
            by = self.stop_requested_by
            ending["stop"] = {
                "requested_by": by.get_username() if by else None,
                "upstream_closed_ms": self.upstream_closed_ms,
            }
        if self.error_code:
            ending["error"] = {
                "code": self.error_code,
                "text": self.error_sentence,
                "retryable": self.error_retryable,
            }
        return ending


def _milliseconds(start: datetime | None, end: datetime | None) -> int | None:
    if start is None or end is None:
        return None
    return max(0, round((end - start).total_seconds() * 1000))
