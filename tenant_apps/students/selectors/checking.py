"""Pupils whose data from the MIS are odd."""

from __future__ import annotations

from core.access import Access
from tenant_apps.students.selectors.finding import StudentListItem, list_items
from tenant_apps.students.selectors.limits import students_found_by


def students_to_check(access: Access, *, limit: int) -> tuple[list[StudentListItem], int]:
    """Current and starting pupils with warnings of an import whom the person may find: the first of them in
    the order of names, and how many they are. Three queries at most."""
    odd = students_found_by(access).filter(archived_at__isnull=True).exclude(warnings=[])
    found = list_items(odd, limit=limit)
    return found, len(found) if len(found) < limit else odd.count()
