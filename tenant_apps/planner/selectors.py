"""Reads of the planner: one's own entries only."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.http import Http404
from django.utils import timezone

from core.access import Access
from core.db.clock import now
from tenant_apps.planner.enums import ReminderKind, When
from tenant_apps.planner.models import Reminder
from tenant_apps.planner.permissions import may_plan
from tenant_apps.school_settings.selectors import closures, get_settings
from tenant_apps.students.selectors import hide_names

MORNING = time(8, 30)
SATURDAY = 5
SHOWN = 50


@dataclass(frozen=True, slots=True)
class About:
    """The record that a reminder refers back to, as its owner may open it: "Incident no. 12", and where."""

    label: str
    url: str


Describe = Callable[[Access, Collection[UUID]], dict[UUID, About]]
Laid = Callable[[Collection[UUID]], set[UUID]]

_describers: dict[str, Describe] = {}
_laid: dict[str, Laid] = {}


@dataclass(frozen=True, slots=True)
class ReminderView:
    """A reminder as its owner sees it; `is_due` says that its time has come.

    `about` is None for one that refers to nothing, and for one whose record is not the owner's to open now.
    """

    id: UUID
    kind: str
    text: str
    due_at: datetime
    is_due: bool
    about: About | None = None


def register_about(kind: str, describe: Describe, laid_to_rest: Laid) -> None:
    """Make an app answer for the records of a kind that reminders refer to.

    `describe` gets the owner's access and ids, and leaves out what the owner may not open. `laid_to_rest`
    picks those records of which nobody is reminded any more: the child has died. A second registration of a
    kind raises ValueError.
    """
    if kind in _describers:
        raise ValueError(f"Reminders about {kind!r} are described already.")
    _describers[kind] = describe
    _laid[kind] = laid_to_rest


@dataclass(frozen=True, slots=True)
class Choice:
    """A quick choice of "Remind Me", and when it would be due; empty for a time of one's own."""

    value: str
    label: str
    due_at: datetime | None


def own_reminders(access: Access, *, at: datetime | None = None) -> list[ReminderView]:
    """The reminders that the person has set and not done with, the earliest first; none without a planner."""
    if not may_plan(access):
        return []
    moment = at or now()
    open_ones = Reminder.objects.filter(owner=access.user_id, done_at__isnull=True).order_by("due_at", "pk")
    reminders = _still_called_for(open_ones[:SHOWN])
    about = _about(access, reminders)
    return [
        ReminderView(
            one.pk,
            ReminderKind(one.kind).label,
            hide_names(one.text),
            one.due_at,
            one.due_at <= moment,
            about.get((one.about_kind, one.about_id)),
        )
        for one in reminders
    ]


def _about(access: Access, reminders: Iterable[Reminder]) -> dict[tuple[str, UUID | None], About]:
    return {
        (kind, record_id): about
        for kind, ids in _referred_to(reminders).items()
        for record_id, about in _describers[kind](access, ids).items()
    }


def _still_called_for(reminders: Iterable[Reminder]) -> list[Reminder]:
    """Without those about a child who has died."""
    found = list(reminders)
    at_rest = {
        (kind, record_id) for kind, ids in _referred_to(found).items() for record_id in _laid[kind](ids)
    }
    return [one for one in found if (one.about_kind, one.about_id) not in at_rest]


def _referred_to(reminders: Iterable[Reminder]) -> dict[str, set[UUID]]:
    wanted: dict[str, set[UUID]] = defaultdict(set)
    for one in reminders:
        if one.about_id is not None and one.about_kind in _describers:
            wanted[one.about_kind].add(one.about_id)
    return wanted


def get_own_reminder(access: Access, reminder_id: UUID) -> Reminder:
    """An open reminder of the person's own. Http404 for another's, one that is done, or none at all."""
    found = Reminder.objects.filter(pk=reminder_id, owner=access.user_id, done_at__isnull=True).first()
    if found is None:
        raise Http404("no such reminder")
    return found


def reminder_to_mail(reminder_id: UUID, *, times_put_off: int, at: datetime) -> Reminder | None:
    """The reminder whose mail is owed; None when it was done or put off meanwhile, or mailed already, and
    when the child has died whom it is about."""
    owed = Reminder.objects.filter(
        pk=reminder_id,
        times_put_off=times_put_off,
        due_at__lte=at,
        done_at__isnull=True,
        mailed_at__isnull=True,
    )
    return next(iter(_still_called_for(owed)), None)


def next_school_day(after: date) -> date | None:
    """The first school day after this one; None where the calendar holds none."""
    settings = get_settings()
    closed = {closure.date for closure in closures()}
    day = max(after + timedelta(days=1), settings.year_start)
    while day <= settings.year_end:
        if day.weekday() < SATURDAY and day not in closed:
            return day
        day += timedelta(days=1)
    return None


def choices(*, at: datetime | None = None) -> list[Choice]:
    """The quick choices as they stand now, in the school's time zone.

    The next school day is left out when it is tomorrow, or when the calendar knows none.
    """
    moment = at or now()
    tomorrow = timezone.localdate(moment) + timedelta(days=1)
    found = [
        Choice(When.HOUR, When.HOUR.label, moment + timedelta(hours=1)),
        Choice(When.TOMORROW, When.TOMORROW.label, _morning_of(tomorrow)),
    ]
    school_day = next_school_day(tomorrow - timedelta(days=1))
    if school_day is not None and school_day != tomorrow:
        found.append(Choice(When.SCHOOL_DAY, When.SCHOOL_DAY.label, _morning_of(school_day)))
    return [*found, Choice(When.AT, When.AT.label, None)]


def _morning_of(day: date) -> datetime:
    return datetime.combine(day, MORNING, timezone.get_current_timezone())
