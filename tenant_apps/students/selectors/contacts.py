"""Whom to turn to about a pupil, what a court said, and addresses that nobody may be told."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q
from django.http import Http404
from django.utils import timezone

from core.access import Access
from core.db.text import search_key
from tenant_apps.students.enums import Source
from tenant_apps.students.models import Contact, CourtOrder, Student
from tenant_apps.students.permissions import keeps_court_orders, sees_contacts
from tenant_apps.students.selectors.hiding import hide_names
from tenant_apps.students.selectors.limits import students_visible_to

WITHHELD = "Withheld: ask the DSL"


@dataclass(frozen=True, slots=True)
class Address:
    """An address as pages show it; `text` of a withheld one is WITHHELD but for those who keep court orders.

    A page that shows a withheld one all the same leaves it out of print.
    """

    text: str
    is_withheld: bool


@dataclass(frozen=True, slots=True)
class ContactView:
    """A contact as pages show it."""

    id: UUID
    name: str
    relationship: str
    priority: int
    is_own: bool
    """Kept in this product only; those of the MIS are changed there."""
    has_parental_responsibility: bool | None
    has_court_order: bool
    lives_with: bool | None
    phones: list[tuple[str, str]]
    email: str
    address: Address
    is_marked_withheld: bool
    """Whether the address of this contact is withheld by itself, not through another that is the same."""

    @property
    def responsibility(self) -> str:
        """Parental responsibility in words; that nothing is known is said too."""
        return {
            True: "Has parental responsibility",
            False: "No parental responsibility",
            None: "Parental responsibility not known",
        }[self.has_parental_responsibility]


@dataclass(frozen=True, slots=True)
class CourtOrderView:
    """A court order as the DSL wrote it down."""

    id: UUID
    who: str
    what: str
    until: date | None
    is_over: bool
    added_at: datetime
    added_by: UUID | None


def has_court_order(student: Student) -> bool:
    """Whether a court order stands, by the MIS or by the DSL: what everybody on the page must know."""
    of_mis = Contact.objects.filter(student=student, ended_at__isnull=True, court_order=True)
    return of_mis.exists() or CourtOrder.objects.filter(_standing(), student=student).exists()


def contacts_of(access: Access, student: Student) -> list[ContactView]:
    """The contacts of a pupil that get_student returned, by priority, the MIS's before one's own."""
    contacts = _contacts(student)
    withheld = _Withheld(student, contacts)
    return [_view(access, student, contact, withheld) for contact in contacts]


def home_of(access: Access, student: Student) -> Address:
    """The address of a pupil that get_student returned, for callers who show contacts."""
    withheld = _Withheld(student, _contacts(student))
    return _address(access, student.address, student.postcode, is_withheld=withheld.home)


def court_orders_of(student: Student) -> list[CourtOrderView]:
    """The court orders that were written down and not ended, those that ran out last."""
    today = timezone.localdate()
    found = [
        CourtOrderView(
            id=order.pk,
            who=hide_names(order.who, about=[student.pk]),
            what=hide_names(order.what, about=[student.pk]),
            until=order.until,
            is_over=order.until is not None and order.until < today,
            added_at=order.added_at,
            added_by=order.added_by_id,
        )
        for order in CourtOrder.objects.filter(student=student, ended_at__isnull=True).order_by("-id")
    ]
    return sorted(found, key=lambda order: order.is_over)


def get_court_order(access: Access, student_id: UUID, order_id: UUID) -> CourtOrder:
    """One that stands of this pupil; Http404 for any other. The caller has found the pupil."""
    if not keeps_court_orders(access):
        raise Http404
    order = CourtOrder.objects.filter(pk=order_id, student_id=student_id, ended_at__isnull=True).first()
    if order is None:
        raise Http404
    return order


def get_own_contact(student_id: UUID, contact_id: UUID) -> Contact:
    """A contact of this pupil that was added by hand and stands; Http404. The caller has found the pupil."""
    own = Contact.objects.filter(pk=contact_id, student_id=student_id, source=Source.HAND, ended_at=None)
    if (contact := own.first()) is None:
        raise Http404
    return contact


def may_open_court_order(access: Access, order_id: UUID) -> bool:
    """Whether the papers of a court order open: to those who see the pupil's contacts."""
    order = CourtOrder.objects.filter(pk=order_id, ended_at__isnull=True).first()
    return (
        order is not None
        and sees_contacts(access)
        and students_visible_to(access).filter(pk=order.student_id).exists()
    )


def may_attach_to_court_order(access: Access, order_id: UUID) -> bool:
    """Whether papers may be put to a court order: by those who keep it."""
    return keeps_court_orders(access) and may_open_court_order(access, order_id)


def court_order_label(access: Access, order_id: UUID) -> str:
    """What a document of a court order hangs on, in words that name nobody."""
    return "a court order"


class _Withheld:
    """Which addresses of a pupil's record are withheld: those marked, and whatever gives one away."""

    def __init__(self, student: Student, contacts: Iterable[Contact]) -> None:
        marked = [contact for contact in contacts if contact.address_withheld]
        self.home = student.address_withheld or any(contact.lives_with for contact in marked)
        self._keys = {_key(contact.address, contact.postcode) for contact in marked}
        if self.home:
            self._keys.add(_key(student.address, student.postcode))
        self._keys.discard("")
        self.home = self.home or _key(student.address, student.postcode) in self._keys

    def covers(self, contact: Contact) -> bool:
        """Whether this contact's address is told to nobody."""
        return (
            contact.address_withheld
            or (self.home and bool(contact.lives_with))
            or _key(contact.address, contact.postcode) in self._keys
        )


def _contacts(student: Student) -> list[Contact]:
    standing = Contact.objects.filter(student=student, ended_at__isnull=True)
    return sorted(
        standing.order_by("priority", "id"),
        key=lambda contact: (contact.source != Source.MIS, contact.priority),
    )


def _standing() -> Q:
    return Q(ended_at__isnull=True) & (Q(until__isnull=True) | Q(until__gte=timezone.localdate()))


def _key(address: str, postcode: str) -> str:
    return search_key(f"{address} {postcode}").replace(" ", "")


def _address(access: Access, address: str, postcode: str, *, is_withheld: bool) -> Address:
    text = ", ".join(part for part in (address, postcode) if part)
    if is_withheld and not keeps_court_orders(access):
        return Address(WITHHELD, is_withheld=True)
    return Address(text, is_withheld=is_withheld)


def _view(access: Access, student: Student, contact: Contact, withheld: _Withheld) -> ContactView:
    name = " ".join(part for part in (contact.title, contact.forename, contact.surname) if part)
    phones = (("Mobile", contact.mobile), ("Home", contact.home_phone), ("Work", contact.work_phone))
    return ContactView(
        id=contact.pk,
        # A parent's surname is mostly the pupil's.
        name=hide_names(name, about=[student.pk]),
        relationship=contact.relationship,
        priority=contact.priority,
        is_own=contact.source == Source.HAND,
        has_parental_responsibility=contact.parental_responsibility,
        has_court_order=bool(contact.court_order),
        lives_with=contact.lives_with,
        phones=[(kind, number) for kind, number in phones if number],
        email=hide_names(contact.email, about=[student.pk]),
        address=_address(access, contact.address, contact.postcode, is_withheld=withheld.covers(contact)),
        is_marked_withheld=contact.address_withheld,
    )
