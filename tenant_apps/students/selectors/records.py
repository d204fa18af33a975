"""One pupil: the record, and the heading of their pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.http import Http404
from django.utils import timezone

from core.access import Access
from core.access.enums import OverviewBlock
from core.web.hiding import ShownAs, shown_as
from tenant_apps.students.models import Student
from tenant_apps.students.selectors.limits import students_visible_to
from tenant_apps.students.selectors.names import (
    current_group,
    display_name,
    initials_of,
    name_style,
    year_label,
)

# What the blocks of the overview are made of; a block that is not shown is not read.
FIELDS_OF_BLOCKS: dict[OverviewBlock, tuple[str, ...]] = {
    OverviewBlock.NAME_AND_CLASS: ("sex", "gender", "enrolment_status", "leaving_destination"),
    OverviewBlock.SEN_AND_MEDICAL: ("sen_status", "sen_needs", "medical_conditions", "medical_notes"),
    OverviewBlock.CONTACTS: ("address", "postcode"),
    OverviewBlock.SENSITIVE: (
        "ethnicity",
        "religion",
        "first_language",
        "eal",
        "pupil_premium",
        "free_school_meals",
        "looked_after",
        "service_child",
    ),
}


ADULT = 18


def age_on(born: date, day: date) -> int:
    """Full years on that day; who was born on 29 February is a year older on 1 March."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


class StudentNotFoundError(Http404):
    """There is no such pupil for this person; whether there is one at all stays unsaid."""


@dataclass(frozen=True, slots=True)
class StudentHeader:
    """What stands at the top of every page of a pupil."""

    id: UUID
    name: str
    initials: str
    year: str
    tutor: str
    date_of_birth: date | None
    is_archived: bool
    leaving_date: date | None
    died_on: date | None
    photo_id: UUID | None
    """The document that is the pupil's photograph; None too while names are hidden: a face is a name."""

    @property
    def is_adult(self) -> bool:
        """Eighteen or older today: the rights over what is written here are theirs, not a parent's."""
        return self.date_of_birth is not None and age_on(self.date_of_birth, timezone.localdate()) >= ADULT


def get_student(access: Access, student_id: UUID) -> Student:
    """The pupil, archived or not, with `tutor` and `house`; StudentNotFoundError where not visible.

    Fields of the overview's blocks that this person's group does not see are not read.
    """
    unread = [
        field
        for block, fields in FIELDS_OF_BLOCKS.items()
        if block not in access.overview_blocks
        for field in fields
    ]
    student = (
        students_visible_to(access)
        .defer(*unread)
        .annotate(tutor=current_group("tutor"), house=current_group("house"))
        .filter(pk=student_id)
        .first()
    )
    if student is None:
        raise StudentNotFoundError
    return student


def student_header(student: Student) -> StudentHeader:
    """The heading of a pupil that get_student returned."""
    style = name_style()
    return StudentHeader(
        id=student.pk,
        name=display_name(student, style),
        initials=initials_of(student, style),
        year=year_label(student.year_group),
        tutor=getattr(student, "tutor", None) or "",
        date_of_birth=student.date_of_birth,
        is_archived=student.archived_at is not None,
        leaving_date=student.leaving_date,
        died_on=student.died_on,
        photo_id=student.photo_document_id if shown_as() is ShownAs.NAMES else None,
    )
