"""Reads the audit, for "Audits" of a user, "Activities" of a pupil and the history of a record."""

from __future__ import annotations

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet

from core.access.access import Access
from core.audit.models import AuditEvent


def _for_administrators(access: Access) -> QuerySet[AuditEvent]:
    if not (access.is_administrator or access.is_system):
        raise PermissionDenied
    return AuditEvent.objects.order_by("-id")


def events_of_user(access: Access, user_id: UUID) -> QuerySet[AuditEvent]:
    """What a person did, newest first. For administrators; others get PermissionDenied."""
    return _for_administrators(access).filter(user_id=user_id)


def events_of_student(access: Access, student_id: UUID) -> QuerySet[AuditEvent]:
    """What was done or read about a pupil, newest first. For administrators; others get PermissionDenied."""
    return _for_administrators(access).filter(student_ids__contains=[student_id])


def events_of_record(access: Access, kind: str, record_id: UUID) -> QuerySet[AuditEvent]:
    """The history of one record, newest first. For administrators; others get PermissionDenied."""
    return _for_administrators(access).filter(record_kind=kind, record_id=record_id)
