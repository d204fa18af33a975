"""Reads the audit, for "Audits" and "Security log" of a user, and the history of a record."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q, QuerySet
from django.db.models.functions import TruncMonth

from core.access.access import Access
from core.audit.models import AuditEvent
from core.audit.reading import guarded_kinds, readable_records

PAGE: Final = 25
SIGN_INS: Final = ("user.signed_in", "key.used")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which of a user's events are wanted. Without anything, all of them.

    `since` counts from that moment on, `until` up to it and not itself. With a student only events that name
    this student and whose record the reader may read.
    """

    event: str = ""
    since: datetime | None = None
    until: datetime | None = None
    student_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """One page, newest first. `newer` and `older` continue it, None where nothing does."""

    events: list[AuditEvent]
    newer: UUID | None
    older: UUID | None


def _for_administrators(access: Access) -> QuerySet[AuditEvent]:
    if not (access.is_administrator or access.is_system):
        raise PermissionDenied
    return AuditEvent.objects.order_by("-at", "-id")


def events_of_user(access: Access, user_id: UUID, asked: Asked | None = None) -> QuerySet[AuditEvent]:
    """What a person did, newest first. For administrators; others get PermissionDenied."""
    asked = asked or Asked()
    events = _for_administrators(access).filter(user_id=user_id)
    if asked.event:
        events = events.filter(event=asked.event)
    if asked.since:
        events = events.filter(at__gte=asked.since)
    if asked.until:
        events = events.filter(at__lt=asked.until)
    if asked.student_id:
        events = _of_student(access, events.filter(student_ids__contains=[asked.student_id]))
    return events


def page_of_user(
    access: Access,
    user_id: UUID,
    asked: Asked | None = None,
    *,
    before: UUID | None = None,
    after: UUID | None = None,
    oldest: bool = False,
) -> Page:
    """25 events of a person: the newest, those behind (`before`) or ahead of one (`after`), or the oldest.

    Each page is found by its edge in an index, so the last costs what the first does. An edge that is no
    event of this person gives the newest page. For administrators; others get PermissionDenied.
    """
    events = events_of_user(access, user_id, asked)
    edge = _edge(before or after, user_id)
    return _page(events, edge, goes_back=edge is None or after is None, oldest=oldest)


def _page(events: QuerySet[AuditEvent], edge: AuditEvent | None, *, goes_back: bool, oldest: bool) -> Page:
    """25 of these events, behind the edge or ahead of it."""
    if oldest or not goes_back:
        ahead = _beyond(events, edge, newer=True) if edge else events
        found = list(ahead.order_by("at", "id")[: PAGE + 1])
        rows = found[:PAGE][::-1]
        more_newer, more_older = len(found) > PAGE, edge is not None
    else:
        behind = _beyond(events, edge, newer=False) if edge else events
        found = list(behind[: PAGE + 1])
        rows = found[:PAGE]
        more_newer, more_older = edge is not None, len(found) > PAGE
    return Page(
        rows,
        newer=rows[0].pk if rows and more_newer else None,
        older=rows[-1].pk if rows and more_older else None,
    )


def report_of_student(
    access: Access, student_id: UUID, *, own: Collection[str], without: Collection[str], asked: Asked
) -> QuerySet[AuditEvent]:
    """What was done or read about a pupil, as far as this person may know of it, newest first.

    An event of a record stands in it where the person may see that record. Of those that name the pupil alone
    only the events in `own` do, and monitoring only under categories that the person may view; events in
    `without` never do. For key users; others get PermissionDenied. The caller has found the pupil visible.
    """
    if not access.is_elevated:
        raise PermissionDenied
    named = AuditEvent.objects.filter(student_ids__contains=[student_id])
    readable = _readable_among(access, named)
    seen = [str(category) for category in access.view_students]
    is_monitoring = Q(event__startswith="monitoring.")
    hidden = is_monitoring & ~Q(detail__categories__contained_by=seen)
    of_pupil = Q(record_kind__in=["", "student"])
    of_record = Q(record_kind__in=guarded_kinds(), record_id__in=readable)
    report = AuditEvent.objects.filter(
        # What names no pupil but a record of theirs is about them as well: who was alerted to it.
        Q(of_record, student_ids__contains=[student_id])
        | Q(of_record, student_ids=[])
        | Q(of_pupil, is_monitoring | Q(event__in=own), student_ids__contains=[student_id])
    )
    if asked.event:
        report = report.filter(event=asked.event)
    if asked.since:
        report = report.filter(at__gte=asked.since)
    if asked.until:
        report = report.filter(at__lt=asked.until)
    return report.exclude(hidden).exclude(event__in=without).order_by("-at", "-id")


def page_of_report(
    events: QuerySet[AuditEvent],
    *,
    before: UUID | None = None,
    after: UUID | None = None,
    oldest: bool = False,
) -> Page:
    """25 events of a report, as `page_of_user` pages them. An edge that is not in it gives the newest."""
    wanted = before or after
    edge = events.filter(pk=wanted).first() if wanted else None
    return _page(events, edge, goes_back=edge is None or after is None, oldest=oldest)


def in_batches(events: QuerySet[AuditEvent], size: int = 500) -> Iterator[list[AuditEvent]]:
    """All of these events, newest first, a batch at a time, each by its edge."""
    edge: AuditEvent | None = None
    while rows := list((_beyond(events, edge, newer=False) if edge else events)[:size]):
        yield rows
        edge = rows[-1]


def sign_ins_of(access: Access, user_id: UUID, *, before: UUID | None = None) -> Page:
    """Each time this person's password or key opened a session, 25 a page. For administrators."""
    events = _for_administrators(access).filter(user_id=user_id, event__in=SIGN_INS)
    edge = _edge(before, user_id)
    found = list((_beyond(events, edge, newer=False) if edge else events)[: PAGE + 1])
    rows = found[:PAGE]
    return Page(rows, newer=None, older=rows[-1].pk if len(found) > PAGE else None)


def key_uses_by_month(access: Access, user_id: UUID) -> list[tuple[datetime, int]]:
    """How often this person signed in with two-factor authentication in each month, newest first."""
    rows = (
        _for_administrators(access)
        .filter(user_id=user_id, event="key.used")
        .annotate(month=TruncMonth("at"))
        .values("month")
        .annotate(uses=Count("*"))
        .order_by("-month")
    )
    return [(row["month"], row["uses"]) for row in rows]


def events_of_student(access: Access, student_id: UUID) -> QuerySet[AuditEvent]:
    """What was done or read about a pupil, newest first. For administrators; others get PermissionDenied."""
    return _for_administrators(access).filter(student_ids__contains=[student_id])


def events_of_record(access: Access, kind: str, record_id: UUID) -> QuerySet[AuditEvent]:
    """The history of one record, newest first. For administrators; others get PermissionDenied."""
    return _for_administrators(access).filter(record_kind=kind, record_id=record_id)


def _edge(event_id: UUID | None, user_id: UUID) -> AuditEvent | None:
    return AuditEvent.objects.filter(pk=event_id, user_id=user_id).first() if event_id else None


def _beyond(events: QuerySet[AuditEvent], edge: AuditEvent, *, newer: bool) -> QuerySet[AuditEvent]:
    way = "gt" if newer else "lt"
    # The first condition bounds the walk through the index; "or" alone would begin at its end.
    return events.filter(
        Q(**{f"at__{way}e": edge.at}), Q(**{f"at__{way}": edge.at}) | Q(**{f"id__{way}": edge.pk})
    )


def _of_student(access: Access, events: QuerySet[AuditEvent]) -> QuerySet[AuditEvent]:
    """Without events of records that the reader may not read: their number alone would tell of them."""
    guarded: Collection[str] = guarded_kinds()
    readable = _readable_among(access, events)
    return events.filter(
        Q(record_kind="") | Q(record_kind="student") | Q(record_kind__in=guarded, record_id__in=readable)
    )


def _readable_among(access: Access, events: QuerySet[AuditEvent]) -> set[UUID]:
    """Of the guarded records of these events, those that the reader may read."""
    records = (
        events.filter(record_kind__in=guarded_kinds(), record_id__isnull=False)
        .order_by()
        .values_list("record_kind", "record_id")
        .distinct()
    )
    return {
        record_id for _, record_id in readable_records(access, ((kind, one) for kind, one in records if one))
    }


def has_done(
    *, user_id: UUID, to: UUID, events: Collection[str], since: datetime, fields: Collection[str] = ()
) -> bool:
    """Whether a person did one of these to a record since then; with `fields` only where it changed those."""
    done = AuditEvent.objects.filter(user_id=user_id, record_id=to, event__in=events, at__gte=since)
    return (done.filter(detail__fields__contains=list(fields)) if fields else done).exists()


def is_shown(event: AuditEvent, readable: Collection[tuple[str, UUID]]) -> bool:
    """Whether what the event speaks of may be named to a reader of these records.

    A record of a kind that nobody answers for stays unnamed where pupils are concerned.
    """
    if event.record_id is None or event.record_kind == "student":
        return True
    return (event.record_kind, event.record_id) in readable or (
        not event.student_ids and event.record_kind not in guarded_kinds()
    )
