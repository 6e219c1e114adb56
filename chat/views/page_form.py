"""What the forms of the pages have in common."""

from typing import Any

from django import forms


class PageForm(forms.Form):
    """A form of which a page shows again what is wrong, with the focus on the first such field."""

    def add_error(self, field: str | None, error: Any) -> None:
        super().add_error(field, error)
        wrong = [each for name, each in self.fields.items() if name in self.errors]
        for each in wrong:
            each.widget.attrs["autofocus"] = each is wrong[0]
