"""The audit's one table."""

from __future__ import annotations

from typing import NoReturn

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from core.db.models import Record


class AuditEvent(Record):
    """One deed, reading or refusal. Rows are only ever inserted: the database role may do nothing else.

    `user_id` is a plain column: an event outlives whatever it speaks of, and public rows name operators.
    """

    at = models.DateTimeField()
    user_id = models.UUIDField(null=True)
    is_elevated = models.BooleanField(default=False)
    address = models.GenericIPAddressField(null=True)
    event = models.CharField(max_length=64)
    student_ids = ArrayField(models.UUIDField(), default=list)
    record_kind = models.CharField(max_length=32, default="")
    record_id = models.UUIDField(null=True)
    detail = models.JSONField(default=dict)

    class Meta:
        indexes = [
            GinIndex(fields=["student_ids"], name="audit_students"),
            models.Index(fields=["user_id", "at", "id"], name="audit_user_time"),
            models.Index(fields=["user_id", "event", "at", "id"], name="audit_user_event"),
            models.Index(
                fields=["record_id", "id"], name="audit_record", condition=models.Q(record_id__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.id}"

    def delete(self, *args: object, **kwargs: object) -> NoReturn:
        """Refused: what happened stays happened."""
        raise TypeError("Audit events are not deleted.")
