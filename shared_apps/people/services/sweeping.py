"""What has no use any more goes: ended sessions, old counts of wrong tries, requests for nobody's address."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.contrib.sessions.backends.db import SessionStore
from django.db import transaction

from core.access import SYSTEM
from core.audit.services import record
from core.db.clock import now
from shared_apps.people.models import KnownDevice, PasswordLink, SignedInSession, WrongTries
from shared_apps.people.services.tries import WINDOW

KEPT: Final = timedelta(days=30)
DEVICES_KEPT: Final = timedelta(days=400)


@transaction.atomic
def sweep(*, at: datetime | None = None) -> None:
    """Delete ended sessions at once, counts of wrong tries after their pause, links and the list of sessions
    after 30 days, devices not seen for 400.
    """
    at = at or now()
    SessionStore.clear_expired()
    # A row that is being tried on is locked, and left for the next time.
    rows = WrongTries.objects.select_for_update(skip_locked=True)
    old = [row.pk for row in rows if all(at - time >= WINDOW for time in row.times)]
    tries, _ = WrongTries.objects.filter(pk__in=old).delete()
    links, _ = PasswordLink.objects.filter(requested_at__lt=at - KEPT).delete()
    SignedInSession.objects.filter(created_at__lt=at - KEPT).delete()
    KnownDevice.objects.filter(last_seen_at__lt=at - DEVICES_KEPT).delete()
    if tries or links:
        record("people.swept", by=SYSTEM, detail={"tries": tries, "links": links}, at=at)
