"""A student's log as rows: what one person may see in it, or what a search finds of that."""

from collections.abc import Callable
from functools import cache, cached_property
from typing import Any
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS
from django.db.models import Q, QuerySet

from core.access import Access, QueryByAccess
from core.db.among import among
from tenant_apps.incidents.models import Incident
from tenant_apps.incidents.selectors.searching import Search, found_in_log

PAGE = 25
# None of these columns needs more than the driver makes of it.
COLUMNS = [field.attname for field in Incident._meta.concrete_fields]  # noqa: SLF001 - Django's way to fields

# A condition on incidents by what somebody may see: `permissions.listed_for` or `kept_for`.
Reach = Callable[[Access], Q]
# Which rows of a log: of those under a condition, in the log of this student.
Rows = Callable[[Q, UUID], QuerySet[Incident]]


class Log:
    """The incidents of a student within the reach of this person, or those of them that a search finds."""

    def __init__(self, access: Access, student_id: UUID, *, reach: Reach, search: Search) -> None:
        self._access = access
        self._student_id = student_id
        self._reach = reach
        self._found = found_in_log(access, student_id, search) if search else None

    @cached_property
    def incidents(self) -> QuerySet[Incident]:
        """All of them, in no order."""
        return _in_log(self._shown, self._student_id)

    @cached_property
    def by_date(self) -> QuerySet[Incident]:
        """Those that are not pinned, the newest first."""
        return _by_date(self._shown, self._student_id)

    @cached_property
    def newest(self) -> list[Incident]:
        """The first of `by_date`: one page, and one more where there is one."""
        return self._rows(_newest)

    @cached_property
    def pinned(self) -> list[Incident]:
        """Those that are pinned, the latest pin first."""
        return self._rows(_pinned)

    @cached_property
    def _shown(self) -> Q:
        shown = self._reach(self._access)
        if self._found is None:
            return shown
        if self._found.ids is not None:
            shown &= among("pk", self._found.ids)
        return shown & self._found.condition & Q(deleted_at__isnull=True)

    def _rows(self, rows: Rows) -> list[Incident]:
        found = self._found
        if found is not None and (found.condition or found.ids is None):
            return list(rows(self._shown, self._student_id))
        if found is None:
            answer = _asked(rows, self._reach).rows(self._access, student=self._student_id)
        elif not found.ids:
            return []
        else:
            asked = _asked_of(rows, self._reach)
            answer = asked.rows(self._access, student=self._student_id, incidents=found.ids)
        return [Incident.from_db(DEFAULT_DB_ALIAS, COLUMNS, row) for row in answer]


@cache
def _asked(rows: Rows, reach: Reach) -> QueryByAccess:
    """What every first page of a log asks; the ORM takes longer to say it than the database to answer."""

    def build(access: Access, *, student: UUID) -> QuerySet[Any, Any]:
        return rows(reach(access), student).values_list(*COLUMNS)

    return QueryByAccess(build, "student")


@cache
def _asked_of(rows: Rows, reach: Reach) -> QueryByAccess:
    """The same of some incidents, of which a search showed the ids."""

    def build(access: Access, *, student: UUID, incidents: UUID) -> QuerySet[Any, Any]:
        shown = reach(access) & among("pk", [incidents]) & Q(deleted_at__isnull=True)
        return rows(shown, student).values_list(*COLUMNS)

    return QueryByAccess(build, "student", "incidents", is_planned_once=True)


def _in_log(shown: Q, student_id: UUID, **pins: bool) -> QuerySet[Incident]:
    return Incident.objects.filter(shown, participants__student=student_id, number__isnull=False, **pins)


def _by_date(shown: Q, student_id: UUID) -> QuerySet[Incident]:
    unpinned = _in_log(shown, student_id, participants__pinned_at__isnull=True)
    return unpinned.order_by("-happened_at", "-number")


def _newest(shown: Q, student_id: UUID) -> QuerySet[Incident]:
    return _by_date(shown, student_id)[: PAGE + 1]


def _pinned(shown: Q, student_id: UUID) -> QuerySet[Incident]:
    pinned = _in_log(shown, student_id, participants__pinned_at__isnull=False)
    return pinned.order_by("-participants__pinned_at", "-number")
