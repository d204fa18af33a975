"""Pupils in lists: the quick search, and the registers of a group and of a monitored category."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import Http404
from django.urls import reverse

from core.access import Access
from core.access.enums import SystemPermission
from tenant_apps.categories.selectors import CategoryView, category_map
from tenant_apps.monitoring.selectors import monitored_now, monitored_students
from tenant_apps.students.selectors import (
    StudentListItem,
    keywords_found,
    list_items,
    register,
    same_name_note,
    search_students,
    students_visible_to,
)

# As many as one looks through for a name; who seeks further types more of it.
PAGE = 50
NOBODY_ID = UUID(int=0)


@dataclass(frozen=True, slots=True)
class StudentRow:
    """A pupil in a list, with what may be done from there and what may be seen of their monitoring."""

    id: UUID
    name: str
    initials: str
    class_name: str
    url: str
    add_url: str
    note: str
    is_archived: bool
    monitored: Sequence[CategoryView]
    keywords: Sequence[str] = ()
    """Keywords by which the search found the pupil."""


@dataclass(frozen=True, slots=True)
class SearchResult:
    """One page of the quick search; `after` continues it, None at its end."""

    rows: list[StudentRow]
    after: UUID | None


def student_rows(access: Access, students: Iterable[StudentListItem], *, term: str = "") -> list[StudentRow]:
    """List items as rows, with the categories under which each is monitored now as far as they are open.

    With the `term` of a search each row names the keywords that it found.
    """
    students = list(students)
    found = keywords_found(access, term, [student.id for student in students])
    monitored = monitored_now(access, [student.id for student in students])
    opens = access.can(SystemPermission.VIEW_STUDENT_DETAILS)
    adds = access.can(SystemPermission.ADD_ENTRIES)
    add_url = reverse("incidents:add")
    # One address made by Django, and the ids put in: a list of fifty would spend a millisecond or two on it.
    anybodys = reverse("profile:overview", args=[NOBODY_ID])
    return [
        StudentRow(
            id=student.id,
            name=student.name,
            initials=student.initials,
            class_name=student.place,
            url=anybodys.replace(str(NOBODY_ID), str(student.id)) if opens else "",
            add_url=f"{add_url}?student={student.id}" if adds else "",
            note="starting" if student.is_starting else same_name_note(student.same_name_count),
            is_archived=student.is_archived,
            monitored=monitored[student.id],
            keywords=found.get(student.id, ()),
        )
        for student in students
    ]


def quick_search(
    access: Access, *, term: str, monitored: bool, include_archived: bool, after: UUID | None
) -> SearchResult:
    """ "Quick Student Search": by name or keyword, among the monitored, or both; a page at a time."""
    among = _monitored_ids(access, include_archived) if monitored else None
    found = search_students(
        access, term, include_archived=include_archived, among=among, after=after, limit=PAGE + 1
    )
    page = found[:PAGE]
    return SearchResult(student_rows(access, page, term=term), page[-1].id if len(found) > PAGE else None)


def _monitored_ids(access: Access, include_archived: bool) -> set[UUID]:
    ids = set(monitored_students(access))
    if include_archived:
        archived = students_visible_to(access).filter(archived_at__isnull=False)
        left = monitored_now(access, list(archived.values_list("pk", flat=True)))
        ids |= {student for student, categories in left.items() if categories}
    return ids


def group_register(access: Access, group_id: UUID) -> dict[str, Any]:
    """A group's register with the notes of monitoring; Http404 where the person sees nobody of it."""
    group = register(access, group_id)
    return {"group": group, "rows": student_rows(access, group.students)}


def monitored_register(access: Access, category_id: UUID) -> dict[str, Any]:
    """The students now monitored under a category; Http404 for one that is not open to the person."""
    category = category_map().get(category_id)
    if category is None or category_id not in access.view_students:
        raise Http404("no such category")
    ids = list(monitored_students(access, category_id))
    students = list_items(students_visible_to(access).filter(pk__in=ids))
    return {"category": category, "rows": student_rows(access, students)}
