"""Reads of training mode: whether it is on, what was made in it, and what its end would take along."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from uuid import UUID

from django.utils import timezone

from core.access import Access
from core.db.clock import now
from shared_apps.people.selectors import names_of
from tenant_apps.incidents.selectors import TrainingEntry, training_entries
from tenant_apps.monitoring.selectors import BegunByPractice, begun_by_practice
from tenant_apps.school_settings.selectors import get_settings
from tenant_apps.students.selectors import StudentName, students_by_ids
from tenant_apps.training.models import TrainingRun

# When administrators are asked to end it, in the school's zone.
ASKED_AT = time(18)


@dataclass(frozen=True)
class Begun:
    """Monitoring that an entry began: `words` say of whom and under what, as far as the reader may know.

    `stays` says why it does not go with the entry: somebody else's cause; empty where it goes.
    """

    student: StudentName | None
    category: str
    stays: str


@dataclass(frozen=True)
class Line:
    """One entry of the list. `holds` says why it cannot be ticked, empty where it can."""

    entry: TrainingEntry
    begun: tuple[Begun, ...]
    holds: str

    @property
    def may_go(self) -> bool:
        return not self.holds


@dataclass(frozen=True)
class Mode:
    """Training mode as it is on now: since when and by whom; `is_due` once it was asked to end."""

    since: datetime
    begun_by: str
    is_due: bool


@dataclass(frozen=True)
class Return:
    """What the provider brought back on the school's written request."""

    at: datetime
    request: str
    entries: int


def is_on() -> bool:
    return get_settings().training_since is not None


def mode() -> Mode | None:
    """Training mode, if it is on."""
    run = TrainingRun.objects.filter(ended_at__isnull=True).order_by("-began_at").first()
    if run is None or not is_on():
        return None
    begun_by = names_of([run.began_by_id])
    who = begun_by[run.began_by_id].formal if run.began_by_id in begun_by else ""
    return Mode(run.began_at, who, is_due=last_due(run.began_at, at=now()) is not None)


def training_due(access: Access) -> Mode | None:
    """For the dashboard of administrators: training mode, once it was asked to end."""
    if not (access.is_administrator and is_on()):
        return None
    found = mode()
    return found if found and found.is_due else None


def last_due(began_at: datetime, *, at: datetime) -> datetime | None:
    """The last 18:00 of the school since training mode began; None before the first."""
    local = timezone.localtime(at)
    due = timezone.make_aware(datetime.combine(local.date(), ASKED_AT))
    if due > at:
        due = timezone.make_aware(datetime.combine(local.date() - timedelta(days=1), ASKED_AT))
    return due if due > began_at else None


def lines_of(access: Access, *, since: datetime) -> list[Line]:
    """What was made since training mode began, with the monitoring that would go. For administrators.

    A fixed number of queries.
    """
    entries = training_entries(access, since=since)
    practice = {entry.id for entry in entries if entry.is_practice}
    begun = begun_by_practice(access, practice)
    students = students_by_ids(
        {one.student_id for stretches in begun.values() for one in stretches if one.student_id}
    )
    return [
        Line(
            entry=entry,
            begun=tuple(_begun(one, students, practice) for one in begun.get(entry.id, [])),
            holds=_holds(entry),
        )
        for entry in entries
    ]


def _holds(entry: TrainingEntry) -> str:
    if not entry.is_practice:
        return "Real: it stays."
    if entry.holds_real:
        return "It stays: an action beneath it is real."
    return ""


def _begun(one: BegunByPractice, students: dict[UUID, StudentName], practice: Collection[UUID]) -> Begun:
    stays = ""
    if one.by_hand:
        stays = "stays: a person began the same"
    elif one.also - set(practice):
        stays = "stays: a real entry began the same"
    return Begun(
        student=students.get(one.student_id) if one.student_id else None,
        category=one.category.name if one.category else "",
        stays=stays,
    )


def returns() -> list[Return]:
    """What the provider brought back, the latest first. For administrators."""
    kept = TrainingRun.objects.exclude(returns=[]).order_by("-began_at").values_list("returns", flat=True)
    found = [
        Return(datetime.fromisoformat(one["at"]), one["request"], one["entries"])
        for returned in kept
        for one in returned
    ]
    return sorted(found, key=lambda one: one.at, reverse=True)


def run_to_ask(run_id: UUID) -> TrainingRun | None:
    """The run whose administrators are owed a mail, for the outbox; None once it has ended."""
    return TrainingRun.objects.filter(pk=run_id, ended_at__isnull=True).first()
