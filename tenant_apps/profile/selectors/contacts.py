""" "Contact Details" and "Links": what the pages of contacts put together."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied

from core.access import Access
from shared_apps.people.selectors import names_of
from tenant_apps.documents.selectors import DocumentView, documents_of
from tenant_apps.students.permissions import keeps_court_orders, sees_contacts
from tenant_apps.students.selectors import (
    Address,
    ContactView,
    CourtOrderView,
    LinkedStudent,
    SiblingElsewhereView,
    StudentHeader,
    contacts_of,
    court_orders_of,
    get_student,
    has_court_order,
    home_of,
    linked_students,
    siblings_elsewhere_of,
    student_header,
)
from tenant_apps.students.services import ContactGiven

# The kind of owner that the papers of a court order hang on.
COURT_ORDER = "court-order"


@dataclass(frozen=True, slots=True)
class CourtOrderLine:
    """A court order with its papers and who wrote it down."""

    order: CourtOrderView
    added_by: str
    documents: list[DocumentView]


@dataclass(frozen=True, slots=True)
class ContactDetails:
    """The tab "Contact Details"."""

    header: StudentHeader
    contacts: list[ContactView]
    home: Address
    home_is_marked: bool
    orders: list[CourtOrderLine]
    has_court_order: bool
    keeps_orders: bool


@dataclass(frozen=True, slots=True)
class Links:
    """The page "Links"."""

    header: StudentHeader
    students: list[LinkedStudent]
    elsewhere: list[SiblingElsewhereView]


def student_with_contacts(access: Access, student_id: UUID) -> Any:
    """The pupil, for those who see contacts. Http404 for a pupil not visible, else PermissionDenied."""
    student = get_student(access, student_id)
    if not sees_contacts(access):
        raise PermissionDenied("This user group does not see contacts.")
    return student


def contact_details(access: Access, student_id: UUID) -> ContactDetails:
    """Contacts, home and court orders of one pupil; papers for those who may open them."""
    student = student_with_contacts(access, student_id)
    orders = court_orders_of(student)
    papers = documents_of(COURT_ORDER, [order.id for order in orders])
    names = names_of(order.added_by for order in orders)
    return ContactDetails(
        header=student_header(student),
        contacts=contacts_of(access, student),
        home=home_of(access, student),
        home_is_marked=student.address_withheld,
        orders=[
            CourtOrderLine(
                order,
                names[order.added_by].formal if order.added_by in names else "",
                papers.get(order.id, []),
            )
            for order in orders
        ],
        has_court_order=has_court_order(student),
        keeps_orders=keeps_court_orders(access),
    )


def links(access: Access, student_id: UUID) -> Links:
    """Linked pupils whom the person may see, and siblings at other schools."""
    student = student_with_contacts(access, student_id)
    return Links(student_header(student), linked_students(access, student), siblings_elsewhere_of(student))


def papers_of(order_id: UUID) -> list[dict[str, Any]]:
    """The files of a court order as the form of files lists them: none can be taken off."""
    return [
        {"id": document.id, "name": document.name, "url": document.url, "remove_url": ""}
        for document in documents_of(COURT_ORDER, [order_id]).get(order_id, [])
    ]


def keeping_address(given: ContactGiven, row: Any) -> ContactGiven:
    """What was typed by somebody who is not told the address: it stays as it is."""
    return replace(given, address=row.address, postcode=row.postcode)
