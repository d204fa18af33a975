"""The charts of "Overview": "Incidents by category" as a pie, and a timeline by month."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import cos, pi, sin
from uuid import UUID

from django.utils import timezone

from core.access import Access
from tenant_apps.incidents.selectors import figures_of_student

# The pie's radius and the middle of its square; the timeline's width and height.
RADIUS, MIDDLE = 100, 104
WIDTH, HEIGHT = 1000, 120


@dataclass(frozen=True, slots=True)
class Slice:
    """One category: its share as a path, and its id to search the log by."""

    id: UUID
    name: str
    colour: str
    count: int
    path: str


@dataclass(frozen=True, slots=True)
class Month:
    """One month with incidents: its bar, and its days to search the log by."""

    first: date
    last: date
    count: int
    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Charts:
    """What both charts and their tables show; `most` is the highest bar."""

    count: int
    practice: int
    slices: list[Slice]
    months: list[Month]
    most: int


def charts(access: Access, student_id: UUID) -> Charts | None:
    """The charts over what this person sees listed about the pupil; None where that is nothing.

    The caller has found the pupil visible. A fixed number of queries.
    """
    figures = figures_of_student(access, student_id)
    if not figures.count:
        return None
    total = sum(count for _, count in figures.by_category)
    slices, begun = [], 0
    for category, count in figures.by_category:
        path = _share(begun / total, (begun + count) / total)
        slices.append(Slice(category.id, category.name, category.colour, count, path))
        begun += count
    return Charts(
        count=figures.count,
        practice=figures.practice,
        slices=slices,
        months=_months(figures.by_month),
        most=max(count for _, count in figures.by_month),
    )


def _share(begins: float, ends: float) -> str:
    """A part of the circle as a path, clockwise from the top; the whole of it as two halves."""
    if ends - begins >= 1:
        return (
            f"M{MIDDLE} {MIDDLE - RADIUS}"
            f"A{RADIUS} {RADIUS} 0 1 1 {MIDDLE} {MIDDLE + RADIUS}"
            f"A{RADIUS} {RADIUS} 0 1 1 {MIDDLE} {MIDDLE - RADIUS}Z"
        )
    x1, y1 = _on_rim(begins)
    x2, y2 = _on_rim(ends)
    is_large = int(ends - begins > 1 / 2)
    return f"M{MIDDLE} {MIDDLE}L{x1} {y1}A{RADIUS} {RADIUS} 0 {is_large} 1 {x2} {y2}Z"


def _on_rim(share: float) -> tuple[float, float]:
    angle = 2 * pi * share
    return round(MIDDLE + RADIUS * sin(angle), 2), round(MIDDLE - RADIUS * cos(angle), 2)


def _months(counts: Sequence[tuple[datetime, int]]) -> list[Month]:
    """Bars from the first month with an incident to the last, each month as wide as the others."""
    firsts = [timezone.localtime(month).date() for month, _ in counts]
    begin, most = firsts[0], max(count for _, count in counts)
    all_months = _between(begin, firsts[-1]) + 1
    width = min(WIDTH // all_months, 60) or 1
    found = []
    for first, (_, count) in zip(firsts, counts, strict=True):
        height = max(round(HEIGHT * count / most), 2)
        last = (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
        found.append(
            Month(
                first=first,
                last=last,
                count=count,
                x=_between(begin, first) * WIDTH // all_months if all_months > 1 else 0,
                y=HEIGHT - height,
                width=max(width - 2, 1),
                height=height,
            )
        )
    return found


def _between(first: date, last: date) -> int:
    return (last.year - first.year) * 12 + last.month - first.month
