"""The outbox's side of the planner: a mail that says that a reminder is due, and nothing of what."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse

from core.access import SYSTEM
from core.db.clock import now
from core.outbox.mail import send_mail
from core.outbox.models import OutboxEntry
from core.outbox.registry import handles
from core.tenancy import current_school
from shared_apps.people.selectors import get_user
from tenant_apps.planner import selectors, services
from tenants.models import School
from tenants.selectors import school_url

TOPIC = services.REMINDER_MAIL
URLS = "config.urls_school"


@handles(TOPIC)
def send_reminder_mail(payload: dict[str, Any], entry: OutboxEntry) -> None:
    """Tell the owner that a reminder is due. One that was done or put off meanwhile is not told of."""
    reminder = selectors.reminder_to_mail(
        UUID(payload["reminder"]), times_put_off=payload["times_put_off"], at=now()
    )
    if reminder is None:
        return
    owner = get_user(reminder.owner_id)
    if not owner.is_active:
        return
    # Written before sending: if it cannot be written nothing is sent, and if sending fails it is undone.
    services.note_mailed(reminder=reminder, by=SYSTEM)
    school = current_school()
    assert isinstance(school, School)
    subject = f"{settings.BRAND}: a reminder is due at {school.name}"
    context = {"subject": subject, "link": school_url(school, reverse("people:login", urlconf=URLS))}
    send_mail(
        to=owner.email,
        subject=subject,
        text=render_to_string("planner/mail/reminder.txt", context),
        html=render_to_string("planner/mail/reminder.html", context),
        message_id_key=f"{TOPIC} {entry.key}",
    )
