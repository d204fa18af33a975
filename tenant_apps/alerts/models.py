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
    withdrawn_at = models.DateTimeField(null=True, blank=True)
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
