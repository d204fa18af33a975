"""Which students are, and were, monitored under which category."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from core.db.models import Record
from tenant_apps.monitoring.enums import MonitoringSource


class Monitoring(Record):
    """One stretch of monitoring of one student under one category; open while `ended_at` is empty.

    `started_by` is empty where an integration or an import began it. Only a person ends a stretch.
    """

    student = models.ForeignKey("students.Student", on_delete=models.PROTECT, related_name="+")
    category = models.ForeignKey("categories.Category", on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField()
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    source_kind = models.CharField(max_length=8, choices=MonitoringSource.choices)
    source_id = models.UUIDField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["student", "category"],
                condition=Q(ended_at__isnull=True),
                name="monitoring_open_once",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("started_at")),
                name="monitoring_times_in_order",
            ),
        ]
