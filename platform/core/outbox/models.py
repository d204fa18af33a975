"""The outbox's one table."""

from __future__ import annotations

from django.db import models

from core.db.clock import now
from core.db.models import Record

OPEN = models.Q(done_at__isnull=True, dead_at__isnull=True)


class OutboxEntry(Record):
    """One thing that must happen outside because of a deed in this school: a mail, a file, a step elsewhere.

    The payload holds ids and codes, never text of a record; the handler reads what it needs when it runs.
    """

    topic = models.CharField(max_length=64)
    key = models.CharField(max_length=200)
    payload = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=now)
    due_at = models.DateTimeField(default=now)
    tries = models.PositiveSmallIntegerField(default=0)
    last_error = models.CharField(max_length=100, default="")
    done_at = models.DateTimeField(null=True)
    dead_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["topic", "key"], name="outbox_once")]
        indexes = [models.Index(fields=["due_at", "id"], name="outbox_owed", condition=OPEN)]

    def __str__(self) -> str:
        return f"{self.topic} {self.id}"
