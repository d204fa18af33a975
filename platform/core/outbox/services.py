"""Owing and paying: the only ways into and out of the outbox."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from smtplib import SMTPDataError, SMTPRecipientsRefused, SMTPResponseException
from typing import Any, Final, Literal
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F
from redis.exceptions import RedisError

from core.access import SYSTEM
from core.audit.services import record
from core.db.clock import now
from core.outbox import registry
from core.outbox.errors import Retry
from core.outbox.jobs import DELIVER, SchoolQueue, valkey
from core.outbox.models import OPEN, OutboxEntry
from core.tenancy import current_school, in_public, in_school, is_in_public
from core.tenancy.schools import School

logger = logging.getLogger(__name__)

# How long to wait after each try. Ten tries over sixteen hours outlast a mail server's bad night.
BACKOFF: Final = tuple(timedelta(minutes=minutes) for minutes in (1, 2, 5, 15, 30, 60, 120, 240, 480))
MAX_TRIES: Final = 10
BATCH: Final = 100
# From here on a mail server's answer is final; below it says "later".
NEVER: Final = 500
PAYLOAD_CODE: Final = re.compile(r"[\w.:/+-]{0,200}", re.ASCII)


class FreeTextInOutboxError(ValueError):
    """A payload holds something that might be a name or somebody's words."""


def owe(topic: str, *, key: str, payload: Mapping[str, Any], due_at: datetime | None = None) -> None:
    """Write down what must happen outside, in the caller's transaction; its commit sends the nudge.

    The same topic and key twice is one debt, paid or not. The payload holds ids and codes only
    (FreeTextInOutboxError otherwise); the handler reads the rest when it runs.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("A debt belongs into the transaction of its deed.")
    _refuse_free_text(payload)
    moment = now()
    OutboxEntry.objects.bulk_create(
        [
            OutboxEntry(
                topic=topic, key=key, payload=dict(payload), created_at=moment, due_at=due_at or moment
            )
        ],
        ignore_conflicts=True,
    )
    if due_at is None or due_at <= moment:
        _nudge_on_commit()


def nudge(school: School | None, *, urgent: bool = True) -> bool:
    """Tell the workers that a school owes something; None is the provider's own outbox in public.

    False when Valkey is away: the scheduler will say it again.
    """
    return _Nudge(school, urgent=urgent)()


def deliver_owed(*, limit: int = BATCH) -> int:
    """Pay what the current school owes and is due, oldest first, at most `limit`; the number of tries made.

    In public it pays what the provider's own outbox owes.

    Each entry is claimed in a short transaction that counts the try and moves its due time on, so a worker
    killed in the middle costs one try and no entry. Then it is locked, handled and marked as done in one
    transaction; the lock keeps a second worker away however long the handler takes.
    """
    done = 0
    while done < limit:
        claimed = _claim()
        if claimed is None:
            break
        _pay(claimed)
        done += 1
    if done == limit:
        nudge(_place())
    return done


def retry_dead(*, entry_id: UUID) -> None:
    """Bring a dead letter back: it is due at once and has all its tries again."""
    with transaction.atomic():
        revived = OutboxEntry.objects.filter(id=entry_id, dead_at__isnull=False).update(
            dead_at=None, tries=0, due_at=now()
        )
        if revived:
            record("outbox.revived", by=None, record=("outbox", entry_id))
            _nudge_on_commit()


def _claim() -> UUID | None:
    with transaction.atomic():
        entry = (
            OutboxEntry.objects.filter(OPEN, due_at__lte=now())
            .order_by("due_at", "id")
            .select_for_update(skip_locked=True)
            .first()
        )
        if entry is None:
            return None
        OutboxEntry.objects.filter(id=entry.id).update(
            tries=F("tries") + 1, due_at=now() + _pause(entry.tries + 1)
        )
        return entry.id


def _pay(entry_id: UUID) -> None:
    with transaction.atomic():
        entry = OutboxEntry.objects.filter(OPEN, id=entry_id).select_for_update(skip_locked=True).first()
        if entry is None:
            return
        try:
            with transaction.atomic():
                registry.handler_of(entry.topic).function(entry.payload, entry)
        except Exception as error:  # noqa: BLE001 -- whatever a handler raises means: not done, try again
            _not_done(entry, error)
        else:
            OutboxEntry.objects.filter(id=entry.id).update(done_at=now(), last_error="")


def _not_done(entry: OutboxEntry, error: Exception) -> None:
    reason = _code_of(error)
    logger.warning("Outbox entry %s (%s): try %d failed with %s", entry.id, entry.topic, entry.tries, reason)
    changes: dict[str, Any] = {"last_error": reason}
    if entry.tries >= MAX_TRIES:
        changes["dead_at"] = now()
    elif isinstance(error, Retry):
        changes["due_at"] = now() + error.delay
    OutboxEntry.objects.filter(id=entry.id).update(**changes)
    if "dead_at" in changes:
        _give_up(entry)
    elif is_refused_for_good(error):
        _call(entry, "refused")


def _give_up(entry: OutboxEntry) -> None:
    record(
        "outbox.given_up",
        by=SYSTEM,
        record=("outbox", entry.id),
        detail={"topic": entry.topic, "tries": entry.tries},
    )
    _call(entry, "given_up")


def _call(entry: OutboxEntry, hook: Literal["given_up", "refused"]) -> None:
    try:
        with transaction.atomic():
            function = getattr(registry.handler_of(entry.topic), hook)
            if function is not None:
                function(entry.payload, entry)
    except Exception as error:  # noqa: BLE001 -- the letter stays what it is, whatever its app has to say
        logger.error("Outbox entry %s (%s): %s failed with %s", entry.id, entry.topic, hook, _code_of(error))


def is_refused_for_good(error: Exception) -> bool:
    """Whether a mail server said "never" (5xx) to the recipient or to the mail itself."""
    if isinstance(error, SMTPRecipientsRefused):
        return all(code >= NEVER for code, _ in error.recipients.values())
    return isinstance(error, SMTPDataError) and error.smtp_code >= NEVER


def _pause(tries: int) -> timedelta:
    pauses: tuple[timedelta, ...] = getattr(settings, "OUTBOX_BACKOFF", BACKOFF)
    return pauses[min(tries, len(pauses)) - 1]


def _code_of(error: Exception) -> str:
    """The error's type and SMTP code. Its words may hold addresses and names."""
    name = type(error).__name__
    if isinstance(error, SMTPResponseException):
        return f"{name} {error.smtp_code}"[:100]
    if isinstance(error, SMTPRecipientsRefused):
        codes = sorted({str(code) for code, _ in error.recipients.values()})
        return f"{name} {' '.join(codes)}"[:100]
    return name[:100]


def _refuse_free_text(value: object) -> None:
    if value is None or isinstance(value, bool | int):
        return
    if isinstance(value, str):
        if not PAYLOAD_CODE.fullmatch(value):
            raise FreeTextInOutboxError("An outbox payload holds ids and codes only.")
    elif isinstance(value, Mapping):
        for item in value.values():
            _refuse_free_text(item)
    elif isinstance(value, list | tuple):
        for item in value:
            _refuse_free_text(item)
    else:
        raise FreeTextInOutboxError("An outbox payload holds ids and codes only, ready for JSON.")


def _place() -> School | None:
    """The school whose outbox is meant, or None for that of public; raises NoSchoolError nowhere."""
    return None if is_in_public() else current_school()


class _Nudge:
    """A job to enqueue when the transaction is committed; Valkey away is no error."""

    def __init__(self, school: School | None, *, urgent: bool = True) -> None:
        self.school = school
        self.urgent = urgent

    def __call__(self) -> bool:
        try:
            with in_public() if self.school is None else in_school(self.school):
                _queue(settings.VALKEY_URL).enqueue(DELIVER, at_front=self.urgent)
        except RedisError as error:
            logger.warning("The queue is away (%s); what is owed is in the database.", type(error).__name__)
            return False
        return True


def _nudge_on_commit() -> None:
    """One nudge for a transaction, however much it owes."""
    school = _place()
    open_savepoints = set(connection.savepoint_ids)
    for savepoints, callback, *_ in connection.run_on_commit:
        # One that hangs on a savepoint which may yet be rolled back does not speak for us.
        if savepoints <= open_savepoints and _is_nudge_of(callback, school):
            return
    transaction.on_commit(_Nudge(school), robust=True)


def _is_nudge_of(callback: object, school: School | None) -> bool:
    if not isinstance(callback, _Nudge) or (callback.school is None) != (school is None):
        return False
    return school is None or callback.school is None or callback.school.schema_name == school.schema_name


@lru_cache(maxsize=2)
def _queue(address: str) -> SchoolQueue:
    """One client for each address, so that a nudge costs no new connection."""
    return SchoolQueue(connection=valkey(address))
