"""What is typed into the pages of editing."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django import forms

from tenant_apps.form_builder.enums import Form
from tenant_apps.incidents.enums import LinkRole
from tenant_apps.incidents.forms.ids import UUIDList
from tenant_apps.incidents.forms.marks import MarksField
from tenant_apps.incidents.forms.writing import EntryForm
from tenant_apps.students.selectors import may_be_chosen


class EditForm(EntryForm):
    """ "Edit", of an action: what both forms of editing share."""

    kind = Form.ACTION
    is_new = False
    text_label = "Action Taken"
    text_missing = "Write what was done."
    seen = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, files: Collection[UUID] = (), **kwargs: Any) -> None:
        """`files` are attached now and can be removed."""
        super().__init__(*args, **kwargs)
        self.fields["remove_files"] = UUIDList(
            required=False,
            offered=files,
            wrong="One of these files was removed meanwhile. Look again and choose.",
        )


class EditIncidentForm(EditForm):
    """ "Edit", of an incident.

    `linked_now` are linked already; each has its role and whether its log shows the full text. Whoever is
    linked here first stands by reference.
    """

    kind = Form.INCIDENT
    text_label = "Incident"
    text_missing = "Write what you saw and heard."
    confirm_readers = forms.CharField(required=False, max_length=64)
    roles = LinkRole.choices

    def __init__(
        self, *args: Any, main: UUID | None, linked_now: Collection[UUID], may_be_empty: bool, **kwargs: Any
    ) -> None:
        """`may_be_empty` where categories stay that this person cannot take off."""
        super().__init__(*args, **kwargs)
        self.main, self.linked_now = main, list(linked_now)
        self.fields["categories"] = UUIDList(
            required=not may_be_empty,
            offered=self.choosable_categories(),
            error_messages={"required": "Choose at least one category."},
            wrong="One of the categories is not open to you for adding. Choose again.",
            follow=self.now_called,
        )
        self.fields["linked"] = UUIDList(required=False)
        self.fields["marks"] = MarksField(required=False)
        for student in self.linked_now:
            self.fields[f"role_{student}"] = forms.ChoiceField(choices=self.roles, required=False)
            self.fields[f"full_{student}"] = forms.BooleanField(required=False)
            self.fields[f"unlink_{student}"] = forms.BooleanField(required=False)

    def clean_linked(self) -> list[UUID]:
        linked: list[UUID] = self.cleaned_data["linked"]
        if not may_be_chosen(self.access, linked):
            raise forms.ValidationError("A linked student is not on the list any more. Choose again.")
        if self.main in linked:
            raise forms.ValidationError("The student whom it is about cannot be linked as well.")
        return [student for student in linked if student not in self.linked_now]

    def unlinked(self) -> list[UUID]:
        """Linked students who shall be so no more."""
        return [student for student in self.linked_now if self.cleaned_data[f"unlink_{student}"]]
