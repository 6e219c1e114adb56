"""The prices of models at hand, so that no answer on a page costs a query."""

import time
from decimal import Decimal

from chat.models import Generation, ModelPrice

FRESH_SECONDS = 60.0

_prices: dict[str, ModelPrice] = {}
_read_at = float("-inf")


def prices() -> dict[str, ModelPrice]:
    """Prices by model, at most a minute old."""
    global _prices, _read_at
    if time.monotonic() - _read_at > FRESH_SECONDS:
        _prices = {price.model: price for price in ModelPrice.objects.all()}
        _read_at = time.monotonic()
    return _prices


def forget() -> None:
    """Read them again when they are wanted next: one of them was changed here."""
    global _read_at
    _read_at = float("-inf")


def cost_of(generation: Generation) -> tuple[Decimal, str] | None:
    """What an answer cost and in which currency; None where its model has no price."""
    if generation.completion_tokens is None:
        return None
    price = prices().get(generation.model)
    if price is None:
        return None
    return price.cost(generation.prompt_tokens, generation.completion_tokens), price.currency
