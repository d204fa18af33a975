"""The form of an incident as a browser sends it."""

from datetime import timedelta

from django.utils import timezone

from core.db.clock import now
from core.db.keys import uuid7
from tenant_apps.staff.selectors import default_alert_group


def typed_incident(category_id, student_id, **given):
    """About one student under one category, alerting the default group."""
    moment = timezone.localtime(now() - timedelta(minutes=5))
    return {
        "draft": str(uuid7()),
        "student": str(student_id),
        "text": "Said she had no breakfast.",
        "status": "active",
        "happened_on": f"{moment:%Y-%m-%d}",
        "happened_time": f"{moment:%H:%M}",
        "categories": [str(category_id)],
        "alert_groups": [str(default_alert_group().id)],
    } | given
