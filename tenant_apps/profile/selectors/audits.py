""" "Audit Report": what was done on the system about one pupil, as far as the reader may know of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, tzinfo
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from core.access import Access
from core.access.enums import OverviewBlock
from core.audit.models import AuditEvent
from core.audit.reading import readable_records
from core.audit.selectors import Asked, in_batches, page_of_report, report_of_student
from core.audit.words import event_words, words_of
from core.tenancy import current_school, in_school
from core.tenancy.schools import School
from shared_apps.people.selectors import names_of
from tenant_apps.staff.permissions import can_block_readers
from tenant_apps.students.permissions import sees_contacts

HEADINGS: list[object] = ["Time", "Who", "What", "About", "Key used"]
OPEN = frozenset(
    {
        "audit_report.exported",
        "audit_report.viewed",
        "chronology.printed",
        "chronology.viewed",
        "maps.combined",
        "student.listed",
        "student.photo_changed",
        "student.viewed",
    }
)
OF_CONTACTS = frozenset(
    f"student.{what}"
    for what in (
        "address_released",
        "address_withheld",
        "contact_added",
        "contact_changed",
        "contact_ended",
        "court_order_added",
        "court_order_changed",
        "court_order_ended",
        "link_added",
        "link_ended",
        "sibling_added",
        "sibling_ended",
    )
)
OF_SUMMARY = frozenset({"student.agencies_changed", "student.keywords_changed", "student.summary_changed"})
# What stands on "Staff who may not see this record" and on "Keeping".
OF_BLOCKS = frozenset(
    f"student.{what}"
    for what in (
        "death_taken_back",
        "died",
        "held",
        "hold_ended",
        "reader_blocked",
        "reader_unblocked",
        "reduced",
        "sealed",
        "unsealed",
    )
)
INCIDENT_BLOCKS = frozenset({"incident.reader_blocked", "incident.reader_unblocked"})


@dataclass(frozen=True, slots=True)
class ReportLine:
    """One event in words: who did what, about which record (empty where it is the pupil alone)."""

    at: datetime
    who: str
    words: str
    about: str
    url: str
    with_key: bool


@dataclass(frozen=True, slots=True)
class ReportPage:
    """One page of lines, with the ids by which it continues."""

    lines: list[ReportLine]
    newer: UUID | None
    older: UUID | None


def report_choices(access: Access) -> list[tuple[str, str]]:
    """Each kind of event that this person's report may hold, with its words."""
    own, without = _own(access), _without(access)
    kinds = ("incident.", "action.", "alert.", "document.", "monitoring.", "category.", "history.")
    return [
        (event, words)
        for event, words in event_words().items()
        if (event in own or event.startswith(kinds)) and event not in without
    ]


def audit_report(
    access: Access,
    student_id: UUID,
    asked: Asked,
    *,
    before: UUID | None = None,
    after: UUID | None = None,
    oldest: bool = False,
) -> ReportPage:
    """25 events about a pupil whom the caller has found visible. For key users; a fixed number of queries."""
    page = page_of_report(_events(access, student_id, asked), before=before, after=after, oldest=oldest)
    return ReportPage(_lines(access, page.events), page.newer, page.older)


def report_rows(access: Access, student_id: UUID, asked: Asked) -> Iterator[list[object]]:
    """Every line that the pages would show, for CSV, in the school's time.

    Who may ask is found out at once; the lines are read in batches while the file is being sent.
    """
    batches = in_batches(_events(access, student_id, asked))
    return _rows(access, batches, current_school(), timezone.get_current_timezone())


def _rows(
    access: Access, batches: Iterator[list[AuditEvent]], school: School, zone: tzinfo
) -> Iterator[list[object]]:
    yield HEADINGS
    while True:
        # The response is sent after the request has left its school.
        with in_school(school):
            events = next(batches, [])
            lines = _lines(access, events)
        if not events:
            return
        for line in lines:
            at = line.at.astimezone(zone).isoformat(timespec="seconds")
            yield [at, line.who, line.words, line.about, "yes" if line.with_key else "no"]


def _events(access: Access, student_id: UUID, asked: Asked) -> QuerySet[AuditEvent]:
    return report_of_student(access, student_id, own=_own(access), without=_without(access), asked=asked)


def _own(access: Access) -> frozenset[str]:
    """The events without a record of their own that this person may know of, by what they may see."""
    own = OPEN
    if sees_contacts(access):
        own |= OF_CONTACTS
    if OverviewBlock.SUMMARY in access.overview_blocks:
        own |= OF_SUMMARY
    if can_block_readers(access):
        own |= OF_BLOCKS
    return own


def _without(access: Access) -> frozenset[str]:
    return frozenset() if can_block_readers(access) else INCIDENT_BLOCKS


def _lines(access: Access, events: Iterable[AuditEvent]) -> list[ReportLine]:
    events = list(events)
    readable = readable_records(
        access, {(event.record_kind, event.record_id) for event in events if event.record_id}
    )
    people = names_of({event.user_id for event in events})
    lines = []
    for event in events:
        record = (event.record_kind, event.record_id) if event.record_id else None
        url, about = readable.get(record, ("", "")) if record else ("", "")
        lines.append(
            ReportLine(
                at=event.at,
                who=people[event.user_id].formal if event.user_id in people else "The system",
                words=words_of(event.event),
                about=about,
                url=url,
                with_key=event.is_elevated,
            )
        )
    return lines
