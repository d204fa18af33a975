"""What is typed into the pages that merge, take out and move."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django import forms

from core.access import Access
from tenant_apps.categories.selectors import category_map, followed, offered_to
from tenant_apps.incidents.forms.categories import chips_of, choosable_in
from tenant_apps.incidents.forms.ids import UUIDList
from tenant_apps.students.selectors import may_be_chosen


class NumberForm(forms.Form):
    """ "Search", on "Merge"."""

    number = forms.IntegerField(
        label="Incident ID Number",
        min_value=1,
        max_value=999_999_999,
        error_messages={
            "required": "Give the number of the incident to keep.",
            "invalid": "Give the number of the incident to keep, in digits.",
        },
    )


class MergeForm(forms.Form):
    """The second "Merge"."""

    into = forms.UUIDField()
    confirm_readers = forms.CharField(required=False, max_length=64)


class SplitForm(forms.Form):
    """ "Split as Incident": the categories, if different."""

    confirm_readers = forms.CharField(required=False, max_length=64)

    def __init__(
        self, *args: Any, access: Access, filed: Collection[UUID], may_be_empty: bool, **kwargs: Any
    ) -> None:
        """`filed` are those of the incident it stands under that this person may take off."""
        super().__init__(*args, **kwargs)
        categories = category_map()
        offered = offered_to(access, categories=categories)
        self.tree = chips_of(offered)
        self.fields["categories"] = UUIDList(
            required=not may_be_empty,
            offered=[*choosable_in(offered), *filed],
            error_messages={"required": "Choose at least one category."},
            wrong="One of the categories is not open to you for adding. Choose again.",
            follow=lambda chosen: followed(chosen, categories=categories),
        )


class MoveForm(forms.Form):
    """ "Move to another student"."""

    reason = forms.CharField(
        label="Reason",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4, "class": "input"}),
        error_messages={"required": "Say why it is moved: the reason is kept."},
    )
    confirm_readers = forms.CharField(required=False, max_length=64)

    def __init__(self, *args: Any, access: Access, now_about: UUID, **kwargs: Any) -> None:
        """`now_about` is the student whom it is about until then."""
        super().__init__(*args, **kwargs)
        self._access, self._now_about = access, now_about
        self.fields["student"] = UUIDList(error_messages={"required": "Choose the student it is about."})

    def clean_student(self) -> UUID:
        chosen: list[UUID] = self.cleaned_data["student"]
        if len(chosen) != 1:
            raise forms.ValidationError("Choose one student.")
        if chosen[0] == self._now_about:
            raise forms.ValidationError("It is about this student already. Choose another.")
        if not may_be_chosen(self._access, chosen):
            raise forms.ValidationError("This student is not on the list any more. Choose again.")
        return chosen[0]
