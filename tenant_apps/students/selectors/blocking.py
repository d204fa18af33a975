"""The list "Staff who may not see this record" of one pupil, for those who keep it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from shared_apps.people.selectors import names_of
from tenant_apps.staff.selectors import Colleague, staff_with_emails
from tenant_apps.students.models import BlockedReader, Contact
from tenant_apps.students.selectors.limits import readers_blocked_from


@dataclass(frozen=True, slots=True)
class BlockLine:
    """One person who may not see a record, and who said so when."""

    user_id: UUID
    name: str
    set_by: str
    set_at: datetime


def block_lines(rows: list[tuple[UUID, UUID | None, datetime]]) -> list[BlockLine]:
    """Lines for (person, set by, set at), by name."""
    names = names_of(person for row in rows for person in row[:2])
    lines = sorted(rows, key=lambda row: names[row[0]])
    return [
        BlockLine(user_id, names[user_id].full, names[set_by].formal if set_by else "", set_at)
        for user_id, set_by, set_at in lines
    ]


def blocked_readers_of(student_id: UUID) -> list[BlockLine]:
    """Who may not see this pupil's record. For callers who may see it and may say so."""
    standing = BlockedReader.objects.filter(student_id=student_id, lifted_at__isnull=True)
    return block_lines(list(standing.values_list("user_id", "set_by_id", "set_at")))


def suggested_blocks(student_id: UUID) -> list[Colleague]:
    """Members of staff, not blocked yet, with the address of one of the pupil's contacts: perhaps family."""
    contacts = Contact.objects.filter(student_id=student_id, ended_at__isnull=True).exclude(email="")
    found = staff_with_emails(contacts.values_list("email", flat=True))
    blocked = readers_blocked_from([student_id]) if found else set()
    return [person for person in found if person.id not in blocked]
