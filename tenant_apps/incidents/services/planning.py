""" "Add to planner": reminders that refer back to an incident or action. Each is its owner's alone."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from core.access import Access
from tenant_apps.incidents.selectors.finding import get_action, get_incident
from tenant_apps.planner.enums import ReminderKind
from tenant_apps.planner.services import ReminderGiven, set_reminder


@transaction.atomic
def remind_of_incident(
    *, incident_id: UUID, reminder: ReminderGiven, by: Access, at: datetime | None = None
) -> None:
    """Reminds the person of an incident they may read; else Http404. PermissionDenied without a planner."""
    get_incident(by, incident_id)
    keep_reminder(reminder, about=("incident", incident_id), by=by, at=at)


@transaction.atomic
def remind_of_action(
    *, action_id: UUID, reminder: ReminderGiven, by: Access, at: datetime | None = None
) -> None:
    """The same of an action."""
    get_action(by, action_id)
    keep_reminder(reminder, about=("action", action_id), by=by, at=at)


def keep_reminder(
    reminder: ReminderGiven, *, about: tuple[str, UUID], by: Access, at: datetime | None
) -> None:
    """Sets a reminder about a record that the caller has found theirs to read, or has just written."""
    set_reminder(
        text=reminder.text, due_at=reminder.due_at, kind=ReminderKind.RECORDS, about=about, by=by, at=at
    )
