"""Training mode begins, is asked to end, and ends; and what the provider brings back afterwards."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from core.access import SYSTEM, Access
from core.audit.services import record
from core.db.clock import now
from core.outbox.services import owe
from tenant_apps.incidents.selectors import hidden_practice
from tenant_apps.incidents.services import bring_back, settle_training
from tenant_apps.school_settings.services import set_training
from tenant_apps.staff.selectors import administrators
from tenant_apps.training.models import TrainingRun
from tenant_apps.training.selectors import last_due, lines_of

ASK_MAIL = "training.ask"
RETURN = "training.restore"
MOST_NUMBERS = 500


class ListChangedError(Exception):
    """An entry was added after the list was shown: nothing was changed."""


class NotOnError(Exception):
    """Training mode is not on."""


@transaction.atomic
def begin_training(*, by: Access, at: datetime | None = None) -> bool:
    """Switch training mode on; False where it was on already. Administrators only."""
    moment = at or now()
    if not set_training(is_on=True, by=by, at=moment):
        return False
    run = TrainingRun.objects.create(began_at=moment, began_by_id=by.user_id)
    record("training.begun", by=by, record=("training", run.pk), at=moment)
    return True


@transaction.atomic
def end_training(
    *, ticked: Collection[UUID], shown: Collection[UUID], by: Access, at: datetime | None = None
) -> int:
    """Switch training mode off, remove the ticked practice entries and keep the others; how many went.

    `shown` are the entries on the list that was decided on: one that is not among them was added since, and
    raises ListChangedError. Raises NotOnError, PermissionDenied, and what `settle_training` raises; then
    nothing has changed.
    """
    if not by.is_administrator:
        raise PermissionDenied
    moment = at or now()
    # Read before the switch, which forgets since when it was on; an entry on its way is waited for by it.
    run = TrainingRun.objects.filter(ended_at__isnull=True).order_by("-began_at").first()
    if run is None or not set_training(is_on=False, by=by, at=moment):
        raise NotOnError
    practice = {line.entry.id for line in lines_of(by, since=run.began_at) if line.entry.is_practice}
    if practice - set(shown):
        raise ListChangedError
    hidden = hidden_practice(by)
    gone = (practice & set(ticked)) | hidden.goes
    removed = settle_training(gone=gone, kept=practice - gone | hidden.stays, by=by, at=moment)
    run.ended_at, run.ended_by_id, run.removed_entries = moment, by.user_id, removed
    run.save(update_fields=["ended_at", "ended_by", "removed_entries"])
    record(
        "training.ended",
        by=by,
        record=("training", run.pk),
        detail={"removed": removed, "kept": len(practice - gone)},
        at=moment,
    )
    return removed


@transaction.atomic
def ask_to_end(*, at: datetime | None = None) -> int:
    """Mail every administrator once 18:00 has passed with training mode on; how many mails are owed.

    Once for each 18:00, however often it is called.
    """
    moment = at or now()
    run = (
        TrainingRun.objects.select_for_update(of=("self",))
        .filter(ended_at__isnull=True)
        .order_by("-began_at")
        .first()
    )
    due = last_due(run.began_at, at=moment) if run else None
    if run is None or due is None or (run.asked_at is not None and run.asked_at >= due):
        return 0
    run.asked_at = moment
    run.save(update_fields=["asked_at"])
    recipients = administrators()
    for user_id in recipients:
        owe(
            ASK_MAIL,
            key=f"{run.pk}:{timezone.localdate(due)}:{user_id}",
            payload={"run": str(run.pk), "recipient": str(user_id)},
        )
    record("training.asked_to_end", by=SYSTEM, record=("training", run.pk), at=moment)
    return len(recipients)


@transaction.atomic
def note_listed(*, entries: Collection[UUID], by: Access, at: datetime | None = None) -> None:
    """Writes that an administrator looked at the list, and what was on it."""
    record("training.listed", by=by, detail={"entries": sorted(map(str, entries))}, at=at)


@transaction.atomic
def owe_return(*, numbers: Collection[int], request: str) -> None:
    """Have a worker bring back what was removed of these incidents, as the school asked in writing.

    `request` is the provider's reference of that letter: the same one twice is carried out once.
    """
    wanted = sorted(set(numbers))[:MOST_NUMBERS]
    owe(RETURN, key=request, payload={"numbers": wanted, "request": request})
    record("training.return_requested", by=SYSTEM, detail={"numbers": wanted, "request": request})


@transaction.atomic
def return_entries(*, numbers: Collection[int], request: str, by: Access, at: datetime | None = None) -> int:
    """Bring back what was removed as training of these incidents; how many entries. The provider's work only.

    The school's administrators see that it was done, when and on which request.
    """
    if not by.is_system:
        raise PermissionDenied
    moment = at or now()
    back = bring_back(numbers=numbers, by=by, at=moment)
    run = TrainingRun.objects.select_for_update(of=("self",)).order_by("-began_at").first()
    if run is not None:
        run.returns.append({"at": moment.isoformat(), "request": request, "entries": back})
        run.save(update_fields=["returns"])
    record("training.returned", by=by, detail={"request": request, "entries": back}, at=moment)
    return back
