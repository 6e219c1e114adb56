"""What a person said when a tool asked whether it may run."""

from typing import Any, ClassVar

from django.db import models


class ToolPermission(models.Model):
    """The answer to one question `ask` of a generation; the first one counts."""

    class Choice(models.TextChoices):
        """What may be said."""

        ONCE = "once"
        ALWAYS = "always"
        DENY = "deny"

    generation = models.ForeignKey(
        "chat.Generation", on_delete=models.CASCADE, related_name="tool_permissions"
    )
    ask = models.UUIDField(unique=True)
    choice = models.CharField(max_length=6, choices=Choice.choices)
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[Any] = models.Manager()

    def __str__(self) -> str:
        return f"{self.choice} {self.ask}"
