"""How long a record is kept, and what stands in the way of reducing it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from core.access import Access
from shared_apps.people.selectors import names_of
from tenant_apps.students.models import Seal, Student
from tenant_apps.students.selectors.finding import StudentListItem, list_items
from tenant_apps.students.selectors.limits import standing_seals, students_visible_to

REVIEW_AGE = 25
REDUCED_AFTER = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Keeping:
    """How one record is kept."""

    review_on: date | None
    """25 years after birth; None where no date of birth is known."""
    is_on_hold: bool
    hold_reason: str
    died_on: date | None
    reduced_at: datetime | None
    sealed_at: datetime | None
    sealed_for: list[str]


def review_on(born: date | None) -> date | None:
    """The day on which it is looked at whether a record is still needed: 25 years after birth."""
    if born is None:
        return None
    try:
        return born.replace(year=born.year + REVIEW_AGE)
    except ValueError:
        return date(born.year + REVIEW_AGE, 3, 1)


def keeping_of(student: Student) -> Keeping:
    """How the record of a pupil that get_student returned is kept."""
    seal = standing_seals().filter(student=student).first()
    people = (seal.first_reader_id, seal.second_reader_id) if seal else ()
    names = names_of(people)
    return Keeping(
        review_on=review_on(student.date_of_birth),
        is_on_hold=student.legal_hold,
        hold_reason=student.legal_hold_reason,
        died_on=student.died_on,
        reduced_at=student.reduced_at,
        sealed_at=seal.sealed_at if seal else None,
        sealed_for=sorted(names[person].full for person in people if person in names),
    )


def sealed_for(access: Access) -> list[StudentListItem]:
    """The sealed records that this person may open: the one way to find them."""
    own = standing_seals().values("student_id")
    return list_items(students_visible_to(access).filter(pk__in=own))


def died_among(student_ids: Iterable[UUID]) -> set[UUID]:
    """Those of these pupils who have died."""
    ids = set(student_ids)
    if not ids:
        return set()
    return set(Student.objects.filter(pk__in=ids, died_on__isnull=False).values_list("pk", flat=True))


def long_gone(*, at: datetime) -> list[UUID]:
    """Leavers of twelve months and more whose record was not reduced, and is not held, sealed or dead."""
    return list(
        Student.objects.filter(
            archived_at__lt=at - REDUCED_AFTER,
            reduced_at__isnull=True,
            legal_hold=False,
            died_on__isnull=True,
        )
        .exclude(pk__in=Seal.objects.filter(lifted_at__isnull=True).values("student_id"))
        .values_list("pk", flat=True)
    )
