"""What is asked of how a record is kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.utils import timezone

from tenant_apps.staff.selectors import Colleague


class SealForm(forms.Form):
    """ "Seal record": the two people who alone may open it from then on."""

    first = forms.TypedChoiceField(coerce=UUID, label="First person")
    second = forms.TypedChoiceField(coerce=UUID, label="Second person")

    def __init__(self, *args: Any, people: Sequence[Colleague], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("first", "second"):
            field: Any = self.fields[name]
            field.choices = [
                ("", "Choose"),
                *((one.id, f"{one.full_name} ({one.group_name})") for one in people),
            ]
            field.error_messages |= {
                "required": "Choose two people.",
                "invalid_choice": "Choose the person from the list.",
            }

    def clean(self) -> None:
        """Two different people."""
        super().clean()
        if not self.errors and self.cleaned_data["first"] == self.cleaned_data["second"]:
            self.add_error("second", "Choose two different people.")

    @property
    def readers(self) -> list[UUID]:
        """The two."""
        return [self.cleaned_data["first"], self.cleaned_data["second"]]


class DeathForm(forms.Form):
    """ "Died": the day."""

    died_on = forms.DateField(
        label="Date of death",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": "Give the date.", "invalid": "Give the date as day, month and year."},
    )

    def clean_died_on(self) -> date:
        """A day up to today."""
        day: date = self.cleaned_data["died_on"]
        if day > timezone.localdate():
            raise forms.ValidationError("The date is in the future.")
        return day


class HoldForm(forms.Form):
    """ "Legal hold": why nothing of the record may be destroyed."""

    reason = forms.CharField(
        label="Reason", max_length=200, error_messages={"required": "Say why the record is held."}
    )
