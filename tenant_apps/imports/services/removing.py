"""Removes extracts when nobody needs them any more: each holds every child of the school at once."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from core.access import SYSTEM
from core.audit.services import record
from core.db.clock import now
from tenant_apps.documents.services import discard_input
from tenant_apps.imports.enums import Decision, ImportState
from tenant_apps.imports.models import Import
from tenant_apps.imports.services.packed import OWNER_KIND
from tenant_apps.imports.services.running import FINISHED

# Long enough to look into what went wrong, through a half-term holiday too.
KEPT = timedelta(days=14)
BATCH = 200
REMOVABLE = FINISHED | {ImportState.MAPPING}


def remove_old_extracts(*, at: datetime | None = None) -> int:
    """Remove the extracts that came more than 14 days ago; how many. Their imports stay in the history.

    One that still waits for a decision, or for its columns, by then is rejected. One that no worker has taken
    up yet stays.
    """
    moment = at or now()
    old = Import.objects.filter(
        document__isnull=False,
        extract_removed_at=None,
        uploaded_at__lt=moment - KEPT,
        state__in=REMOVABLE,
    )
    return sum(_remove(import_id, moment) for import_id in list(old.values_list("pk", flat=True)[:BATCH]))


@transaction.atomic
def _remove(import_id: UUID, at: datetime) -> bool:
    entry = Import.objects.select_for_update().get(pk=import_id)
    if entry.state not in REMOVABLE or entry.extract_removed_at is not None:
        return False
    if entry.state in {ImportState.HELD, ImportState.MAPPING}:
        entry.finished_at = entry.finished_at or at
        entry.state, entry.decision, entry.decided_at = ImportState.REJECTED, Decision.REJECT, at
        entry.differences, entry.counts = None, {}
        record(
            "extract.decided",
            by=SYSTEM,
            record=(OWNER_KIND, entry.pk),
            detail={"decision": Decision.REJECT},
            at=at,
        )
    discard_input((OWNER_KIND, entry.pk), by=SYSTEM, at=at)
    entry.extract_removed_at = at
    entry.save()
    return True
