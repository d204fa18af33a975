"""Contacts kept in this product only, what the DSL knows of a court order, and addresses that are withheld.

Imports never touch any of it. Nothing is overwritten: a correction ends the row and makes another.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction

from core.access import Access
from core.audit.services import record
from core.db.clock import now
from core.db.keys import uuid7
from tenant_apps.students.enums import Source
from tenant_apps.students.models import Contact, CourtOrder, Student
from tenant_apps.students.permissions import keeps_court_orders, sees_contacts
from tenant_apps.students.selectors.contacts import get_court_order, get_own_contact
from tenant_apps.students.selectors.records import get_student


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactGiven:
    """A contact as it was typed."""

    title: str = ""
    forename: str = ""
    surname: str
    relationship: str
    priority: int = 1
    parental_responsibility: bool | None = None
    court_order: bool | None = None
    lives_with: bool | None = None
    email: str = ""
    mobile: str = ""
    home_phone: str = ""
    work_phone: str = ""
    address: str = ""
    postcode: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CourtOrderGiven:
    """A court order as the DSL tells it: whom it concerns, what it says, and the last day it holds."""

    who: str
    what: str
    until: date | None = None


@transaction.atomic
def add_contact(*, student_id: UUID, given: ContactGiven, by: Access, at: datetime | None = None) -> Contact:
    """A contact that stands beside those of the MIS. Raises Http404, PermissionDenied."""
    hold_with_contacts(student_id, by)
    moment = at or now()
    contact = _new_contact(student_id, given, by, moment)
    _note("student.contact_added", student_id, by, {"contact": contact.pk}, moment)
    return contact


@transaction.atomic
def change_contact(
    *, student_id: UUID, contact_id: UUID, given: ContactGiven, by: Access, at: datetime | None = None
) -> Contact:
    """The contact as it reads now; the row of before ends. Http404 for one of the MIS, or ended meanwhile."""
    hold_with_contacts(student_id, by)
    before = get_own_contact(student_id, contact_id)
    if all(getattr(before, name) == value for name, value in asdict(given).items()):
        return before
    moment = at or now()
    _end(before, by, moment)
    contact = _new_contact(student_id, given, by, moment, address_withheld=before.address_withheld)
    detail = {"contact": contact.pk, "before": before.pk}
    _note("student.contact_changed", student_id, by, detail, moment)
    return contact


@transaction.atomic
def end_contact(*, student_id: UUID, contact_id: UUID, by: Access, at: datetime | None = None) -> None:
    """The contact stands no longer; its row stays."""
    hold_with_contacts(student_id, by)
    moment = at or now()
    contact = get_own_contact(student_id, contact_id)
    _end(contact, by, moment)
    _note("student.contact_ended", student_id, by, {"contact": contact.pk}, moment)


@transaction.atomic
def withhold_address(
    *,
    student_id: UUID,
    contact_id: UUID | None,
    is_withheld: bool,
    by: Access,
    at: datetime | None = None,
) -> None:
    """Withhold an address, or tell it again: a contact's, of the MIS or one's own, or the pupil's home.

    For those who keep court orders. A contact that ended is changed all the same: it may come back.
    """
    _hold_for_dsl(student_id, by)
    rows = (
        Contact.objects.filter(pk=contact_id, student_id=student_id)
        if contact_id
        else Student.objects.filter(pk=student_id)
    )
    if rows.exclude(address_withheld=is_withheld).update(address_withheld=is_withheld):
        event = "student.address_withheld" if is_withheld else "student.address_released"
        _note(event, student_id, by, {"contact": contact_id} if contact_id else {}, at or now())


@transaction.atomic
def add_court_order(
    *, student_id: UUID, given: CourtOrderGiven, by: Access, at: datetime | None = None
) -> CourtOrder:
    """What the DSL knows of a court order; its papers are attached to it. For those who edit the record."""
    _hold_for_dsl(student_id, by)
    moment = at or now()
    order = CourtOrder.objects.create(
        student_id=student_id, **asdict(given), added_by_id=by.user_id, added_at=moment
    )
    _note("student.court_order_added", student_id, by, {"court_order": order.pk}, moment)
    return order


@transaction.atomic
def change_court_order(
    *, student_id: UUID, order_id: UUID, given: CourtOrderGiven, by: Access, at: datetime | None = None
) -> CourtOrder:
    """The order as it reads now, with its papers. What it said before stays as an ended row of its own."""
    _hold_for_dsl(student_id, by)
    order = get_court_order(by, student_id, order_id)
    if all(getattr(order, name) == value for name, value in asdict(given).items()):
        return order
    moment = at or now()
    before = CourtOrder.objects.create(
        id=uuid7(),
        student_id=student_id,
        who=order.who,
        what=order.what,
        until=order.until,
        added_by_id=order.added_by_id,
        added_at=order.added_at,
        ended_by_id=by.user_id,
        ended_at=moment,
    )
    for name, value in asdict(given).items():
        setattr(order, name, value)
    order.added_by_id, order.added_at = by.user_id, moment
    order.save()
    detail = {"court_order": order.pk, "before": before.pk}
    _note("student.court_order_changed", student_id, by, detail, moment)
    return order


@transaction.atomic
def end_court_order(*, student_id: UUID, order_id: UUID, by: Access, at: datetime | None = None) -> None:
    """The order holds no longer, or was written down by mistake; its row stays."""
    _hold_for_dsl(student_id, by)
    order = get_court_order(by, student_id, order_id)
    moment = at or now()
    order.ended_at, order.ended_by_id = moment, by.user_id
    order.save(update_fields=["ended_at", "ended_by"])
    _note("student.court_order_ended", student_id, by, {"court_order": order.pk}, moment)


def hold_with_contacts(student_id: UUID, by: Access) -> None:
    """Two people who change the same pupil wait for one another. Http404, PermissionDenied."""
    if not by.is_system:
        if not sees_contacts(by):
            raise PermissionDenied("Who does not see contacts and links does not change them.")
        get_student(by, student_id)
    Student.objects.select_for_update(no_key=True).get(pk=student_id)


def _hold_for_dsl(student_id: UUID, by: Access) -> None:
    if not by.is_system and not keeps_court_orders(by):
        raise PermissionDenied("Court orders and withheld addresses are the DSL's.")
    hold_with_contacts(student_id, by)


def _new_contact(
    student_id: UUID, given: ContactGiven, by: Access, moment: datetime, *, address_withheld: bool = False
) -> Contact:
    return Contact.objects.create(
        student_id=student_id,
        source=Source.HAND,
        **asdict(given),
        address_withheld=address_withheld,
        added_by_id=by.user_id,
        added_at=moment,
    )


def _end(contact: Contact, by: Access, moment: datetime) -> None:
    contact.ended_at, contact.ended_by_id = moment, by.user_id
    contact.save(update_fields=["ended_at", "ended_by"])


def _note(event: str, student_id: UUID, by: Access, detail: dict[str, UUID], moment: datetime) -> None:
    record(event, by=by, students=[student_id], record=("student", student_id), detail=detail, at=moment)
