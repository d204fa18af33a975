""" "Monitoring History": who was monitored under what, when and why, as lines and as a timeline."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from core.access import Access
from shared_apps.people.selectors import names_of
from tenant_apps.categories.selectors import CategoryView, category_map
from tenant_apps.incidents.selectors import origins_among
from tenant_apps.monitoring.enums import MonitoringSource
from tenant_apps.monitoring.selectors import monitoring_history
from tenant_apps.profile.selectors.changes import full_name

# The timeline's width, and the least that a stretch of a day takes of it.
WIDTH = 1000
THINNEST = 4


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One stretch of monitoring as "Monitoring History" tells it."""

    category: CategoryView
    started_at: datetime
    ended_at: datetime | None
    started_by: str
    ended_by: str
    why: str
    url: str
    """The incident that began it, where the person may open it."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One stretch on the timeline, in thousandths of its width."""

    start: int
    width: int
    words: str


@dataclass(frozen=True, slots=True)
class TimelineRow:
    """One category on the timeline."""

    category: CategoryView
    bars: list[Bar]


@dataclass(frozen=True, slots=True)
class Timeline:
    """The student's school life, from `first` to `last`; `years` are its Septembers, in thousandths."""

    first: date
    last: date
    years: list[int]
    rows: list[TimelineRow]


def monitoring_lines(access: Access, student_id: UUID) -> list[HistoryLine]:
    """Every start and end that the person may see, with who and why, the latest first.

    An incident that the person may not open is not named, and neither is who wrote it. The caller has found
    the student visible to the person.
    """
    stretches = monitoring_history(access, student_id)
    by_kind: dict[MonitoringSource, set[UUID]] = defaultdict(set)
    for stretch in stretches:
        if stretch.source_id is not None:
            by_kind[stretch.source_kind].add(stretch.source_id)
    origins = origins_among(
        access,
        incident_ids=by_kind[MonitoringSource.INCIDENT],
        action_ids=by_kind[MonitoringSource.ACTION],
    )
    people = names_of(person for stretch in stretches for person in (stretch.started_by, stretch.ended_by))
    tree = category_map()

    def name(person: UUID | None) -> str:
        return people[person].full if person in people else ""

    lines = []
    for stretch in stretches:
        origin = origins.get(stretch.source_id) if stretch.source_id else None
        by_hand = stretch.source_kind == MonitoringSource.HAND
        what = stretch.source_kind.label
        if origin and stretch.source_kind == MonitoringSource.INCIDENT:
            what = f"Incident no. {origin.number}"
        elif origin:
            what = f"Action under incident no. {origin.number}"
        lines.append(
            HistoryLine(
                category=replace(stretch.category, name=full_name(stretch.category, tree, access)),
                started_at=stretch.started_at,
                ended_at=stretch.ended_at,
                started_by=name(stretch.started_by) if by_hand or origin else "",
                ended_by=name(stretch.ended_by),
                why=what,
                url=origin.url if origin else "",
            )
        )
    return lines


def timeline(lines: Sequence[HistoryLine], student: Any) -> Timeline | None:
    """The same as a timeline over the student's school life; None where there is nothing."""
    if not lines:
        return None
    begun = [timezone.localdate(line.started_at) for line in lines]
    ended = [timezone.localdate(line.ended_at) for line in lines if line.ended_at]
    today = timezone.localdate()
    first = min([*begun, *([student.start_date] if student.start_date else [])])
    is_over = student.archived_at is not None and all(line.ended_at for line in lines)
    last = max([*ended, student.leaving_date or today]) if is_over else max([*begun, today])
    days = (last - first).days + 1

    def place(day: date) -> int:
        return round(WIDTH * (day - first).days / days)

    bars: dict[UUID, TimelineRow] = {}
    for line in lines:
        start = place(timezone.localdate(line.started_at))
        day = timezone.localdate(line.ended_at) if line.ended_at else last
        end = place(day + timedelta(days=1))
        words = f"{line.started_at:%d/%m/%Y} to " + (f"{line.ended_at:%d/%m/%Y}" if line.ended_at else "now")
        row = bars.setdefault(line.category.id, TimelineRow(line.category, []))
        row.bars.append(Bar(start, max(end - start, THINNEST), words))
    years = [
        place(september)
        for year in range(first.year, last.year + 1)
        if first < (september := date(year, 9, 1)) <= last
    ]
    return Timeline(first, last, years, list(bars.values()))
