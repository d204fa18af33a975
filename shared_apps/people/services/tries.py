"""Five wrong tries in 15 minutes, then a pause; counted in PostgreSQL, where a lost cache forgets nothing.

A try takes the account's row and keeps it until the request's transaction ends, so that parallel tries wait
for each other. The caller answers with a page, never with an exception: the count must be committed.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.utils.crypto import salted_hmac

from core.tenancy import session_salt
from shared_apps.people.enums import TryKind
from shared_apps.people.models import WrongTries, normal_email

LIMIT: Final = 5
WINDOW: Final = timedelta(minutes=15)


def account_digest(name: str) -> str:
    """What an email address or a user's id is counted under; the address itself is not kept."""
    return salted_hmac(f"people.tries:{session_salt()}", normal_email(name), algorithm="sha256").hexdigest()


def hold(kind: TryKind, name: str, at: datetime) -> WrongTries:
    """The account's row, locked for this transaction, without the tries that are too old to count."""
    digest = account_digest(name)
    row, _ = WrongTries.objects.select_for_update().get_or_create(kind=kind, digest=digest)
    row.times = [time for time in row.times if at - time < WINDOW]
    return row


def is_paused(row: WrongTries) -> bool:
    """Whether no further try is looked at now, right or wrong."""
    return len(row.times) >= LIMIT


def count_wrong(row: WrongTries, at: datetime) -> None:
    """Add a wrong try."""
    row.times = [*row.times, at]
    row.save(update_fields=["times"])


def forgive(row: WrongTries) -> None:
    """Forget the wrong tries, after a right one."""
    if row.times:
        row.times = []
    row.save(update_fields=["times"])
