"""What may be asked of an "Audit Report"."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator
from django.utils import timezone

from core.audit.selectors import Asked

# A day after the last one there is cannot be counted.
LAST = date(2999, 12, 31)


def _date(label: str) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date", "class": "input"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=False, widget=widget, validators=[MaxValueValidator(LAST)])


class ReportForm(forms.Form):
    """Which events, and which page of them. A field that is not right counts as not given."""

    event = forms.ChoiceField(label="What", required=False)
    since = _date("From")
    until = _date("To")
    before = forms.UUIDField(required=False)
    after = forms.UUIDField(required=False)
    oldest = forms.BooleanField(required=False)

    def __init__(self, *args: Any, choices: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["event"].choices = [("", "Everything"), *choices]  # type: ignore[attr-defined] # a ChoiceField

    def asked(self) -> Asked:
        """The filter; days are the school's, from the beginning of the first to the end of the last."""
        self.is_valid()
        given = self.cleaned_data
        until = given.get("until")
        return Asked(
            event=given.get("event") or "",
            since=_midnight(given.get("since")),
            until=_midnight(until + timedelta(days=1) if until else None),
        )


def _midnight(day: Any) -> datetime | None:
    return timezone.make_aware(datetime.combine(day, time.min)) if day else None
