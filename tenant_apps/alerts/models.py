"""Who was alerted to which record, and how far it reached them."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from core.db.models import Record
from tenant_apps.alerts.enums import AlertKind, AlertReason, MailState


class Alert(Record):
    """One person's alert to one record.

    `record_id` is the incident, action or file itself, `root_id` the record whose page shows it (an action's
    incident; else the record). An alert is open until it is read or withdrawn; open, it lets its recipient
    read that one page. `raised_by` is empty where an integration or an import raised it.
    """

    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8, choices=AlertKind.choices)
    record_id = models.UUIDField()
    root_id = models.UUIDField()
    raised_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    reason = models.CharField(max_length=9, choices=AlertReason.choices)
    created_at = models.DateTimeField()
    first_opened_at = models.DateTimeField(null=True, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)
    # Withdrawn one by one, or with all of a person's from the dashboard: then `removal` says by whom and why.
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    removal = models.ForeignKey(
        "AlertRemoval", on_delete=models.PROTECT, null=True, blank=True, related_name="alerts", db_index=False
    )
    mail_state = models.CharField(max_length=6, choices=MailState.choices, default=MailState.OWED)
    mailed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["recipient", "kind", "record_id"], name="alert_once_a_person"),
        ]
        indexes = [
            # The dashboard's list and the count in the frame of every page.
            models.Index(
                fields=["recipient", "-created_at"],
                condition=Q(read_at__isnull=True, withdrawn_at__isnull=True),
                name="alert_unread_idx",
            ),
            models.Index(fields=["record_id"], name="alert_record_idx"),
            models.Index(fields=["root_id", "recipient"], name="alert_root_idx"),
        ]


class AlertRemoval(Record):
    """One clearing of all alerts on a person's dashboard, by an administrator. The records stay."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    removed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    removed_at = models.DateTimeField()
    reason = models.CharField(max_length=500)
    count = models.PositiveIntegerField()

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="alert_removal_has_reason")]


class AutomaticAlert(Record):
    """A rule by which a person is alerted to every new incident that fits, without anyone choosing them.

    It names one thing: a category, a student or a student group. A student's rule answers to new actions too.
    `is_beyond` lets the person read what they are alerted to although their categories would not; without it
    the rule alerts only to what they may read anyway. A rule that has ended stays, to say what held when.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    category = models.ForeignKey(
        "categories.Category", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    student = models.ForeignKey(
        "students.Student", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    group = models.ForeignKey(
        "classes.StudentGroup", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    is_beyond = models.BooleanField(default=False)
    set_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    set_at = models.DateTimeField()
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(category__isnull=False, student__isnull=True, group__isnull=True)
                | Q(category__isnull=True, student__isnull=False, group__isnull=True)
                | Q(category__isnull=True, student__isnull=True, group__isnull=False),
                name="automatic_alert_names_one_thing",
            ),
            models.UniqueConstraint(
                fields=["user", "category", "student", "group"],
                condition=Q(ended_at__isnull=True),
                nulls_distinct=False,
                name="automatic_alert_once",
            ),
        ]
