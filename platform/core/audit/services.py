"""Writes audit events. They commit or vanish with the deed they tell of."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Final
from uuid import UUID

from django.db import connection, transaction

from core.access.access import Access
from core.audit.context import current
from core.audit.models import AuditEvent
from core.db.clock import now

DetailValue = str | int | bool | UUID | date | None | Iterable[str | int | UUID]

EVENT: Final = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+")
KEY: Final = re.compile(r"[a-z][a-z0-9_]{0,40}")
# Codes, identifiers, dates, digests and route names; nothing with a space or an "@": the audit is read by
# more people than the records are, so no name and no free text may get into it.
CODE: Final = re.compile(r"[\w.:+/-]{0,128}", re.ASCII)


class FreeTextInAuditError(ValueError):
    """An event's detail holds something that might be a name or somebody's words."""


def record(
    event: str,
    *,
    by: Access | None,
    students: Iterable[UUID] = (),
    record: tuple[str, UUID] | None = None,
    detail: Mapping[str, DetailValue] | None = None,
    at: datetime | None = None,
) -> AuditEvent:
    """Write one event in the caller's transaction; if it cannot be written, nothing of the caller's is.

    `event` is in the past tense ("incident.added"); `students` are all pupils it concerns or shows; `record`
    is (kind, id). `detail` holds codes, ids, counts and dates only: FreeTextInAuditError otherwise. `by` None
    takes the signed-in person of the request, if there is one. `at` is for imports of the past.
    """
    if not EVENT.fullmatch(event):
        raise ValueError(f"An event is named like incident.added, not {event!r}.")
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("An audit event belongs in the transaction of its deed.")
    context = current()
    if by is not None:
        user_id, is_elevated = by.user_id, by.is_elevated and by.user_id is not None
    elif context is not None:
        user_id, is_elevated = context.user_id, context.is_elevated
    else:
        user_id, is_elevated = None, False
    kind, record_id = record if record is not None else ("", None)
    return AuditEvent.objects.create(
        at=at or now(),
        user_id=user_id,
        is_elevated=is_elevated,
        address=context.address if context else None,
        event=event,
        student_ids=list(dict.fromkeys(students)),
        record_kind=kind,
        record_id=record_id,
        detail=_codes(detail or {}),
    )


def record_download(
    event: str,
    *,
    by: Access,
    students: Iterable[UUID] = (),
    record: tuple[str, UUID],
    detail: Mapping[str, DetailValue] | None = None,
) -> None:
    """Write the event of a download so that it stands before the first byte leaves.

    Call it in the view, before making the streaming response: the request's transaction commits when the view
    returns and the server asks for the first byte after that; if the commit fails there is no download. In a
    view outside the request's transaction the event is committed when this returns.
    """
    with transaction.atomic():
        _record(event, by=by, students=students, record=record, detail=detail)


def record_refusal(*, status: int, route: str, method: str, record: tuple[str, UUID] | None) -> None:
    """Write that the current request was refused, in a transaction of its own.

    For the middleware, after the request's own transaction was rolled back: what was tried is known although
    nothing of it was done.
    """
    with transaction.atomic():
        _record(
            "access.refused",
            by=None,
            record=record,
            detail={"status": status, "route": route, "method": method},
        )


def _codes(detail: Mapping[str, DetailValue]) -> dict[str, object]:
    return {_key(key): _code(key, value) for key, value in detail.items()}


def _key(key: str) -> str:
    if not KEY.fullmatch(key):
        raise FreeTextInAuditError(f"{key!r} is no name for a detail.")
    return key


def _code(key: str, value: object) -> object:
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, UUID | date):
        value = value.isoformat() if isinstance(value, date) else str(value)
    if isinstance(value, str):
        if not CODE.fullmatch(value):
            # The value stays out of the message: it would end up in the log.
            raise FreeTextInAuditError(f"The detail {key!r} holds more than a code.")
        return value
    if isinstance(value, Iterable) and not isinstance(value, Mapping | bytes):
        return [_code(key, item) for item in value]
    raise FreeTextInAuditError(f"The detail {key!r} is of a type that the audit does not hold.")


_record = record  # services with a parameter called `record` still reach the function
