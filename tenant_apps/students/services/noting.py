"""Audit of reading: whoever was shown a pupil is on record."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from core.access import Access
from core.audit.services import record


def note_listed(*, student_ids: Iterable[UUID], by: Access) -> None:
    """A list was shown with these pupils: one event for all of them, none for an empty list."""
    shown = list(student_ids)
    if shown:
        record("student.listed", by=by, students=shown, detail={"count": len(shown)})


def note_viewed(*, student_id: UUID, by: Access) -> None:
    """A pupil's own page was shown."""
    record("student.viewed", by=by, students=[student_id], record=("student", student_id))
