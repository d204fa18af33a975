"""What staff put on a pupil's overview by hand, for those whose group sees that block."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from core.access import Access
from core.access.enums import OverviewBlock
from core.db.among import among
from core.db.prepared import PreparedQuery
from core.db.text import search_key
from tenant_apps.agencies.selectors import AgencyView, agency_names
from tenant_apps.students.models import AgencyInvolvement, Keyword, Student, Summary
from tenant_apps.students.selectors.hiding import hide_names


@dataclass(frozen=True, slots=True)
class OwnFacts:
    """Summary, keywords and agencies; names are hidden in the texts where the session hides them."""

    summary: str
    summary_number: int
    """The version that `summary` is, 0 for none: who changes it says which one they had before them."""
    summary_by: UUID | None
    summary_at: datetime | None
    keywords: list[str]
    agencies: list[AgencyView]


def own_facts(access: Access, student: Student) -> OwnFacts | None:
    """The facts of a pupil that get_student returned; None, and not read, without the block. Four queries."""
    if OverviewBlock.SUMMARY not in access.overview_blocks:
        return None
    last = Summary.objects.filter(student=student).order_by("-number").first()
    words = Keyword.objects.filter(student=student, removed_at=None).order_by("key")
    involved = AgencyInvolvement.objects.filter(student=student, removed_at=None)
    names = agency_names(involved.values_list("agency_id", flat=True))
    return OwnFacts(
        summary=hide_names(last.text, about=[student.pk]) if last else "",
        summary_number=last.number if last else 0,
        summary_by=last.written_by_id if last else None,
        summary_at=last.written_at if last else None,
        keywords=[hide_names(word, about=[student.pk]) for word in words.values_list("word", flat=True)],
        agencies=sorted(
            (AgencyView(agency_id, name) for agency_id, name in names.items()), key=lambda one: one.name
        ),
    )


def keywords_found(access: Access, term: str, student_ids: Collection[UUID]) -> dict[UUID, list[str]]:
    """For these pupils the keywords that hold a typed word. The caller may show the pupils. One query."""
    words = search_key(term).split()
    if OverviewBlock.SUMMARY not in access.overview_blocks or not words or not student_ids:
        return {}
    found: dict[UUID, list[str]] = defaultdict(list)
    for student_id, word, key in KEYWORDS.rows(students=student_ids):
        if any(typed in key for typed in words):
            found[student_id].append(hide_names(word, about=[student_id]))
    return dict(found)


def _keywords(students: UUID) -> QuerySet[Any, Any]:
    standing = Keyword.objects.filter(among("student", [students]), removed_at=None)
    return standing.order_by("key").values_list("student_id", "word", "key")


KEYWORDS = PreparedQuery(_keywords, "students", is_planned_once=True)


def used_agencies(ids: Collection[UUID]) -> set[UUID]:
    """Those of these agencies that are, or were, involved with some pupil."""
    rows = AgencyInvolvement.objects.filter(agency__in=ids).order_by("agency_id")
    return set(rows.values_list("agency_id", flat=True).distinct())
