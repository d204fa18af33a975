"""What training mode does to incidents and actions: their mark, removal at its end, and return."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet

from core.access import Access
from core.audit.services import record
from core.db.clock import now
from tenant_apps.incidents.enums import TrainingMark
from tenant_apps.incidents.models import Action, Incident
from tenant_apps.incidents.services.versions import (
    keep_action_version,
    keep_first_version,
    keep_incident_version,
)
from tenant_apps.monitoring import services as monitoring
from tenant_apps.school_settings.services import hold_training

Row = TypeVar("Row", Incident, Action)


class TrainingEndedError(Exception):
    """Practice was sent, but training mode has ended meanwhile: nothing was stored."""


class SomethingStaysError(Exception):
    """An incident was to go while something beneath it stays; `numbers` are those incidents."""

    def __init__(self, numbers: Collection[int]) -> None:
        super().__init__("Something beneath these incidents stays.")
        self.numbers = sorted(numbers)


def mark_of_new(*, is_practice: bool) -> TrainingMark:
    """The mark of an entry that is being added. Comes before any other lock of the transaction.

    What no form asked about (an integration, an import) is Real. Raises TrainingEndedError.
    """
    if hold_training():
        return TrainingMark.PRACTICE if is_practice else TrainingMark.REAL
    if is_practice:
        raise TrainingEndedError
    return TrainingMark.NONE


@transaction.atomic
def settle_training(
    *, gone: Collection[UUID], kept: Collection[UUID], by: Access, at: datetime | None = None
) -> int:
    """Remove practice entries, with what monitoring they alone began, and make genuine those that stay.

    Returns how many entries went. `gone` and `kept` are incidents and actions that the caller has found open
    to this decision; what became them by a merge or a split goes or stays with them. What is Real, or was
    made outside training mode, never goes. Raises PermissionDenied for others than administrators, and
    SomethingStaysError, with nothing changed, where an incident would take with it what stays.
    """
    if not by.is_administrator:
        raise PermissionDenied("Training mode is ended by administrators.")
    moment = at or now()
    incidents = _held(Incident, gone)
    _refuse_what_stays(incidents, gone)
    actions = _held(Action, gone)
    going: list[Incident | Action] = [*incidents, *actions]
    for written in going:
        _remove(written, by, moment)
    for rows in _became(going):
        rows.update(removed_at=moment)
    staying: list[Incident | Action] = [*_held(Incident, kept), *_held(Action, kept)]
    for written in staying:
        written.training = TrainingMark.REAL
        _keep(written, "kept_as_real", by, moment)
    for rows in _became(staying):
        rows.update(training=TrainingMark.REAL)
    monitoring.settle_practice(
        gone={written.pk for written in going},
        kept={written.pk for written in staying},
        by=by,
        at=moment,
    )
    return len(going)


@transaction.atomic
def bring_back(*, numbers: Collection[int], by: Access, at: datetime | None = None) -> int:
    """Bring back what was removed as training of these incidents, as genuine; how many entries.

    That is the incident with all that went with it, or the actions that went from one that stands; of one
    that was merged what its number leads to. The provider's work only, on the school's written request.
    """
    if not by.is_system:
        raise PermissionDenied
    moment = at or now()
    led = Incident.every.filter(number__in=numbers).values_list("pk", "merged_into")
    named = Incident.every.select_for_update(of=("self",)).filter(pk__in=[into or pk for pk, into in led])
    incidents = {incident.pk: incident for incident in named.order_by("pk")}
    below = Action.every.select_for_update(of=("self",)).filter(
        incident__in=incidents, removed_at__isnull=False, split_into__isnull=True
    )
    back: list[Incident | Action] = [one for one in incidents.values() if one.removed_at is not None]
    back += list(below.order_by("pk"))
    for written in back:
        written.removed_at, written.training = None, TrainingMark.REAL
        _keep(written, "returned", by, moment)
    for rows in _became(back):
        rows.update(removed_at=None, training=TrainingMark.REAL)
    if back:
        monitoring.bring_back(record_ids=[written.pk for written in back], by=by, at=moment)
    return len(back)


def _held(model: type[Row], ids: Collection[UUID]) -> list[Row]:
    rows = model.objects.select_for_update(of=("self",))
    return list(rows.filter(pk__in=ids, training=TrainingMark.PRACTICE).order_by("pk"))


def _refuse_what_stays(incidents: Iterable[Incident], gone: Collection[UUID]) -> None:
    """An incident takes its actions along: none of them may be one that stays, a deleted one included."""
    numbers = {incident.pk: incident.number or 0 for incident in incidents}
    below = Action.objects.filter(incident__in=numbers, split_into__isnull=True)
    staying = {
        numbers[incident]
        for pk, incident, mark in below.values_list("pk", "incident", "training")
        if mark != TrainingMark.PRACTICE or pk not in gone
    }
    if staying:
        raise SomethingStaysError(staying)


def _became(written: Iterable[Incident | Action]) -> list[QuerySet[Incident] | QuerySet[Action]]:
    """The rows that became these: incidents that were merged, and actions that were taken out.

    One may have been both in turn. They are no entries of their own any more.
    """
    incidents, actions = set[UUID](), set[UUID]()
    for one in written:
        (incidents if isinstance(one, Incident) else actions).add(one.pk)
    merged, taken_out = set[UUID](), set[UUID]()
    while incidents or actions:
        out = set(Action.every.filter(split_into__in=incidents).values_list("pk", flat=True))
        became = Incident.every.filter(pk__in=Action.every.filter(pk__in=actions).values("merged_from"))
        incidents, actions = set(became.values_list("pk", flat=True)), out
        merged |= incidents
        taken_out |= actions
    return [Incident.every.filter(pk__in=merged), Action.every.filter(pk__in=taken_out)]


def _remove(written: Incident | Action, by: Access, at: datetime) -> None:
    written.removed_at = at
    _keep(written, "removed", by, at)


def _keep(written: Incident | Action, event: str, by: Access, at: datetime) -> None:
    """Stores the mark and the removal, with a version and an event."""
    keep_first_version(written)
    written.save(update_fields=["training", "removed_at"])
    if isinstance(written, Incident):
        incident = written
        keep_incident_version(written, made_by=by.user_id, at=at)
    else:
        incident = written.incident
        keep_action_version(written, made_by=by.user_id, at=at)
    kind = "incident" if isinstance(written, Incident) else "action"
    students = list(incident.participants.values_list("student", flat=True))
    record(f"{kind}.{event}", by=by, students=students, record=(kind, written.pk), at=at)
