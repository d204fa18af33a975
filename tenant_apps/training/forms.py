"""The shape of what is typed to end training mode."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import QueryDict


def as_typed(name: str) -> str:
    """A name without what keyboards differ in: spaces at the ends and the shape of an apostrophe."""
    return " ".join(name.replace("\u2019", "'").split())


class EndForm(forms.Form):
    """ "Disable Training Mode": which entries go, and the full name of the school.

    `shown` are the practice entries that the list had; ids prove nothing, the service looks for itself.
    """

    school = forms.CharField(
        label="Full name of the school",
        max_length=200,
        widget=forms.TextInput(attrs={"class": "input", "autocomplete": "off"}),
        error_messages={"required": "Type the full name of the school."},
    )

    def __init__(self, *args: Any, school_name: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._school_name = school_name

    def clean_school(self) -> str:
        typed: str = self.cleaned_data["school"]
        if as_typed(typed) != as_typed(self._school_name):
            raise forms.ValidationError(
                "That is not the full name of the school. Nothing was changed; training mode is still on."
            )
        return typed

    def ids(self, name: str) -> set[UUID]:
        """The ids posted under a name; what is no id is left out."""
        found = set()
        sent = self.data.getlist(name) if isinstance(self.data, QueryDict) else []
        for value in sent:
            try:
                found.add(UUID(value))
            except ValueError:
                continue
        return found
