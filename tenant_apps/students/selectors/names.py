"""How a pupil's name is shown: the one place that knows the school's settings for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import OuterRef, Subquery
from django.utils import timezone

from core.web.hiding import ShownAs, shown_as
from tenant_apps.school_settings.selectors import get_settings
from tenant_apps.students.enums import YEAR_GROUPS
from tenant_apps.students.models import Membership, Student
from tenant_apps.students.selectors.hiding import hidden_part

NAME_FIELDS = ("legal_forename", "legal_surname", "preferred_forename", "preferred_surname")


@dataclass(frozen=True, slots=True)
class NameStyle:
    """The school's choices: legal or preferred names, and which part comes first."""

    uses_legal: bool
    surname_first: bool

    @property
    def sort_field(self) -> str:
        """The stored key in which names of this style stand in the order people expect."""
        return "legal_sort_key" if self.uses_legal else "sort_key"


@dataclass(frozen=True, slots=True)
class StudentName:
    """What a page needs to name a pupil."""

    id: UUID
    name: str
    initials: str
    year_group: str
    tutor: str

    @property
    def year(self) -> str:
        """The year group in words: "Year 7", "Reception"."""
        return year_label(self.year_group)

    @property
    def place(self) -> str:
        """Year and tutor group together, as they stand behind a name."""
        return " · ".join(part for part in (self.year, self.tutor) if part)


def name_style() -> NameStyle:
    """The school's style for pupils' names."""
    settings = get_settings()
    return NameStyle(
        uses_legal=settings.use_legal_names, surname_first=settings.student_name_format == "last_first"
    )


def display_name(names: Mapping[str, Any] | Student, style: NameStyle) -> str:
    """A pupil's name as this school shows it; `names` is a student or a mapping with NAME_FIELDS."""
    forename, surname = map(hidden_part, name_parts(names, style))
    if style.surname_first and forename and surname:
        return f"{surname}, {forename}"
    return f"{forename} {surname}".strip()


def initials_of(names: Mapping[str, Any] | Student, style: NameStyle) -> str:
    """First letters of forename and surname, which stand for the name where it is hidden or small."""
    if shown_as() is ShownAs.BLOCK:
        return ""
    return "".join(part[:1].upper() for part in name_parts(names, style))


def births_of(ids: Iterable[UUID]) -> dict[UUID, date | None]:
    """Dates of birth of pupils that the caller may show already."""
    return dict(Student.objects.filter(pk__in=set(ids)).values_list("pk", "date_of_birth"))


def name_parts(names: Mapping[str, Any] | Student, style: NameStyle) -> tuple[str, str]:
    if isinstance(names, Student):
        names = {field: getattr(names, field) for field in NAME_FIELDS}
    if style.uses_legal:
        return names["legal_forename"], names["legal_surname"]
    return (
        names["preferred_forename"] or names["legal_forename"],
        names["preferred_surname"] or names["legal_surname"],
    )


def year_label(year_group: str) -> str:
    """A year group in words; one the product does not know stays as it came."""
    return YEAR_GROUPS.get(year_group, year_group)


def current_group(kind: str) -> Subquery:
    """The name of a student's group of this kind, for annotating students: at most one, the latest."""
    return Subquery(
        Membership.objects.filter(student=OuterRef("pk"), group__kind=kind)
        .exclude(end_date__lt=timezone.localdate())
        .order_by("-start_date", "-id")
        .values("group__name")[:1]
    )


def students_by_ids(ids: Iterable[UUID]) -> dict[UUID, StudentName]:
    """Names for pupils that the caller may show already; archived ones included. Two queries at most."""
    ids = set(ids)
    if not ids:
        return {}
    style = name_style()
    rows = (
        Student.objects.filter(pk__in=ids)
        .annotate(tutor=current_group("tutor"))
        .values("id", "year_group", "tutor", *NAME_FIELDS)
    )
    return {
        row["id"]: StudentName(
            id=row["id"],
            name=display_name(row, style),
            initials=initials_of(row, style),
            year_group=row["year_group"],
            tutor=row["tutor"] or "",
        )
        for row in rows
    }
