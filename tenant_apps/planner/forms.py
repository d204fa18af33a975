from datetime import datetime
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils import timezone

from core.db.clock import now
from tenant_apps.planner import selectors
from tenant_apps.planner.enums import Again, ReminderKind, When

IN_THE_PAST = "The date and time are in the past. Choose a later one."


class ReminderForm(forms.Form):
    """ "Remind Me": what, and when; `due_at` is worked out from a quick choice or from date and time."""

    text = forms.CharField(
        label="Remind me of",
        max_length=200,
        error_messages={"required": "Write what to be reminded of."},
        widget=forms.TextInput(attrs={"autocomplete": "off", "data-first": True}),
    )
    kind = forms.ChoiceField(
        label="Reminder",
        choices=ReminderKind.choices,
        initial=ReminderKind.PERSONAL,
        widget=forms.RadioSelect,
    )
    when = forms.ChoiceField(
        label="When",
        widget=forms.RadioSelect,
        initial=When.HOUR,
        error_messages={"required": "Choose when."},
    )
    date = forms.DateField(
        label="Date",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"invalid": "Give the date as a day, month and year."},
    )
    time = forms.TimeField(
        label="Time",
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}),
        error_messages={"invalid": "Give the time as hours and minutes, such as 14:05."},
    )

    def __init__(
        self, data: QueryDict | None = None, *, prefix: str | None = None, auto_id: str = "remind_%s"
    ) -> None:
        # Its dialog opens over pages with forms of their own: no id may stand twice.
        super().__init__(data, auto_id=auto_id, prefix=prefix)
        self._choices = selectors.choices()
        self.fields["when"].choices = [(choice.value, _label(choice)) for choice in self._choices]  # type: ignore[attr-defined] # a ChoiceField

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        chosen = next((choice for choice in self._choices if choice.value == cleaned.get("when")), None)
        if chosen is None:
            return cleaned
        if chosen.due_at is not None:
            cleaned["due_at"] = chosen.due_at
            return cleaned
        for name, words in (("date", "Give the date."), ("time", "Give the time.")):
            if cleaned.get(name) is None and name not in self.errors:
                self.add_error(name, words)
        if cleaned.get("date") is not None and cleaned.get("time") is not None:
            zone = timezone.get_current_timezone()
            cleaned["due_at"] = datetime.combine(cleaned["date"], cleaned["time"], zone)
            if cleaned["due_at"] <= now():
                self.add_error("date", IN_THE_PAST)
        return cleaned


class AgainForm(forms.Form):
    """ "Remind me again in…"."""

    minutes = forms.ChoiceField(choices=Again.choices)


def _label(choice: selectors.Choice) -> str:
    if choice.value != When.SCHOOL_DAY or choice.due_at is None:
        return choice.label
    day = timezone.localtime(choice.due_at)
    return f"Next school day, {day:%A} {day.day} {day:%B}, {day:%H:%M}"
