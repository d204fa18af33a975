from typing import Any
from uuid import UUID

from django import forms

from core.access import Access
from tenant_apps.incidents.forms.writing import known_student
from tenant_apps.school_settings.selectors import get_settings


class AttachForm(forms.Form):
    """ "Attach to a student", of an incident in the tray."""

    student = forms.UUIDField(required=False, error_messages={"invalid": "Choose the student from the list."})
    confirm_readers = forms.CharField(required=False, max_length=64)

    def __init__(self, *args: Any, access: Access, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.access = access
        self.takes_typed_names = get_settings().allow_student_search

    def clean_student(self) -> UUID:
        return known_student(self.access, self.cleaned_data["student"])
