"""Every write to alerts."""

from tenant_apps.alerts.services.following import mark_opened, mark_read, note_mail_failed, note_mailed
from tenant_apps.alerts.services.raising import (
    ALERT_MAIL,
    ASSIGNMENT_MAIL,
    choose_recipients,
    notify_assignment,
    raise_alerts,
)

__all__ = [
    "ALERT_MAIL",
    "ASSIGNMENT_MAIL",
    "choose_recipients",
    "mark_opened",
    "mark_read",
    "note_mail_failed",
    "note_mailed",
    "notify_assignment",
    "raise_alerts",
]
