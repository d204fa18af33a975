"""What people have put into their planners."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from core.db.models import Record
from tenant_apps.planner.enums import ReminderKind


class Reminder(Record):
    """One thing that its owner wants to be reminded of, and nobody else sees.

    `about_kind` and `about_id` name the record it refers back to, if any, without a foreign key. Put off,
    it is due, shown and mailed anew.
    """

    # Found by the index beneath; people are not deleted.
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    # Without choices: one of their words is the brand, which differs between installations.
    kind = models.CharField(max_length=8, default=ReminderKind.PERSONAL)
    text = models.CharField(max_length=200)
    about_kind = models.CharField(max_length=8, blank=True, default="")
    about_id = models.UUIDField(null=True)
    created_at = models.DateTimeField()
    due_at = models.DateTimeField()
    times_put_off = models.PositiveSmallIntegerField(default=0)
    mailed_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="planner_reminder_has_text"),
            models.CheckConstraint(
                condition=Q(kind__in=ReminderKind.values), name="planner_reminder_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(about_kind="", about_id__isnull=True)
                | (~Q(about_kind="") & Q(about_id__isnull=False)),
                name="planner_reminder_about_whole",
            ),
        ]
        indexes = [
            # The dashboard asks it for every key user.
            models.Index(
                fields=["owner", "due_at"], condition=Q(done_at__isnull=True), name="planner_reminder_open"
            ),
        ]

    def __str__(self) -> str:
        return f"reminder {self.pk}"
