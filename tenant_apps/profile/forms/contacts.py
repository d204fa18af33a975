"""What is asked of a contact, a court order, a link and a sibling elsewhere."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.utils import timezone

from tenant_apps.students.enums import OwnRelationship
from tenant_apps.students.services import ContactGiven, CourtOrderGiven, SiblingGiven

YES_NO = [("", "Not known"), ("yes", "Yes"), ("no", "No")]


class YesNoField(forms.TypedChoiceField):
    """Yes, no, or not known, which is neither."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            choices=YES_NO,
            coerce=lambda value: value == "yes",
            empty_value=None,
            required=False,
            widget=forms.RadioSelect,
            **kwargs,
        )

    def prepare_value(self, value: Any) -> Any:
        """A stored answer as its choice."""
        return {True: "yes", False: "no", None: ""}.get(value, value)


class ContactForm(forms.Form):
    """ "Add contact", and a contact of one's own as it stands."""

    title = forms.CharField(label="Title", max_length=20, required=False)
    forename = forms.CharField(label="Forename", max_length=100, required=False)
    surname = forms.CharField(
        label="Surname", max_length=100, error_messages={"required": "Give the surname."}
    )
    relationship = forms.CharField(
        label="Relationship or role",
        max_length=100,
        help_text="For example: aunt, social worker, childminder.",
        error_messages={"required": "Say who this person is to the student."},
    )
    priority = forms.IntegerField(
        label="Order among the contacts",
        min_value=1,
        max_value=99,
        initial=1,
        error_messages={"required": "Give a number from 1."},
    )
    parental_responsibility = YesNoField(label="Parental responsibility")
    lives_with = YesNoField(label="The student lives with this person")
    court_order = forms.BooleanField(
        label="A court order concerns this person",
        required=False,
        help_text="“Court order: ask the DSL before any contact or release” then stands with all contacts.",
    )
    mobile = forms.CharField(label="Mobile", max_length=40, required=False)
    home_phone = forms.CharField(label="Home phone", max_length=40, required=False)
    work_phone = forms.CharField(label="Work phone", max_length=40, required=False)
    email = forms.EmailField(
        label="Email", max_length=250, required=False, error_messages={"invalid": "Give the whole address."}
    )
    address = forms.CharField(
        label="Address", max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    postcode = forms.CharField(label="Postcode", max_length=10, required=False)

    def given(self) -> ContactGiven:
        """The contact as it was typed."""
        values = {**self.cleaned_data}
        values["court_order"] = values["court_order"] or None
        values["address"] = ", ".join(" ".join(line.split()) for line in values["address"].splitlines())
        return ContactGiven(**values)


class CourtOrderForm(forms.Form):
    """What the DSL knows of a court order."""

    who = forms.CharField(
        label="Who",
        max_length=200,
        help_text="Whom the order concerns.",
        error_messages={"required": "Say whom the order concerns."},
    )
    what = forms.CharField(
        label="What",
        max_length=2000,
        help_text="What it forbids or allows.",
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "Say what the order says."},
    )
    until = forms.DateField(
        label="Until",
        required=False,
        help_text="The last day it holds. Leave it empty where it names none.",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": "Give the date as day, month and year."},
    )

    def given(self) -> CourtOrderGiven:
        """The order as it was typed."""
        return CourtOrderGiven(**self.cleaned_data)

    def clean_until(self) -> Any:
        """No day of another century: a slip of the keyboard would lift the banner."""
        until = self.cleaned_data["until"]
        if until and not 1990 <= until.year <= timezone.localdate().year + 30:
            raise forms.ValidationError("This date is too far away. Check the year.")
        return until


class LinkForm(forms.Form):
    """A link to another student of the school."""

    student = forms.UUIDField(
        label="Student",
        error_messages={
            "required": "Choose the student from the list.",
            "invalid": "Choose the student from the list.",
        },
    )
    relationship = forms.ChoiceField(
        label="Kind",
        choices=[("", "Choose"), *OwnRelationship.choices],
        error_messages={"required": "Choose the kind of link."},
    )
    note = forms.CharField(label="Note", max_length=200, required=False)

    @property
    def linked_id(self) -> UUID:
        """The student to link to."""
        found: UUID = self.cleaned_data["student"]
        return found


class SiblingForm(forms.Form):
    """A sibling at another school."""

    name = forms.CharField(
        label="Name", max_length=120, error_messages={"required": "Give the sibling's name."}
    )
    school = forms.CharField(label="School", max_length=200, error_messages={"required": "Give the school."})
    dsl = forms.CharField(
        label="Its DSL", max_length=200, required=False, help_text="Name and how to reach them."
    )

    def given(self) -> SiblingGiven:
        """The sibling as typed."""
        return SiblingGiven(**self.cleaned_data)
