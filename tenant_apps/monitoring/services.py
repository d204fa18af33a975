"""Starts and ends of monitoring. Neither time nor closing an incident ends one: only a person does."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import OuterRef, QuerySet, Subquery

from core.access import Access
from core.audit.services import record
from core.db.clock import now
from tenant_apps.categories.selectors import begins_monitoring
from tenant_apps.categories.services import hold_categories
from tenant_apps.monitoring.enums import MonitoringSource
from tenant_apps.monitoring.models import Monitoring
from tenant_apps.monitoring.permissions import changeable_categories
from tenant_apps.students.selectors import students_visible_to

# Rows in one statement.
AT_ONCE = 1000


class InFutureError(ValueError):
    """Monitoring begins and ends today or before, never in the future."""


class EndsBeforeItBeganError(ValueError):
    """The chosen end lies before the start; `student_ids` are those whose monitoring began later."""

    def __init__(self, student_ids: Collection[UUID]) -> None:
        super().__init__("Monitoring would end before it began.")
        self.student_ids = frozenset(student_ids)


@transaction.atomic
def start(
    *,
    student_ids: Iterable[UUID],
    category_ids: Collection[UUID],
    by: Access,
    source: tuple[str, UUID | None],
    since: datetime | None = None,
    is_practice: bool = False,
    at: datetime | None = None,
) -> list[UUID]:
    """Begin monitoring these students under these categories; the ids of what began.

    What is on already stays as it is and is not begun twice, also when two requests come at once. `source` is
    (kind, id). For an incident or an action `category_ids` are all it carries, closed upward, and of those
    only the ones that start monitoring by themselves do (`begins_monitoring`); whoever may add the record
    may do that. By hand it is exactly these categories, for a key user with "View Students" and "Add
    Incidents" on each, for students of their own classes: PermissionDenied otherwise.

    `since` lets it have begun earlier than `at`, though not before the student's last monitoring under that
    category ended; later is InFutureError. What a practice entry of training mode begins is `is_practice`;
    who would have begun the same meanwhile is noted there, for it to stay by.
    """
    kind, source_id = MonitoringSource(source[0]), source[1]
    students = list(dict.fromkeys(student_ids))
    if kind == MonitoringSource.HAND:
        _assert_may_decide(by, students, category_ids)
        categories = set(hold_categories(category_ids).values())
    else:
        categories = begins_monitoring(category_ids)
    started_at = _in_the_past(since, at)
    wanted = [
        Monitoring(
            student_id=student_id,
            category_id=category_id,
            started_at=started_at,
            started_by_id=by.user_id,
            source_kind=kind,
            source_id=source_id,
            is_practice=is_practice,
        )
        # In one order everywhere, so that two transactions never wait for each other's rows crosswise.
        for student_id in sorted(students)
        for category_id in sorted(categories)
    ]
    # The partial unique index decides; a row that lost to one that is open already is simply not inserted.
    Monitoring.objects.bulk_create(wanted, ignore_conflicts=True)
    begun = dict(Monitoring.objects.filter(id__in=[row.id for row in wanted]).values_list("id", "student_id"))
    _note_further_cause([row for row in wanted if row.id not in begun])
    if begun:
        if since is not None:
            _begin_after_the_last(begun)
        _record("monitoring.started", by, set(begun.values()), categories, kind, source_id, at)
    return list(begun)


@transaction.atomic
def end(
    *,
    student_ids: Iterable[UUID],
    category_ids: Collection[UUID],
    by: Access,
    until: datetime | None = None,
    at: datetime | None = None,
) -> int:
    """End monitoring of these students under these categories; how many ended.

    For a key user with "View Students" and "Add Incidents" on each category, for students of their own
    classes. What is not on stays as it is. `until` lets it have ended earlier than `at`: InFutureError if
    later, EndsBeforeItBeganError (and nothing ends) if some of it began after that.
    """
    students = list(dict.fromkeys(student_ids))
    _assert_may_decide(by, students, category_ids)
    categories = set(hold_categories(category_ids).values())
    open_rows = Monitoring.objects.filter(category_id__in=categories)
    return _end(open_rows, students, by, until, at)


@transaction.atomic
def end_all(
    *, student_ids: Iterable[UUID], by: Access, until: datetime | None = None, at: datetime | None = None
) -> int:
    """End all monitoring of these students that `by` may change; how many ended.

    Under categories without "View Students" or without "Add Incidents" it goes on. As `end` else.
    """
    students = list(dict.fromkeys(student_ids))
    _assert_may_decide(by, students, [])
    open_rows = Monitoring.objects.all()
    if not by.is_system:
        open_rows = open_rows.filter(category_id__in=changeable_categories(by))
    return _end(open_rows, students, by, until, at)


def _end(
    among: QuerySet[Monitoring],
    students: Collection[UUID],
    by: Access,
    until: datetime | None,
    at: datetime | None,
) -> int:
    ended_at = _in_the_past(until, at)
    open_rows = among.select_for_update().filter(student_id__in=students, ended_at__isnull=True)
    rows = list(open_rows.order_by("student_id", "category_id"))
    if later := {row.student_id for row in rows if row.started_at > ended_at}:
        raise EndsBeforeItBeganError(later)
    Monitoring.objects.filter(id__in=[row.id for row in rows]).update(
        ended_at=ended_at, ended_by_id=by.user_id
    )
    if rows:
        ended = {row.student_id for row in rows}
        _record("monitoring.ended", by, ended, {row.category_id for row in rows}, None, None, at)
    return len(rows)


@transaction.atomic
def undo(
    *,
    student_id: UUID,
    sources: Collection[tuple[str, UUID]],
    goes_on: Mapping[UUID, UUID],
    by: Access,
    at: datetime | None = None,
) -> int:
    """End what these records began for a student who was named by mistake; how many ended.

    Under the categories in `goes_on` it goes on, as begun by the incident given there. For the service that
    takes the student out of the records, which has asked whether `by` may.
    """
    open_rows = Monitoring.objects.select_for_update().filter(student_id=student_id, ended_at__isnull=True)
    began = [
        row for row in open_rows.order_by("category_id") if (row.source_kind, row.source_id) in set(sources)
    ]
    for row in began:
        if row.category_id in goes_on:
            row.source_kind, row.source_id = MonitoringSource.INCIDENT, goes_on[row.category_id]
        else:
            row.ended_at, row.ended_by_id = max(at or now(), row.started_at), by.user_id
        row.save(update_fields=["source_kind", "source_id", "ended_at", "ended_by"])
    ended = {row.category_id for row in began if row.ended_at is not None}
    if ended:
        _record("monitoring.undone", by, {student_id}, ended, None, None, at)
    return len(ended)


@transaction.atomic
def refile(
    *, touching: Collection[UUID], moves: Mapping[UUID, UUID], by: Access, at: datetime | None = None
) -> int:
    """Let monitoring under merged categories go on, past and present, under what they became; how many rows.

    A student monitored under both now is monitored once, since the earlier of the two; the row that gives way
    ends, and stays with the category that is gone. The caller holds the tree.
    """
    if not (by.is_administrator or by.is_system):
        raise PermissionDenied
    moved = 0
    for old, new in moves.items():
        rows = Monitoring.every.select_for_update().filter(category_id=old)
        twins = _twins(old, new)
        for remains, gives_way in twins:
            if gives_way.started_at < remains.started_at:
                remains.started_at, remains.started_by_id = gives_way.started_at, gives_way.started_by_id
                remains.source_kind, remains.source_id = gives_way.source_kind, gives_way.source_id
            gives_way.ended_at, gives_way.ended_by_id = max(at or now(), gives_way.started_at), by.user_id
        Monitoring.objects.bulk_update(
            [remains for remains, _ in twins],
            ["started_at", "started_by", "source_kind", "source_id"],
            batch_size=AT_ONCE,
        )
        gone = [gives_way for _, gives_way in twins]
        Monitoring.objects.bulk_update(gone, ["ended_at", "ended_by"], batch_size=AT_ONCE)
        moved += rows.exclude(id__in=[row.id for row in gone]).update(category_id=new) + len(gone)
    if moves:
        record("monitoring.refiled", by=by, detail={"rows": moved}, at=at)
    return moved


@transaction.atomic
def settle_practice(
    *, gone: Collection[UUID], kept: Collection[UUID], by: Access, at: datetime | None = None
) -> int:
    """Take back what practice entries began, as training mode ends; how many stretches are gone.

    `gone` are the records that go and `kept` those that stay. A stretch stays where its record does, or where
    a record that stays or a person would have begun the same: then it is theirs, from that moment on. What
    began elsewhere is left alone.
    """
    moment = at or now()
    rows = list(Monitoring.objects.select_for_update().filter(is_practice=True).order_by("id"))
    removed = []
    for row in rows:
        if row.source_id in gone:
            stays = [cause for cause in row.also_begun if _record_of(cause) not in gone]
            if stays:
                _take_over(row, stays[0])
            else:
                row.removed_at = moment
                removed.append(row)
        elif row.source_id not in kept:
            continue
        row.is_practice, row.also_begun = row.removed_at is not None, []
    Monitoring.every.bulk_update(
        rows,
        ["source_kind", "source_id", "started_by", "started_at", "is_practice", "also_begun", "removed_at"],
    )
    if removed:
        _record_all("monitoring.removed", removed, by, at)
    return len(removed)


@transaction.atomic
def bring_back(*, record_ids: Collection[UUID], by: Access, at: datetime | None = None) -> int:
    """Bring back what these records began, where it is not on again by now; how many. System only."""
    if not by.is_system:
        raise PermissionDenied
    rows = list(
        Monitoring.every.select_for_update().filter(removed_at__isnull=False, source_id__in=record_ids)
    )
    is_on = set(
        Monitoring.objects.filter(
            student_id__in={row.student_id for row in rows}, ended_at__isnull=True
        ).values_list("student_id", "category_id")
    )
    back = [row for row in rows if row.ended_at or (row.student_id, row.category_id) not in is_on]
    Monitoring.every.filter(pk__in=[row.pk for row in back]).update(removed_at=None, is_practice=False)
    if back:
        _record_all("monitoring.returned", back, by, at)
    return len(back)


def _record_all(event: str, rows: Collection[Monitoring], by: Access, at: datetime | None) -> None:
    students, categories = {row.student_id for row in rows}, {row.category_id for row in rows}
    _record(event, by, students, categories, None, None, at)


def _note_further_cause(lost: Collection[Monitoring]) -> None:
    """Where a practice entry began what was wanted again, notes the further reason."""
    wanted = {(row.student_id, row.category_id): row for row in lost}
    if not wanted:
        return
    standing = Monitoring.objects.select_for_update().filter(
        is_practice=True,
        ended_at__isnull=True,
        student_id__in={row.student_id for row in lost},
        category_id__in={row.category_id for row in lost},
    )
    for row in standing.order_by("student_id", "category_id"):
        cause = wanted.get((row.student_id, row.category_id))
        if cause is not None and (cause.source_id is None or cause.source_id != row.source_id):
            row.also_begun.append(
                {
                    "kind": MonitoringSource(cause.source_kind).value,
                    "id": str(cause.source_id) if cause.source_id else None,
                    "by": str(cause.started_by_id) if cause.started_by_id else None,
                    "at": cause.started_at.isoformat(),
                }
            )
            row.save(update_fields=["also_begun"])


def _record_of(cause: Mapping[str, Any]) -> UUID | None:
    return UUID(cause["id"]) if cause["id"] else None


def _take_over(row: Monitoring, cause: Mapping[str, Any]) -> None:
    row.source_kind, row.source_id = MonitoringSource(cause["kind"]), _record_of(cause)
    row.started_by_id = UUID(cause["by"]) if cause["by"] else None
    row.started_at = datetime.fromisoformat(cause["at"])


def _twins(old: UUID, new: UUID) -> list[tuple[Monitoring, Monitoring]]:
    """For students monitored under both now: the row that remains, and the one that gives way."""
    is_open = Monitoring.objects.select_for_update().filter(ended_at__isnull=True)
    remaining = {row.student_id: row for row in is_open.filter(category_id=new)}
    giving_way = is_open.filter(category_id=old, student_id__in=remaining)
    return [(remaining[row.student_id], row) for row in giving_way]


def _in_the_past(chosen: datetime | None, at: datetime | None) -> datetime:
    """The chosen moment, or that of the change."""
    moment = at or now()
    if chosen is not None and chosen > moment:
        raise InFutureError
    return chosen or moment


def _begin_after_the_last(begun: Collection[UUID]) -> None:
    """Lets what was begun with an earlier date start where the last stretch of the same kind ended.

    After inserting: whoever ended one meanwhile was waited for by the index.
    """
    last = (
        Monitoring.objects.filter(
            student=OuterRef("student"), category=OuterRef("category"), ended_at__gt=OuterRef("started_at")
        )
        .order_by("-ended_at")
        .values("ended_at")[:1]
    )
    overlapping = Monitoring.objects.filter(id__in=begun).annotate(last=Subquery(last))
    for row in overlapping.filter(last__isnull=False):
        Monitoring.objects.filter(id=row.id).update(started_at=row.last)


def _assert_may_decide(by: Access, student_ids: Collection[UUID], category_ids: Collection[UUID]) -> None:
    if by.is_system:
        return
    if not by.is_elevated or not set(category_ids) <= changeable_categories(by):
        raise PermissionDenied
    if students_visible_to(by).filter(id__in=student_ids).count() != len(set(student_ids)):
        raise PermissionDenied


def _record(
    event: str,
    by: Access,
    students: Collection[UUID],
    categories: Collection[UUID],
    kind: MonitoringSource | None,
    source_id: UUID | None,
    at: datetime | None,
) -> None:
    record(
        event,
        by=by,
        students=sorted(students),
        record=(kind.value, source_id) if kind is not None and source_id is not None else None,
        detail={"categories": sorted(map(str, categories))},
        at=at,
    )
