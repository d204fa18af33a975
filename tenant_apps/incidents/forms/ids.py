"""Ids as a form is sent them: those that it offers, or those that can be read at all."""

from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

from django import forms


class UUIDList(forms.Field):
    """Any number of ids; ones that the form does not offer are refused by `offered`, where that is given."""

    widget = forms.SelectMultiple

    def __init__(
        self,
        *,
        offered: Iterable[UUID] | None = None,
        wrong: str = "",
        follow: Callable[[list[UUID]], list[UUID]] = list,
        **kwargs: Any,
    ) -> None:
        """`follow` says what ids have become since the form was opened."""
        super().__init__(**kwargs)
        self._follow = follow
        self._offered = None if offered is None else frozenset(offered)
        self._wrong = wrong

    def to_python(self, value: Any) -> list[UUID]:
        try:
            return self._follow(list(dict.fromkeys(UUID(item) for item in value or [] if item)))
        except ValueError:
            raise forms.ValidationError(
                self._wrong or "One of the choices is not known here. Choose again."
            ) from None

    def validate(self, value: list[UUID]) -> None:
        if self.required and not value:
            raise forms.ValidationError(self.error_messages["required"], code="required")
        if self._offered is not None and not self._offered.issuperset(value):
            raise forms.ValidationError(
                self._wrong or "One of the choices is not offered to you. Choose again."
            )


def readable_ids(values: Iterable[str]) -> list[UUID]:
    """The ids among what was sent."""
    found = []
    for value in values:
        try:
            found.append(UUID(value))
        except ValueError:
            continue
    return found
