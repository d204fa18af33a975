"""What is typed under "Admin" > "Categories"."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from uuid import UUID

from django import forms
from django.http import QueryDict

from core.web.refusals import Refusable
from tenant_apps.categories.enums import Colour
from tenant_apps.categories.selectors import CategoryMap, CategoryView, used_colours
from tenant_apps.staff.selectors.category_rights import GroupRights
from tenant_apps.staff.services.default_permissions import Rights

RIGHTS = {
    "view_students": "View Students",
    "view_incidents": "View Incidents",
    "add_incidents": "Add Incidents",
}
CHANGED_MEANWHILE = (
    "This category, or what a user group may do with it, was changed while you had the page open. What you"
    " entered is kept: look through it and save again."
)


@dataclass(frozen=True, slots=True)
class RightsRow:
    """One user group of the table with its three boxes: (name of the column, words, whether ticked)."""

    group_id: UUID
    group_name: str
    ticks: tuple[tuple[str, str, bool], ...]


class _Groups(forms.TypedMultipleChoiceField):
    """Ticks of one column."""

    def __init__(self, label: str, groups: Iterable[GroupRights]) -> None:
        gone = "A user group that you ticked is not there any more. Look through the ticks and save again."
        super().__init__(
            label=label,
            coerce=UUID,
            required=False,
            choices=[(str(group.group_id), group.group_name) for group in groups],
            error_messages={"invalid_choice": gone, "invalid_list": gone},
        )


class CategoryForm(Refusable):
    """A category with the permissions of every user group in it."""

    name = forms.CharField(
        label="Name",
        max_length=120,
        error_messages={
            "required": "Give the category a name.",
            "max_length": "A name has at most 120 characters.",
        },
    )
    colour = forms.ChoiceField(
        label="Colour",
        choices=Colour.choices,
        initial=Colour.K1,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose a colour.", "invalid_choice": "Choose a colour from the list."},
    )
    copy_colour = forms.ChoiceField(
        label="Copy Category Colour",
        required=False,
        help_text="A colour chosen here is taken instead of the one above.",
        error_messages={"invalid_choice": "Choose a colour from the list."},
    )
    parent = forms.TypedChoiceField(
        label="Parent Category",
        required=False,
        coerce=UUID,
        empty_value=None,
        help_text="Blank: a top-level category. Permissions of parent and sub-category are each their own.",
        error_messages={"invalid_choice": "Choose a top-level category from the list."},
    )
    is_restricting = forms.BooleanField(
        label="Restricting",
        required=False,
        help_text="Only user groups with “View Incidents” here read an incident that carries this category,"
        " whatever else it carries.",
    )
    starts_monitoring = forms.BooleanField(
        label="Starts monitoring",
        required=False,
        help_text="An incident under it begins monitoring of its student by itself.",
    )
    always_alerts = forms.BooleanField(
        label="Always alerts",
        required=False,
        help_text="The form preselects the default alert group.",
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput)
    confirmed_rights = forms.CharField(required=False, widget=forms.HiddenInput)
    confirmed_readers = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        data: QueryDict | None,
        *,
        category: CategoryView | None,
        categories: CategoryMap,
        rights: Sequence[GroupRights],
    ) -> None:
        seen = _state_of(category, rights)
        super().__init__(data, initial=_initial(category, rights, seen))
        self._seen, self._rights = seen, rights
        for right, words in RIGHTS.items():
            self.fields[right] = _Groups(words, rights)
        parents = [
            one
            for one in categories.values()
            if one.parent_id is None and (category is None or one.id != category.id)
        ]
        self.fields["parent"].choices = [("", "None: a top-level category")] + [  # type: ignore[attr-defined] # a field with choices
            (str(one.id), one.name) for one in parents
        ]
        self.fields["copy_colour"].choices = [("", "Keep the colour above")] + [  # type: ignore[attr-defined] # as above
            (colour, f"{Colour(colour).label}: {', '.join(names)}")
            for colour, names in used_colours(categories=categories).items()
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("seen") != self._seen:
            # What is shown again carries the present state, so that saving once more is enough.
            data = QueryDict(mutable=True)
            data.update(self.data)
            data["seen"] = self._seen
            self.data = data
            raise forms.ValidationError(CHANGED_MEANWHILE)
        if cleaned.get("copy_colour"):
            cleaned["colour"] = cleaned["copy_colour"]
        return cleaned

    def values(self) -> dict[str, Any]:
        """What `categories.services.save_category` takes."""
        given = self.cleaned_data
        names = ("name", "colour", "is_restricting", "starts_monitoring", "always_alerts")
        return {name: given[name] for name in names} | {"parent_id": given["parent"]}

    def rights(self) -> dict[UUID, Rights]:
        """The ticks of every user group on the page."""
        return {
            group.group_id: Rights(**{right: group.group_id in self.cleaned_data[right] for right in RIGHTS})
            for group in self._rights
        }

    def swatches(self) -> list[tuple[str, str, bool]]:
        """The palette: class, word, whether it is chosen."""
        chosen = self["colour"].value()
        return [(value, str(word), value == chosen) for value, word in Colour.choices]

    def table(self) -> list[RightsRow]:
        """ "User Group Permissions", as typed or as they stand."""
        ticked = {right: set(map(str, self[right].value() or [])) for right in RIGHTS}
        return [
            RightsRow(
                group.group_id,
                group.group_name,
                tuple(
                    (right, words, str(group.group_id) in ticked[right]) for right, words in RIGHTS.items()
                ),
            )
            for group in self._rights
        ]


class MergeForm(Refusable):
    """ "Merge category"."""

    target = forms.TypedChoiceField(
        label="Merge with",
        coerce=UUID,
        error_messages={
            "required": "Choose the category to merge with.",
            "invalid_choice": "Choose a category from the list.",
        },
    )
    confirmed_readers = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, category: CategoryView, categories: CategoryMap, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)

        def path(one: CategoryView) -> str:
            return f"{categories[one.parent_id].name} > {one.name}" if one.parent_id else one.name

        self.fields["target"].choices = [("", "Choose a category")] + [  # type: ignore[attr-defined] # a field with choices
            (str(one.id), path(one)) for one in categories.values() if one.id != category.id
        ]


def _initial(category: CategoryView | None, rights: Sequence[GroupRights], seen: str) -> dict[str, Any]:
    if category is None:
        return {"seen": seen, "starts_monitoring": True}
    return {
        "seen": seen,
        "name": category.name,
        "colour": category.colour,
        "parent": category.parent_id,
        "is_restricting": category.is_restricting,
        "starts_monitoring": category.starts_monitoring,
        "always_alerts": category.always_alerts,
        **{right: [str(group.group_id) for group in rights if getattr(group, right)] for right in RIGHTS},
    }


def _state_of(category: CategoryView | None, rights: Sequence[GroupRights]) -> str:
    """A short name of what the page shows; a new category has nothing that could change meanwhile."""
    if category is None:
        return "new"
    return sha256(repr((category, list(rights))).encode()).hexdigest()[:24]
