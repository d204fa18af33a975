"""The student field of forms where names are chosen from lists instead of typed."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.http import QueryDict

from core.access import Access
from tenant_apps.students.selectors import (
    GroupChoice,
    StudentName,
    StudentSuggestion,
    choosable_among,
    groups_to_choose_from,
    students_by_ids,
    students_to_choose_from,
)

# The two fields of the form, and what a post calls the group chosen for each.
FIELDS = {"student": "Student", "linked": "Linked student(s)"}


@dataclass(frozen=True, slots=True)
class TwoLists:
    """One field: the groups, the names of the chosen group, and who is chosen already."""

    name: str
    label: str
    group: str
    groups: list[GroupChoice]
    names: list[StudentSuggestion]
    chosen: list[StudentName]

    @property
    def takes_several(self) -> bool:
        """Whether several names may be chosen."""
        return self.name == "linked"


def two_lists(access: Access, sent: QueryDict, name: str = "") -> TwoLists:
    """The field `name` (or the one that `sent` asks for) as it stands after what was sent."""
    wanted = name or sent.get("field", "")
    field = wanted if wanted in FIELDS else "student"
    return filled_lists(
        access, field, group=sent.get(f"{field}_group", ""), chosen_ids=_ids(sent.getlist(field))
    )


def filled_lists(access: Access, field: str, *, group: str, chosen_ids: Iterable[UUID]) -> TwoLists:
    """The field with a group and those chosen; an id proves nothing: only those the form offers are named."""
    chosen = students_by_ids(choosable_among(access, list(chosen_ids)))
    return TwoLists(
        name=field,
        label=FIELDS[field],
        group=group,
        groups=groups_to_choose_from(access),
        names=students_to_choose_from(access, group, besides=list(chosen)),
        chosen=sorted(chosen.values(), key=lambda student: student.name),
    )


def _ids(values: Iterable[str]) -> list[UUID]:
    found = []
    for value in values:
        try:
            found.append(UUID(value))
        except ValueError:
            continue
    return found
