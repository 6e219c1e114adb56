"""What people think of answers, for the administrator to see."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from .message import Message

TEXT_LENGTH = 2000


class Feedback(models.Model):
    """One person's opinion of one answer; it can be changed and taken back."""

    class Verdict(models.TextChoices):
        """Thumb up or down."""

        UP = "up", _("Good answer")
        DOWN = "down", _("Bad answer")

    class Reason(models.TextChoices):
        """Why, in the words that people choose from; the first ones praise."""

        CORRECT = "correct", _("Correct")
        CLEAR = "clear", _("Easy to understand")
        COMPLETE = "complete", _("Complete")
        WRONG = "wrong", _("Not correct")
        BESIDE = "beside", _("Not what I asked for")
        UNCLEAR = "unclear", _("Hard to understand")
        REFUSED = "refused", _("Refused without need")
        UNSAFE = "unsafe", _("Harmful or offensive")

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="feedback")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="feedback"
    )
    verdict = models.CharField(max_length=4, choices=Verdict.choices)
    reason = models.CharField(max_length=10, choices=Reason.choices, blank=True)
    text = models.TextField(max_length=TEXT_LENGTH, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name_plural = _("feedback")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["message", "person"], name="one_opinion_each"),
        ]

    def __str__(self) -> str:
        return f"{self.verdict} {self.pk}"


PRAISE = (Feedback.Reason.CORRECT, Feedback.Reason.CLEAR, Feedback.Reason.COMPLETE)
BLAME = tuple(reason for reason in Feedback.Reason if reason not in PRAISE)
