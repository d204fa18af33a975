"""Which students are, and were, monitored under which category."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from core.db.models import Record
from tenant_apps.monitoring.enums import MonitoringSource


class Standing(models.Manager["Monitoring"]):
    """What is or was monitored. A stretch that was removed with a training entry is nowhere."""

    def get_queryset(self) -> models.QuerySet["Monitoring"]:
        return super().get_queryset().filter(removed_at__isnull=True)


class Monitoring(Record):
    """One stretch of monitoring of one student under one category; open while `ended_at` is empty.

    `started_by` is empty where an integration or an import began it. Only a person ends a stretch. One that a
    practice entry began is `is_practice` and goes with it; `also_begun` then lists who or what would have
    begun the same meanwhile (kind, id, person, time), for the stretch to stay by.
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
    is_practice = models.BooleanField(default=False, db_default=False)
    also_begun = models.JSONField(default=list, db_default=[])
    removed_at = models.DateTimeField(null=True, blank=True)

    objects = Standing()
    every = models.Manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["student", "category"],
                condition=Q(ended_at__isnull=True, removed_at__isnull=True),
                name="monitoring_open_once",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("started_at")),
                name="monitoring_times_in_order",
            ),
        ]
