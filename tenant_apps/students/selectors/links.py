"""Other children who belong to a pupil: linked pupils of the school, and siblings at another one."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q
from django.http import Http404

from core.access import Access
from tenant_apps.students.enums import OwnRelationship, Relationship, Source
from tenant_apps.students.models import SiblingElsewhere, Student, StudentLink
from tenant_apps.students.selectors.finding import StudentListItem, list_items
from tenant_apps.students.selectors.hiding import hide_names
from tenant_apps.students.selectors.limits import standing_seals, students_visible_to


@dataclass(frozen=True, slots=True)
class LinkedStudent:
    """Another pupil linked to one, with how they are related."""

    student: StudentListItem
    relationship: str
    note: str
    own_link: UUID | None
    """The link made by hand, which may be ended; None for one of the MIS."""


@dataclass(frozen=True, slots=True)
class SiblingElsewhereView:
    """A brother or sister at another school."""

    id: UUID
    name: str
    school: str
    dsl: str


def linked_students(access: Access, student: Student) -> list[LinkedStudent]:
    """Pupils linked to one, in the order of names; those whom the person may not see, and
    sealed records, are left out.

    A pair that both the MIS and a person linked stands once, with the MIS's word and the person's note. A MIS
    that links a pair one way means both.
    """
    of_mis: dict[UUID, StudentLink] = {}
    by_hand: dict[UUID, StudentLink] = {}
    either = Q(student=student) | Q(linked_student=student, source=Source.MIS)
    for link in StudentLink.objects.filter(either, ended_at__isnull=True):
        if link.student_id != student.pk:
            of_mis.setdefault(link.student_id, link)
        else:
            (by_hand if link.source == Source.HAND else of_mis)[link.linked_student_id] = link
    ids = {*of_mis, *by_hand}
    if not ids:
        return []
    others = list_items(
        students_visible_to(access).filter(pk__in=ids).exclude(pk__in=standing_seals().values("student_id"))
    )
    found = []
    for other in others:
        link, own = of_mis.get(other.id) or by_hand[other.id], by_hand.get(other.id)
        found.append(
            LinkedStudent(
                student=other,
                relationship=_word(link.relationship),
                note=hide_names(own.note, about=[student.pk, other.id]) if own else "",
                own_link=own.pk if own else None,
            )
        )
    return found


def siblings_elsewhere_of(student: Student) -> list[SiblingElsewhereView]:
    """Siblings at other schools, by name."""
    standing = SiblingElsewhere.objects.filter(student=student, ended_at__isnull=True)
    return [
        SiblingElsewhereView(
            id=row.pk,
            name=hide_names(row.name, about=[student.pk]),
            school=row.school,
            dsl=row.dsl,
        )
        for row in standing.order_by("name", "id")
    ]


def get_own_link(student_id: UUID, link_id: UUID) -> StudentLink:
    """A link of this pupil that was made by hand and stands; Http404."""
    link = StudentLink.objects.filter(
        pk=link_id, student_id=student_id, source=Source.HAND, ended_at=None
    ).first()
    if link is None:
        raise Http404
    return link


def _word(relationship: str) -> str:
    words: dict[str, str] = dict([*OwnRelationship.choices, *Relationship.choices])
    return words.get(relationship, relationship)
