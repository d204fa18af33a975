"""What may be asked of the history of imports, and decided on a held extract."""

from collections.abc import Iterable
from typing import Any

from django import forms

from tenant_apps.imports.enums import Decision, ImportForm
from tenant_apps.students.services import DIFFERENT, SAME

COLUMN_LABELS = {
    "mis_id": "Number in the MIS",
    "upn": "UPN",
    "former_upn": "Former UPN",
    "date_of_birth": "D.O.B.",
    "sen_status": "SEN status",
    "sen_needs": "SEN needs",
    "eal": "EAL",
    "full_time": "Full time",
}


class HistoryForm(forms.Form):
    """Which page of the history: the one that continues behind an import."""

    before = forms.UUIDField(required=False)


class DecisionForm(forms.Form):
    """What becomes of a held extract, and of each question about a student whether it is the same child."""

    decision = forms.ChoiceField(choices=Decision.choices)

    def __init__(self, *args: Any, questions: Iterable[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._questions = list(questions)
        for place in range(len(self._questions)):
            choices = [(SAME, "Same child"), (DIFFERENT, "Different child")]
            self.fields[f"child-{place}"] = forms.ChoiceField(choices=choices, required=False)

    @property
    def answers(self) -> dict[str, str]:
        """What was said, by the key of the question."""
        return {key: self.cleaned_data[f"child-{place}"] for place, key in enumerate(self._questions)}


class SheetForm(forms.Form):
    """What the rows of a single spreadsheet are."""

    holds = forms.ChoiceField(
        label="What it holds",
        choices=[(form.value, form.label) for form in (ImportForm.PUPILS, ImportForm.STAFF)],
    )


class ColumnsForm(forms.Form):
    """Which column of a spreadsheet is which: one field for each column that the product knows."""

    def __init__(
        self, *args: Any, names: Iterable[tuple[str, bool]], headings: list[str], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        columns = [(str(place), heading or f"Column {place + 1}") for place, heading in enumerate(headings)]
        for name, required in names:
            label = COLUMN_LABELS.get(name, name.replace("_", " ").capitalize())
            self.fields[name] = forms.ChoiceField(
                label=f"{label} (needed)" if required else label,
                choices=[("", "Not in the spreadsheet"), *columns],
                required=False,
            )

    @property
    def places(self) -> dict[str, int]:
        """The place of each column that was chosen."""
        return {name: int(place) for name, place in self.cleaned_data.items() if place}
