"""One pupil: the record, the heading of their pages, contacts and links."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.http import Http404

from core.access import Access
from core.access.enums import OverviewBlock
from tenant_apps.students.models import Contact, Student, StudentLink
from tenant_apps.students.selectors.finding import StudentListItem, list_items
from tenant_apps.students.selectors.hiding import hide_names
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


@dataclass(frozen=True, slots=True)
class ContactView:
    """A contact as pages show it."""

    name: str
    relationship: str
    priority: int
    has_parental_responsibility: bool | None
    has_court_order: bool
    lives_with: bool | None
    phones: list[tuple[str, str]]
    email: str
    address: str


@dataclass(frozen=True, slots=True)
class LinkedStudent:
    """Another pupil linked to one, with how they are related."""

    student: StudentListItem
    relationship: str


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
    )


def has_court_order(student: Student) -> bool:
    """Whether a contact of the pupil is under a court order: what everybody on the page must know."""
    return Contact.objects.filter(student=student, ended_at__isnull=True, court_order=True).exists()


def contacts_of(student: Student) -> list[ContactView]:
    """The contacts, by priority, of a pupil that get_student returned."""
    contacts = Contact.objects.filter(student=student, ended_at__isnull=True).order_by("priority", "id")
    return [
        ContactView(
            # A parent's surname is mostly the pupil's.
            name=hide_names(
                " ".join(part for part in (contact.title, contact.forename, contact.surname) if part),
                about=[student.pk],
            ),
            relationship=contact.relationship,
            priority=contact.priority,
            has_parental_responsibility=contact.parental_responsibility,
            has_court_order=bool(contact.court_order),
            lives_with=contact.lives_with,
            phones=[
                (kind, number)
                for kind, number in (
                    ("Mobile", contact.mobile),
                    ("Home", contact.home_phone),
                    ("Work", contact.work_phone),
                )
                if number
            ],
            email=hide_names(contact.email, about=[student.pk]),
            address=", ".join(part for part in (contact.address, contact.postcode) if part),
        )
        for contact in contacts
    ]


def linked_students(access: Access, student: Student) -> list[LinkedStudent]:
    """Pupils linked to one, in the order of names; those whom the person may not see are left out."""
    relationships = dict(
        StudentLink.objects.filter(student=student, ended_at__isnull=True)
        .order_by("-source")
        .values_list("linked_student_id", "relationship")
    )
    if not relationships:
        return []
    others = list_items(students_visible_to(access).filter(pk__in=relationships))
    return [LinkedStudent(student=other, relationship=relationships[other.id]) for other in others]
