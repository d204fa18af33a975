"""When training mode was on, who began and ended it, and what the provider brought back."""

from django.conf import settings
from django.db import models

from core.db.models import Record


class TrainingRun(Record):
    """One stretch of training mode; it is on while `ended_at` is empty.

    `asked_at` is when its administrators were last asked to end it. `returns` lists what the provider brought
    back on written request: time, reference and how many entries.
    """

    began_at = models.DateTimeField()
    began_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    asked_at = models.DateTimeField(null=True)
    removed_entries = models.PositiveIntegerField(default=0)
    returns = models.JSONField(default=list)

    def __str__(self) -> str:
        return f"training mode from {self.began_at}"
