"""How a record is kept: sealed, of a child who died, on hold, and reduced after a pupil has left."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from core.access import Access
from core.access.enums import SystemPermission
from core.audit.services import record
from core.db.clock import now
from shared_apps.people.selectors import get_user
from tenant_apps.classes.selectors import load_access
from tenant_apps.staff.permissions import can_block_readers
from tenant_apps.staff.selectors import keepers_of_blocks
from tenant_apps.students.models import (
    AgencyInvolvement,
    Contact,
    CourtOrder,
    Keyword,
    Membership,
    SchoolAttended,
    Seal,
    SiblingElsewhere,
    Student,
    StudentAnswer,
    StudentLink,
)
from tenant_apps.students.selectors.limits import readers_blocked_from, standing_seals
from tenant_apps.students.selectors.records import get_student

DIED = "Died"
# What is left of a leaver's record: names, date of birth, UPN and dates. The rest is emptied.
EMPTIED_TEXTS = (
    "sex",
    "gender",
    "email",
    "year_group",
    "enrolment_status",
    "leaving_destination",
    "sen_status",
    "first_language",
    "ethnicity",
    "religion",
    "medical_notes",
    "address",
    "postcode",
)
EMPTIED_LISTS = ("sen_needs", "medical_conditions", "warnings")
EMPTIED_FACTS = ("pupil_premium", "free_school_meals", "eal", "looked_after", "service_child")


class CannotReadError(Exception):
    """Two different people are needed, each of whom may open the record and lift the seal again."""


@transaction.atomic
def seal_record(
    *, student_id: UUID, readers: Collection[UUID], by: Access, at: datetime | None = None
) -> Seal:
    """From now on two named people alone know of this record; nobody else finds it, by whatever way.

    It leaves every group, and gives up the numbers by which an extract would find it: a later extract makes
    a record of its own. Raises CannotReadError, Http404, PermissionDenied. A sealed record is sealed already.
    """
    student = _hold(student_id, by)
    moment = at or now()
    chosen = set(readers)
    if len(chosen) != 2 or not chosen <= keepers_of_blocks() - readers_blocked_from([student_id]):
        raise CannotReadError
    if not all(_opens_records(user_id) for user_id in chosen):
        raise CannotReadError
    if (standing := Seal.objects.filter(student=student, lifted_at=None).first()) is not None:
        return standing
    first, second = sorted(chosen)
    seal = Seal.objects.create(
        student=student,
        first_reader_id=first,
        second_reader_id=second,
        mis_id=student.mis_id,
        upn=student.upn,
        sealed_by_id=by.user_id,
        sealed_at=moment,
    )
    student.mis_id = student.upn = None
    _take_off_roll(student, moment)
    _note("student.sealed", student_id, by, {"first": first, "second": second}, moment)
    return seal


@transaction.atomic
def lift_seal(*, student_id: UUID, by: Access, at: datetime | None = None) -> None:
    """The record is found again, as one of a pupil who has left; by one of the two who may open it.

    It takes its numbers back, but for those that another record has by now.
    """
    student = _hold(student_id, by)
    seal = Seal.objects.filter(student=student, lifted_at=None).first()
    if seal is None:
        return
    moment = at or now()
    seal.lifted_at, seal.lifted_by_id = moment, by.user_id
    seal.save(update_fields=["lifted_at", "lifted_by"])
    if not Student.objects.filter(mis_id=seal.mis_id).exists():
        student.mis_id = seal.mis_id
    if not Student.objects.filter(upn=seal.upn).exists():
        student.upn = seal.upn
    student.save(update_fields=["mis_id", "upn"])
    _note("student.unsealed", student_id, by, {}, moment)


@transaction.atomic
def note_death(*, student_id: UUID, died_on: date, by: Access, at: datetime | None = None) -> None:
    """The child has died: out of registers, lists, suggestions and reminders from now on, and kept on hold.

    No import brings the child back. The record is found by name among archived pupils. Raises ValueError for
    a day that has not come.
    """
    student = _hold(student_id, by)
    if died_on > timezone.localdate():
        raise ValueError("The day lies in the future.")
    moment = at or now()
    student.died_on = died_on
    if not student.legal_hold:
        student.legal_hold, student.legal_hold_reason = True, DIED
    _take_off_roll(student, moment)
    _note("student.died", student_id, by, {}, moment)


@transaction.atomic
def take_back_death(*, student_id: UUID, by: Access, at: datetime | None = None) -> None:
    """It was noted by mistake. The next extract that names the pupil makes the record current again."""
    student = _hold(student_id, by)
    if student.died_on is None:
        return
    student.died_on = None
    if student.legal_hold_reason == DIED:
        student.legal_hold, student.legal_hold_reason = False, ""
    student.save(update_fields=["died_on", "legal_hold", "legal_hold_reason"])
    _note("student.death_taken_back", student_id, by, {}, at or now())


@transaction.atomic
def set_hold(*, student_id: UUID, reason: str, by: Access, at: datetime | None = None) -> None:
    """Nothing of the record is reduced or destroyed from now on; without a `reason` the hold ends."""
    student = _hold(student_id, by)
    reason = " ".join(reason.split())
    if (student.legal_hold, student.legal_hold_reason) == (bool(reason), reason):
        return
    student.legal_hold, student.legal_hold_reason = bool(reason), reason
    student.save(update_fields=["legal_hold", "legal_hold_reason"])
    event = "student.held" if reason else "student.hold_ended"
    _note(event, student_id, by, {}, at or now())


@transaction.atomic
def reduce_records(*, student_ids: Collection[UUID], by: Access, at: datetime | None = None) -> list[UUID]:
    """Take out of these leavers' records all but names, date of birth, UPN and dates; those it was done to.

    The caller knows that nothing was ever written about them. One on hold, sealed, dead, or back is left
    alone. Rows stay, emptied and ended; register marks have a time of their own.
    """
    moment = at or now()
    found = list(
        Student.objects.select_for_update()
        .filter(
            Q(legal_hold=False),
            pk__in=list(student_ids),
            archived_at__isnull=False,
            reduced_at__isnull=True,
            died_on__isnull=True,
        )
        .exclude(pk__in=standing_seals().values("student_id"))
        .values_list("pk", flat=True)
    )
    if not found:
        return []
    Student.objects.filter(pk__in=found).update(
        **dict.fromkeys(EMPTIED_TEXTS, ""),
        **{name: [] for name in EMPTIED_LISTS},
        **dict.fromkeys(EMPTIED_FACTS),
        former_upn="",
        address_withheld=False,
        photo_document_id=None,
        photo_sha256="",
        reduced_at=moment,
    )
    contact_texts = ("title", "forename", "surname", "relationship", "email", "mobile", "home_phone")
    Contact.objects.filter(student__in=found).update(
        **dict.fromkeys((*contact_texts, "work_phone", "address", "postcode"), ""),
        parental_responsibility=None,
        court_order=None,
        lives_with=None,
    )
    CourtOrder.objects.filter(student__in=found).update(who="", what="")
    SiblingElsewhere.objects.filter(student__in=found).update(name="", school="", dsl="")
    SchoolAttended.objects.filter(student__in=found).update(
        la_number="", establishment_number="", name="", leaving_reason=""
    )
    links = StudentLink.objects.filter(Q(student__in=found) | Q(linked_student__in=found))
    links.update(note="")
    Keyword.objects.filter(student__in=found).update(word="")
    StudentAnswer.objects.filter(student__in=found).update(values=[])
    for rows in (
        Contact.objects.filter(student__in=found),
        CourtOrder.objects.filter(student__in=found),
        SiblingElsewhere.objects.filter(student__in=found),
        StudentAnswer.objects.filter(student__in=found),
        links,
    ):
        rows.filter(ended_at=None).update(ended_at=moment, ended_by_id=by.user_id)
    for words in (
        Keyword.objects.filter(student__in=found),
        AgencyInvolvement.objects.filter(student__in=found),
    ):
        words.filter(removed_at=None).update(removed_at=moment, removed_by_id=by.user_id)
    Keyword.objects.filter(student__in=found).update(key="")
    record("student.reduced", by=by, students=found, detail={"count": len(found)}, at=moment)
    return found


def _hold(student_id: UUID, by: Access) -> Student:
    if not by.is_system:
        if not can_block_readers(by) or not by.can(SystemPermission.VIEW_STUDENT_DETAILS):
            raise PermissionDenied("Only editors and administrators say how a record is kept.")
        get_student(by, student_id)
    return Student.objects.select_for_update().get(pk=student_id)


def _opens_records(user_id: UUID) -> bool:
    """Whether this person opens the record of a pupil in no group, with the key."""
    access = load_access(get_user(user_id), is_elevated=True)
    return access.sees_ungrouped and access.can(SystemPermission.VIEW_STUDENT_DETAILS)


def _take_off_roll(student: Student, moment: datetime) -> None:
    student.archived_at = student.archived_at or moment
    student.save()
    today = timezone.localtime(moment).date()
    for place in Membership.objects.filter(student=student).exclude(end_date__lt=today):
        place.end_date = max(place.start_date, today - timedelta(days=1))
        place.save(update_fields=["end_date"])


def _note(event: str, student_id: UUID, by: Access, detail: dict[str, UUID], moment: datetime) -> None:
    record(event, by=by, students=[student_id], record=("student", student_id), detail=detail, at=moment)
