"""Starts and ends of monitoring. Neither time nor closing an incident ends one: only a person does."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction

from core.access import Access
from core.audit.services import record
from core.db.clock import now
from tenant_apps.categories.selectors import begins_monitoring
from tenant_apps.categories.services import hold_categories
from tenant_apps.monitoring.enums import MonitoringSource
from tenant_apps.monitoring.models import Monitoring
from tenant_apps.students.selectors import students_visible_to

# Rows in one statement.
AT_ONCE = 1000


@transaction.atomic
def start(
    *,
    student_ids: Iterable[UUID],
    category_ids: Collection[UUID],
    by: Access,
    source: tuple[str, UUID | None],
    at: datetime | None = None,
) -> list[UUID]:
    """Begin monitoring these students under these categories; the ids of what began.

    What is on already stays as it is and is not begun twice, also when two requests come at once. `source` is
    (kind, id). For an incident or an action `category_ids` are all it carries, closed upward, and of those
    only the ones that start monitoring by themselves do (`begins_monitoring`); whoever may add the record
    may do that. By hand it is exactly these categories, for a key user with "View Students" on each, for
    students of their own classes: PermissionDenied otherwise.
    """
    kind, source_id = MonitoringSource(source[0]), source[1]
    students = list(dict.fromkeys(student_ids))
    if kind == MonitoringSource.HAND:
        _assert_may_decide(by, students, category_ids)
        categories = set(hold_categories(category_ids).values())
    else:
        categories = begins_monitoring(category_ids)
    started_at = at or now()
    wanted = [
        Monitoring(
            student_id=student_id,
            category_id=category_id,
            started_at=started_at,
            started_by_id=by.user_id,
            source_kind=kind,
            source_id=source_id,
        )
        # In one order everywhere, so that two transactions never wait for each other's rows crosswise.
        for student_id in sorted(students)
        for category_id in sorted(categories)
    ]
    # The partial unique index decides; a row that lost to one that is open already is simply not inserted.
    Monitoring.objects.bulk_create(wanted, ignore_conflicts=True)
    begun = dict(Monitoring.objects.filter(id__in=[row.id for row in wanted]).values_list("id", "student_id"))
    if begun:
        _record("monitoring.started", by, set(begun.values()), categories, kind, source_id, at)
    return list(begun)


@transaction.atomic
def end(
    *,
    student_ids: Iterable[UUID],
    category_ids: Collection[UUID],
    by: Access,
    at: datetime | None = None,
) -> int:
    """End monitoring of these students under these categories; how many ended.

    For a key user with "View Students" on each category, for students of their own classes. What is not on
    stays as it is.
    """
    students = list(dict.fromkeys(student_ids))
    _assert_may_decide(by, students, category_ids)
    open_rows = Monitoring.objects.select_for_update().filter(
        student_id__in=students, category_id__in=category_ids, ended_at__isnull=True
    )
    rows = list(open_rows.order_by("student_id", "category_id"))
    ended_at = at or now()
    Monitoring.objects.filter(id__in=[row.id for row in rows]).update(
        ended_at=ended_at, ended_by_id=by.user_id
    )
    if rows:
        ended = {row.student_id for row in rows}
        _record("monitoring.ended", by, ended, {row.category_id for row in rows}, None, None, at)
    return len(rows)


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
        rows = Monitoring.objects.select_for_update().filter(category_id=old)
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


def _twins(old: UUID, new: UUID) -> list[tuple[Monitoring, Monitoring]]:
    """For students monitored under both now: the row that remains, and the one that gives way."""
    is_open = Monitoring.objects.select_for_update().filter(ended_at__isnull=True)
    remaining = {row.student_id: row for row in is_open.filter(category_id=new)}
    giving_way = is_open.filter(category_id=old, student_id__in=remaining)
    return [(remaining[row.student_id], row) for row in giving_way]


def _assert_may_decide(by: Access, student_ids: Collection[UUID], category_ids: Collection[UUID]) -> None:
    if by.is_system:
        return
    if not by.is_elevated or not all(category_id in by.view_students for category_id in category_ids):
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
