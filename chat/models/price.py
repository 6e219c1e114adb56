"""What a model costs, as an administrator has written it down."""

from decimal import Decimal
from typing import ClassVar

from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

MILLION = Decimal(1_000_000)


class ModelPrice(models.Model):
    """The price of a million tokens; costs are reckoned by today's price, exactly."""

    model = models.CharField(_("model"), max_length=200, unique=True)
    prompt_price = models.DecimalField(
        _("price of a million prompt tokens"),
        max_digits=14,
        decimal_places=6,
        validators=[MinValueValidator(0)],
    )
    completion_price = models.DecimalField(
        _("price of a million completion tokens"),
        max_digits=14,
        decimal_places=6,
        validators=[MinValueValidator(0)],
    )
    currency = models.CharField(
        _("currency"),
        max_length=3,
        default="USD",
        validators=[RegexValidator(r"^[A-Z]{3}\Z", _("Three capital letters, such as EUR."))],
    )

    objects: ClassVar[models.Manager["ModelPrice"]] = models.Manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["model"]

    def __str__(self) -> str:
        return self.model

    def cost(self, prompt_tokens: int | None, completion_tokens: int | None) -> Decimal:
        """What so many tokens cost, in `currency`, unrounded."""
        prompt = self.prompt_price * (prompt_tokens or 0)
        return (prompt + self.completion_price * (completion_tokens or 0)) / MILLION
