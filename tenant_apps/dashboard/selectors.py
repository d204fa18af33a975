"""What the dashboards show, put together from the selectors of the apps beneath."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils import timezone

from core.access import Access
from core.access.enums import SystemPermission
from tenant_apps.alerts.selectors import unread_for
from tenant_apps.attendance.selectors import without_mark
from tenant_apps.categories.selectors import CategoryView, category_map
from tenant_apps.classes.selectors import awaiting_groups
from tenant_apps.imports.selectors import import_health
from tenant_apps.incidents.selectors import (
    EntryLine,
    LeftOver,
    active_unassigned,
    answerable_among,
    assigned_to,
    history_of,
    last_telling,
    open_drafts,
    read_by_nobody,
    tray_count,
    tray_page,
)
from tenant_apps.monitoring.selectors import monitored_counts, monitored_students, practice_counts
from tenant_apps.planner.selectors import ReminderView, own_reminders
from tenant_apps.school_settings.selectors import missing_notice_fields, school_days_before
from tenant_apps.staff.permissions import can_block_readers
from tenant_apps.staff.selectors import default_group_people
from tenant_apps.students.selectors import StudentName, dashboard_groups, students_by_ids
from tenant_apps.training.selectors import is_on, training_due


@dataclass(frozen=True)
class CategoryCount:
    """A category of the dashboard's list, with the students now monitored under it.

    `practice` of them are monitored by what is practice in training mode. `beneath` are its sub-categories
    that are open to the person too; one whose parent is not stands for itself.
    """

    category: CategoryView
    students: int
    beneath: tuple["CategoryCount", ...] = ()
    practice: int = 0

    @property
    def busy_beneath(self) -> int:
        """How many of its sub-categories have somebody monitored under them."""
        return sum(1 for line in self.beneath if line.students)


def everyones_parts(access: Access, *, before: UUID | None = None) -> dict[str, Any]:
    """What both dashboards have: a page of one's alerts, what one has just added, one's drafts."""
    alerts, older = unread_for(access, before=before)
    return {
        "before": before,
        "older_alerts": older,
        "may_read_alerts": access.may_read_alerts,
        "alerts": [
            {
                "id": alert.id,
                "kind": alert.subject.word,
                "url": alert.subject.url,
                "raised_by": alert.raised_by,
                "student": alert.subject.student,
                "whom": alert.subject.whom,
                "categories": alert.subject.categories,
                "created_at": alert.created_at,
                "is_unread": True,
                "is_practice": alert.subject.is_practice,
            }
            for alert in alerts
        ],
        "telling": last_telling(access),
        "team": default_group_people(),
        "drafts": unfinished(access),
    }


def unfinished(access: Access) -> list[dict[str, Any]]:
    """One's drafts and where each is taken up again.

    An action under an incident that takes none any more (its alert was marked as read) becomes a new
    incident: what was typed must not be out of reach.
    """
    drafts = open_drafts(access)
    answerable = answerable_among(access, {draft.incident_id for draft in drafts if draft.incident_id})
    return [
        {
            "id": draft.pk,
            "kind": draft.get_kind_display(),
            "saved_at": draft.saved_at,
            "url": (
                reverse("incidents:add-action", args=[draft.incident_id])
                if draft.incident_id in answerable
                else reverse("incidents:add")
            )
            + f"?draft={draft.pk}",
        }
        for draft in drafts
    ]


def key_users_parts(access: Access) -> dict[str, Any]:
    """What only a session with a key has: search, groups, monitored categories, one's assigned incidents."""
    sees_list = access.can(SystemPermission.VIEW_STUDENT_LIST)
    return {
        "assigned": assigned_to(access),
        "tray": tray_count(access),
        "may_decide": access.can(SystemPermission.ADD_ENTRIES),
        "reminders": own_reminders(access),
        "sees_list": sees_list,
        "may_seal": can_block_readers(access),
        "groups": dashboard_groups(access) if sees_list else [],
        "category_counts": category_counts(access) if sees_list else [],
        "health": import_health(),
        "administers": access.is_administrator,
        "training_due": training_due(access),
        "new_classes": awaiting_groups(access),
        "missing_notices": missing_notice_fields() if access.is_administrator else [],
    }


def restricted_parts(access: Access) -> dict[str, Any]:
    """What the restricted dashboard has besides: one's own entries of the last 7 days."""
    return {"history": history_of(access)}


def category_counts(access: Access) -> list[CategoryCount]:
    """The enabled categories open to this person, with the number of students monitored under each.

    Sub-categories stand beneath their parent where that is on the list.
    """
    counts = monitored_counts(access)
    practice = practice_counts(access) if is_on() else {}
    shown = {
        category.id: category
        for category in category_map().values()
        if category.id in access.view_students and (category.is_enabled or counts.get(category.id))
    }

    def line(category: CategoryView) -> CategoryCount:
        beneath = tuple(line(child) for child in shown.values() if child.parent_id == category.id)
        return CategoryCount(
            category, counts.get(category.id, 0), beneath, practice=practice.get(category.id, 0)
        )

    return [line(category) for category in shown.values() if category.parent_id not in shown]


@dataclass(frozen=True, slots=True)
class WithoutMark:
    """A monitored student without a mark, and the categories that the person may see under monitoring."""

    student: StudentName
    categories: list[CategoryView]


@dataclass(frozen=True, slots=True)
class MorningSheet:
    """What a key user should look at before the day begins: only what this person may see.

    A part is None where it is not this person's; `day` is the last school day, None where the calendar knows
    none; `without_mark` is None too where no mark of that day has come for anybody.
    """

    unassigned: LeftOver | None
    unread: LeftOver | None
    tray: list[EntryLine] | None
    reminders: list[ReminderView]
    sees_marks: bool
    day: date | None
    without_mark: list[WithoutMark] | None

    @property
    def student_ids(self) -> set[UUID]:
        """Every student whom it names."""
        parts = (
            self.unassigned.lines if self.unassigned else (),
            self.unread.lines if self.unread else (),
        )
        named = {line.student.id for lines in parts for line in lines if line.student}
        return named | {row.student.id for row in self.without_mark or ()}


def morning_sheet(access: Access) -> MorningSheet:
    """The "Morning sheet" of this person. A fixed number of queries."""
    reads = access.is_elevated and bool(access.view_incidents)
    sees_marks = access.is_elevated and access.can(SystemPermission.VIEW_STUDENT_DETAILS)
    days = school_days_before(timezone.localdate(), count=1) if sees_marks else []
    return MorningSheet(
        unassigned=active_unassigned(access) if reads else None,
        unread=read_by_nobody(access) if reads else None,
        tray=tray_page(access).waiting if reads else None,
        reminders=[one for one in own_reminders(access) if one.is_due],
        sees_marks=sees_marks,
        day=days[0] if days else None,
        without_mark=_without_mark(access, days[0]) if days else None,
    )


def _without_mark(access: Access, day: date) -> list[WithoutMark] | None:
    monitored = monitored_students(access)
    missing = without_mark(list(monitored), day)
    if missing is None:
        return None
    names = students_by_ids(missing)
    rows = [WithoutMark(names[one], [on.category for on in monitored[one]]) for one in missing]
    return sorted(rows, key=lambda row: (row.student.tutor, row.student.name, row.student.id))
