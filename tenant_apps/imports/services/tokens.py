"""The token with which a school's MIS hands its extracts in."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta

from django.core.exceptions import PermissionDenied
from django.db import connection, transaction

from core.access import SYSTEM, Access
from core.audit.services import record
from core.db.clock import now
from tenant_apps.imports.models import ExtractToken
from tenant_apps.imports.permissions import can_decide

# Told by its beginning where it lies about, in a script or a mail.
PREFIX = "mis_"
SHOWN_ENDING = 4
# Noting every use would write a row for every question about progress.
NOTED_EVERY = timedelta(minutes=5)


@transaction.atomic
def renew_token(*, by: Access, at: datetime | None = None) -> str:
    """Make a token, the only one in force from now on; it is given back this once and never again."""
    if not can_decide(by) or by.user_id is None:
        raise PermissionDenied
    moment = at or now()
    _alone()
    _end(by, moment)
    token = f"{PREFIX}{secrets.token_urlsafe(32)}"
    made = ExtractToken.objects.create(
        digest=_digest(token), ending=token[-SHOWN_ENDING:], created_at=moment, created_by_id=by.user_id
    )
    record("extract_token.made", by=by, record=("extract_token", made.pk), at=at)
    return token


@transaction.atomic
def end_token(*, by: Access, at: datetime | None = None) -> bool:
    """No token is in force any more; False when there was none."""
    if not can_decide(by):
        raise PermissionDenied
    _alone()
    return _end(by, at or now())


def is_token_in_force(token: str, *, at: datetime | None = None) -> bool:
    """Whether this is the token of the current school; notes that it was used."""
    moment = at or now()
    if not token.startswith(PREFIX):
        return False
    digest = _digest(token)
    found = ExtractToken.objects.filter(digest=digest, ended_at=None).first()
    if found is None or not hmac.compare_digest(found.digest, digest):
        return False
    if found.last_used_at is None or moment - found.last_used_at > NOTED_EVERY:
        ExtractToken.objects.filter(pk=found.pk).update(last_used_at=moment)
    return True


@transaction.atomic
def note_wrong_token() -> None:
    """Somebody came with no token, or with one that is not in force here; which one is not kept."""
    record("extract_token.refused", by=SYSTEM)


def _alone() -> None:
    with connection.cursor() as cursor:
        table = ExtractToken._meta.db_table  # noqa: SLF001 -- Django's documented way to a table's name
        cursor.execute(f"LOCK TABLE {table} IN SHARE UPDATE EXCLUSIVE MODE")


def _end(by: Access, at: datetime) -> bool:
    former = ExtractToken.objects.filter(ended_at=None).first()
    if former is None:
        return False
    former.ended_at, former.ended_by_id = at, by.user_id
    former.save(update_fields=["ended_at", "ended_by"])
    record("extract_token.ended", by=by, record=("extract_token", former.pk), at=at)
    return True


def _digest(token: str) -> str:
    """Plain SHA-256: the token is 256 random bits, which nobody guesses."""
    return hashlib.sha256(token.encode()).hexdigest()
