"""What is typed under "Admin" > "Users" > "User Groups" and "Alert Groups"."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

from django import forms
from django.http import QueryDict

from core.access import SystemPermission as P
from core.access.enums import OverviewBlock
from core.web.refusals import Refusable
from tenant_apps.categories.selectors import CategoryView
from tenant_apps.staff.selectors import AlertGroupDetails, UserGroupView
from tenant_apps.staff.selectors.registered import RegisteredPerson
from tenant_apps.staff.services import Rights

RIGHTS = {
    "view_students": "View Students",
    "view_incidents": "View Incidents",
    "add_incidents": "Add Incidents",
}
CHANGED_MEANWHILE = (
    "This group, or the list of categories, was changed while you had the page open. Your ticks are kept:"
    " look through them and save again."
)


@dataclass(frozen=True, slots=True)
class Heading:
    """System permissions that stand under one heading, and what to know when ticking them."""

    words: str
    permissions: tuple[P, ...]
    advice: str = ""


# The headings and their order are the guide's; the advice says in our own words what it says.
HEADINGS = (
    Heading("General", (P.VIEW_STUDENT_LIST, P.VIEW_STUDENT_DETAILS, P.ADD_ENTRIES)),
    Heading(
        "Incidents", (P.EDIT_INCIDENTS,), "Edit and delete, restore what was deleted, and see the history."
    ),
    Heading("Reporting", (P.RUN_REPORTS,)),
    Heading("Planner", (P.PLANNER,)),
    Heading("Files", (P.FILES,), "Attach files and open those of records, and the document vault."),
    Heading("Library", (P.LIBRARY_VIEW, P.LIBRARY_ADD)),
    Heading(
        "Classes", (P.ALL_CLASSES, P.UNGROUPED_STUDENTS), "Students without a group are typically archived."
    ),
    Heading(
        "Administration",
        (P.ADMINISTRATION,),
        "Opens “Admin”: settings, users and what each group may do. Give it to senior staff only.",
    ),
)
HELP = {
    P.VIEW_STUDENT_LIST: "From the dashboard into classes and their students.",
    P.VIEW_STUDENT_DETAILS: "Students’ own pages.",
    P.ADD_ENTRIES: "In the categories ticked under “Add Incidents”.",
}
ADVICE = (
    (
        "Members with a key: tick the three under “General”. “Run Reports”, “Planner”, “Files” and “Library”"
        " as their work asks for them."
    ),
    (
        "Members without a key: tick “Add new Incident/ Action” and nothing else under “General”. “Files” and"
        " “Library” if they should have them."
    ),
)


@dataclass(frozen=True, slots=True)
class Tick:
    """One box: what it posts, and whether it is ticked."""

    name: str
    value: str
    label: str
    is_ticked: bool
    help: str = ""


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """One category of the table with its three boxes."""

    id: UUID
    name: str
    parent: str
    colour: str
    is_restricting: bool
    is_enabled: bool
    ticks: tuple[Tick, ...]


class _Categories(forms.TypedMultipleChoiceField):
    """Ticks of one column."""

    def __init__(self) -> None:
        gone = "A category that you ticked is not there any more."
        super().__init__(
            coerce=UUID, required=False, error_messages={"invalid_choice": gone, "invalid_list": gone}
        )


class UserGroupForm(Refusable):
    """A user group: its name, its rights in each category, its system permissions, its overview blocks."""

    name = forms.CharField(
        label="Name",
        max_length=120,
        error_messages={
            "required": "Enter a name for the group.",
            "max_length": "The name of a group has 120 characters at most.",
        },
    )
    is_key_group = forms.TypedChoiceField(
        label="Members of this group",
        choices=[("yes", "have a key"), ("no", "have no key")],
        widget=forms.RadioSelect,
        coerce=lambda value: value == "yes",
        initial="yes",
        help_text="For your own overview. What somebody may do without a key is decided when they log in.",
        error_messages={
            "required": "Choose whether members have a key.",
            "invalid_choice": "Choose from the list.",
        },
    )
    view_students = _Categories()
    view_incidents = _Categories()
    add_incidents = _Categories()
    system = forms.MultipleChoiceField(
        label="System permissions",
        choices=P.choices,
        required=False,
        error_messages={"invalid_choice": "Choose from the list.", "invalid_list": "Choose from the list."},
    )
    blocks = forms.MultipleChoiceField(
        label="Student overview",
        choices=OverviewBlock.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="What members see on a student’s “Overview”.",
        error_messages={"invalid_choice": "Choose from the list.", "invalid_list": "Choose from the list."},
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput)
    confirmed = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        group: UserGroupView | None,
        categories: Sequence[CategoryView],
    ) -> None:
        super().__init__(data, initial=_initial(group))
        self._group, self._categories = group, categories
        entries = [(str(category.id), category.name) for category in categories]
        for right, words in RIGHTS.items():
            self.fields[right].label = words
            self.fields[right].choices = entries  # type: ignore[attr-defined] # a field with choices

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self._group is not None and cleaned.get("seen") != self._group.seen:
            # What is shown again carries the present state, so that saving once more is enough.
            sent = cast("QueryDict", self.data).copy()
            sent["seen"] = self._group.seen
            self.data = sent
            raise forms.ValidationError(CHANGED_MEANWHILE)
        return cleaned

    def rights(self) -> dict[UUID, Rights]:
        """The rights of every category on the page."""
        ticked = {right: set(self.cleaned_data[right]) for right in RIGHTS}
        return {
            category.id: Rights(**{right: category.id in ticked[right] for right in RIGHTS})
            for category in self._categories
        }

    def matrix(self) -> list[MatrixRow]:
        """The table of "Category Permissions", as typed or as it stands."""
        ticked = {right: _values(self, right) for right in RIGHTS}
        names = {category.id: category.name for category in self._categories}
        return [
            MatrixRow(
                id=category.id,
                name=category.name,
                parent=names.get(category.parent_id, "") if category.parent_id else "",
                colour=category.colour,
                is_restricting=category.is_restricting,
                is_enabled=category.is_enabled,
                ticks=tuple(
                    Tick(right, str(category.id), words, str(category.id) in ticked[right])
                    for right, words in RIGHTS.items()
                ),
            )
            for category in self._categories
        ]

    def headings(self) -> list[tuple[Heading, list[Tick]]]:
        """The system permissions by heading, as typed or as they stand."""
        ticked = _values(self, "system")
        return [
            (
                heading,
                [
                    Tick("system", one.value, str(one.label), one.value in ticked, HELP.get(one, ""))
                    for one in heading.permissions
                ],
            )
            for heading in HEADINGS
        ]

    def advice(self) -> Sequence[str]:
        """What to tick for groups with a key and without one."""
        return ADVICE


class AlertGroupForm(Refusable):
    """An alert group: its name, its people, and where its button stands."""

    name = forms.CharField(
        label="Name",
        max_length=120,
        error_messages={
            "required": "Enter a name for the alert group.",
            "max_length": "The name of a group has 120 characters at most.",
        },
    )
    members = forms.TypedMultipleChoiceField(
        label="Members",
        coerce=UUID,
        required=False,
        error_messages={
            "invalid_choice": "Somebody you chose is not a user of this school. Choose again.",
            "invalid_list": "Choose people from the list.",
        },
    )
    on_incidents = forms.BooleanField(label="Incidents and actions", required=False, initial=True)
    on_library = forms.BooleanField(label="The library", required=False, initial=True)
    insists = forms.BooleanField(
        label="Offer this group on incidents and actions although it has more than 15 people",
        required=False,
        help_text="Everybody in the group can open what it is alerted to. Without the tick a group of more"
        " than 15 people is for the library only.",
    )
    is_default = forms.BooleanField(
        label="Default alert group",
        required=False,
        help_text="Preselected where a category says so, and alerted when nobody else is chosen. It takes the"
        " place of the present one.",
    )

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        group: AlertGroupDetails | None,
        people: Sequence[RegisteredPerson],
    ) -> None:
        initial = None
        if group is not None:
            initial = {
                "name": group.name,
                "members": [str(member) for member in group.members],
                "on_incidents": group.on_incidents,
                "on_library": group.on_library,
                "insists": group.is_large_on_purpose,
                "is_default": group.is_default,
            }
        super().__init__(data, initial=initial)
        entries = [(str(person.id), person.full_name) for person in people]
        self.fields["members"].choices = entries  # type: ignore[attr-defined] # a field with choices
        self._people = people

    def options(self) -> list[Mapping[str, str]]:
        """Everybody registered, for the two lists; the search takes the user group's name, too."""
        return [
            {
                "id": str(person.id),
                "name": person.full_name,
                "note": "" if person.is_active else "Deactivated",
                "group": person.group_name,
            }
            for person in self._people
        ]

    def chosen(self) -> set[str]:
        """The people on the right, as typed or as they stand."""
        return _values(self, "members")


def _values(form: forms.Form, field: str) -> set[str]:
    return {str(value) for value in form[field].value() or ()}


def _initial(group: UserGroupView | None) -> dict[str, Any] | None:
    if group is None:
        return {"blocks": [OverviewBlock.NAME_AND_CLASS.value]}
    return {
        "name": group.name,
        "is_key_group": "yes" if group.is_key_group else "no",
        "system": [one.value for one in group.system],
        "blocks": sorted(group.blocks),
        "seen": group.seen,
        **{right: sorted(map(str, ids)) for right, ids in group.rights.items()},
    }
