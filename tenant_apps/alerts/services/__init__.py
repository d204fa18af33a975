"""Every write to alerts."""

from tenant_apps.alerts.services.following import mark_opened, mark_read, note_mail_failed, note_mailed
from tenant_apps.alerts.services.raising import (
    ALERT_MAIL,
    ASSIGNMENT_MAIL,
    choose_recipients,
    notify_assignment,
    raise_alerts,
)
from tenant_apps.alerts.services.rules import Target, name_for_student, refile_rules, set_rules_of
from tenant_apps.alerts.services.telling import (
    BEYOND_MAIL,
    REMOVAL_MAIL,
    UNDELIVERED_MAIL,
    note_undelivered,
    take_bounce,
)
from tenant_apps.alerts.services.withdrawing import remove_dashboard_alerts, withdraw_alerts

__all__ = [
    "ALERT_MAIL",
    "ASSIGNMENT_MAIL",
    "BEYOND_MAIL",
    "REMOVAL_MAIL",
    "UNDELIVERED_MAIL",
    "Target",
    "choose_recipients",
    "mark_opened",
    "mark_read",
    "name_for_student",
    "note_mail_failed",
    "note_mailed",
    "note_undelivered",
    "notify_assignment",
    "raise_alerts",
    "refile_rules",
    "remove_dashboard_alerts",
    "set_rules_of",
    "take_bounce",
    "withdraw_alerts",
]
