"""Prices of models; while a model has none, its answers show no cost."""

from typing import Any

from django.http import HttpRequest

from chat import choices, prices

from .readonly import Admin


class ModelPriceAdmin(Admin):
    list_display = ("model", "prompt_price", "completion_price", "currency")
    search_fields = ("model",)
    ordering = ("model",)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """The model that everybody begins with, until it has a price."""
        first = choices.default()
        return {"model": first} if first and first not in prices.prices() else {}

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: Any) -> None:
        super().save_model(request, obj, form, change)
        prices.forget()

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        super().delete_model(request, obj)
        prices.forget()
