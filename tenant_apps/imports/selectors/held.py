"""What a held extract would do to the school, and what has to be said of students before it does."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from django.http import Http404

from core.access import Access
from shared_apps.people.selectors import names_of
from tenant_apps.imports.enums import ImportState
from tenant_apps.imports.models import Import
from tenant_apps.imports.permissions import can_import, may_name_joiners, may_name_pupils
from tenant_apps.students.selectors import (
    births_of,
    display_name,
    hide_names,
    name_style,
    students_by_ids,
    visible_among,
    year_label,
)

NAMES_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Difference:
    """One way in which a held extract would change the school: how many, and who, as far as one may know."""

    heading: str
    count: int
    names: list[str]
    unnamed: int


def differences_of(access: Access, import_id: UUID) -> tuple[list[Difference], set[UUID]]:
    """What a held extract would do, and the pupils whom that names to this person; nothing of any other.

    Names only of pupils whom this person may see, of joiners only to those whom no class limits.
    """
    if not can_import(access):
        raise Http404
    entry = Import.objects.filter(pk=import_id, state=ImportState.HELD).first()
    if entry is None or entry.differences is None:
        return [], set()
    found = entry.differences
    pupils = {UUID(one) for name in ("archived", "returned", "changed") for one in found[name]}
    named = visible_among(access, pupils) if may_name_pupils(access) else set()
    shown = {
        pk: f"{one.name}, {one.place}" if one.place else one.name
        for pk, one in students_by_ids(named).items()
    }
    style = name_style()
    joining = [
        ", ".join(part for part in (display_name(one, style), year_label(one["year_group"])) if part)
        for one in (found["joiners"] if may_name_joiners(access) else [])
    ]
    staff = names_of(UUID(one) for one in found["disabled"])
    lines = [
        _difference("Pupils who would be archived", found["archived"], shown),
        _difference("Pupils who would come back", found["returned"], shown),
        Difference("Pupils who would be new", len(found["joiners"]), joining[:NAMES_SHOWN], 0),
        _difference("Pupils whose data would change", found["changed"], shown),
        Difference(
            "Staff whose accounts would be disabled",
            len(found["disabled"]),
            [one.formal for one in staff.values()],
            0,
        ),
    ]
    return [_with_rest(line) for line in lines if line.count], named


@dataclass(frozen=True, slots=True)
class SameChild:
    """A question that an administrator answers: whether a pupil of the extract is a student of the school.

    Without names for whoever may not see the student, who cannot answer either.
    """

    key: str
    reason: str
    student_id: UUID | None
    coming: str
    coming_born: date | None
    known: str
    known_born: date | None


REASONS = {
    "former_upn": "The former UPN is this student's; the surname is another one.",
    "name": "Name and date of birth are this student's; nothing else tells.",
}


def headings_shown(headings: list[str]) -> list[str]:
    """The headings of a spreadsheet as pages show them: one without headings begins with a child."""
    return [hide_names(heading) for heading in headings]


def same_children(access: Access, import_id: UUID) -> tuple[list[SameChild], set[UUID]]:
    """What has to be said of students before a held extract is applied, and whom that names."""
    if not can_import(access):
        raise Http404
    entry = Import.objects.filter(pk=import_id, state=ImportState.HELD).first()
    asked = (entry.differences or {}).get("questions", []) if entry is not None else []
    students = {UUID(one["student"]) for one in asked}
    named = visible_among(access, students) if may_name_pupils(access) else set()
    known, born = students_by_ids(named), births_of(named)
    style = name_style()
    found = []
    for one in asked:
        student = UUID(one["student"])
        if student not in named:
            found.append(SameChild(one["key"], REASONS[one["reason"]], None, "", None, "", None))
            continue
        found.append(
            SameChild(
                key=one["key"],
                reason=REASONS[one["reason"]],
                student_id=student,
                coming=display_name(one, style),
                coming_born=date.fromisoformat(one["born"]) if one["born"] else None,
                known=known[student].name,
                known_born=born[student],
            )
        )
    return found, named


def _difference(heading: str, ids: list[str], shown: dict[UUID, str]) -> Difference:
    names = sorted(shown[UUID(one)] for one in ids if UUID(one) in shown)
    return Difference(heading, len(ids), names[:NAMES_SHOWN], 0)


def _with_rest(line: Difference) -> Difference:
    return replace(line, unnamed=line.count - len(line.names))
