"""Writes of the planner."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction

from core.access import Access
from core.audit.services import record
from core.db.clock import now
from core.outbox.services import owe
from tenant_apps.planner.enums import ReminderKind
from tenant_apps.planner.models import Reminder
from tenant_apps.planner.permissions import may_plan
from tenant_apps.planner.selectors import get_own_reminder

REMINDER_MAIL: Final = "planner.reminder"


@dataclass(frozen=True, slots=True)
class ReminderGiven:
    """A reminder as somebody typed it beside a record of theirs."""

    text: str
    due_at: datetime


@transaction.atomic
def set_reminder(
    *,
    text: str,
    due_at: datetime,
    kind: ReminderKind | str = ReminderKind.PERSONAL,
    about: tuple[str, UUID] | None = None,
    by: Access,
    at: datetime | None = None,
) -> Reminder:
    """Remind the person of something at a time: on the dashboard, and by a mail owed now for then.

    `about` is (kind, id) of the record it refers back to. Raises PermissionDenied without a planner.
    """
    if not may_plan(by):
        raise PermissionDenied
    assert by.user_id is not None
    reminder = Reminder(
        owner_id=by.user_id,
        kind=ReminderKind(kind),
        text=text,
        about_kind=about[0] if about else "",
        about_id=about[1] if about else None,
        created_at=at or now(),
        due_at=due_at,
    )
    reminder.save(force_insert=True)
    _owe_mail(reminder)
    record("reminder.set", by=by, record=("reminder", reminder.pk), detail={"due": due_at}, at=at)
    return reminder


@transaction.atomic
def finish_reminder(*, reminder_id: UUID, by: Access, at: datetime | None = None) -> None:
    """ "Done": it is shown no more, and not mailed. Http404 if it is not the person's own, or done."""
    if not may_plan(by):
        raise PermissionDenied
    reminder = get_own_reminder(by, reminder_id)
    reminder.done_at = at or now()
    reminder.save(update_fields=["done_at"])
    record("reminder.done", by=by, record=("reminder", reminder.pk), at=at)


@transaction.atomic
def put_off_reminder(*, reminder_id: UUID, minutes: int, by: Access, at: datetime | None = None) -> Reminder:
    """ "Remind me again in…": due so many minutes from now, and mailed again then. Http404 as above."""
    if not may_plan(by):
        raise PermissionDenied
    reminder = get_own_reminder(by, reminder_id)
    reminder.due_at = (at or now()) + timedelta(minutes=minutes)
    reminder.times_put_off += 1
    reminder.mailed_at = None
    reminder.save(update_fields=["due_at", "times_put_off", "mailed_at"])
    _owe_mail(reminder)
    record("reminder.put_off", by=by, record=("reminder", reminder.pk), detail={"minutes": minutes}, at=at)
    return reminder


@transaction.atomic
def note_mailed(*, reminder: Reminder, by: Access, at: datetime | None = None) -> None:
    """The mail goes out now; call it before sending, in the same transaction."""
    reminder.mailed_at = at or now()
    reminder.save(update_fields=["mailed_at"])
    record("reminder.mailed", by=by, record=("reminder", reminder.pk), at=at)


def _owe_mail(reminder: Reminder) -> None:
    # One debt each time: put off, the mail owed before finds nothing to do.
    owe(
        REMINDER_MAIL,
        key=f"{reminder.pk}:{reminder.times_put_off}",
        payload={"reminder": str(reminder.pk), "times_put_off": reminder.times_put_off},
        due_at=reminder.due_at,
    )
