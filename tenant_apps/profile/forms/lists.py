"""What is asked of the quick search and of "Update Categories"."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from django import forms
from django.utils import timezone

from tenant_apps.categories.selectors import CategoryView


class SearchForm(forms.Form):
    """ "Quick Student Search" with its two check boxes."""

    q = forms.CharField(required=False, max_length=100, label="Quick Student Search")
    monitored = forms.BooleanField(required=False, label="Monitored Students")
    archived = forms.BooleanField(required=False, label="Include Archived Students")
    after = forms.UUIDField(required=False, widget=forms.HiddenInput)


class YearForm(forms.Form):
    """Which academic year is shown, by the year in which it begins."""

    year = forms.IntegerField(required=False, min_value=1900, max_value=2200)


class IdsField(forms.MultipleChoiceField):
    """Ids as a page sent them back; what is no id is left out."""

    widget = forms.MultipleHiddenInput
    hidden_widget = forms.MultipleHiddenInput

    def clean(self, value: Any) -> set[UUID]:
        """The ids as a set."""
        found = set()
        for one in value or ():
            try:
                found.add(UUID(str(one)))
            except ValueError:
                continue
        return found


class TickedForm(forms.Form):
    """The ticks of a list: the first step of "Update Categories"."""

    students = IdsField(required=False)

    def __init__(self, *args: Any, among: Iterable[UUID], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.among = set(among)

    def clean_students(self) -> set[UUID]:
        """Those ticked of the list; at least one."""
        ticked: set[UUID] = self.cleaned_data["students"] & self.among
        if not ticked:
            raise forms.ValidationError("Tick at least one student.")
        return ticked


class CategoriesForm(forms.Form):
    """Which category to add to the ticked students or to remove from them, and from when."""

    do = forms.ChoiceField(
        label="What to do",
        choices=[
            ("add", "Add: start monitoring under a category"),
            ("remove", "Remove: end monitoring under a category"),
            ("wipe", "Wipe all categories: end all monitoring that you may see"),
        ],
        widget=forms.RadioSelect,
        initial="add",
        error_messages={"required": "Choose what to do."},
    )
    category = forms.TypedChoiceField(
        coerce=UUID,
        empty_value=None,
        required=False,
        label="Category",
        help_text="Not needed to wipe all.",
        error_messages={"invalid_choice": "Choose the category from the list."},
    )
    day = forms.DateField(
        label="Date",
        help_text="The day it starts, or with Remove and Wipe the day it ends. Not in the future.",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": "Give the date.", "invalid": "Give the date as day, month and year."},
    )

    def __init__(self, *args: Any, categories: Sequence[CategoryView], **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"day": timezone.localdate(), "do": "add"})
        super().__init__(*args, **kwargs)
        self.enabled = {category.id for category in categories if category.is_enabled}
        fields: Any = self.fields
        fields["category"].choices = [
            ("", "Choose a category"),
            *((category.id, category.name) for category in categories),
        ]
        fields["day"].widget.attrs["max"] = f"{timezone.localdate():%Y-%m-%d}"

    def clean_day(self) -> date:
        """A day up to today."""
        day: date = self.cleaned_data["day"]
        if day > timezone.localdate():
            raise forms.ValidationError("The date is in the future.")
        return day

    def clean(self) -> None:
        """A category where one is needed; a disabled one is not started."""
        super().clean()
        if self.errors or self.cleaned_data["do"] == "wipe":
            return
        category = self.cleaned_data["category"]
        if category is None:
            self.add_error("category", "Choose the category.")
        elif self.cleaned_data["do"] == "add" and category not in self.enabled:
            self.add_error("category", "This category is disabled: it can be removed, not added.")

    @property
    def moment(self) -> datetime | None:
        """None for today; else the beginning of the day to start at, the end of the day to end at."""
        day = self.cleaned_data["day"]
        if day == timezone.localdate():
            return None
        clock = time.min if self.cleaned_data["do"] == "add" else time(23, 59, 59)
        return timezone.make_aware(datetime.combine(day, clock))
