"""The outbox's side of incidents: that something was deleted, and by whom; never what."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse

from core.outbox.mail import send_mail
from core.outbox.models import OutboxEntry
from core.outbox.registry import handles
from core.tenancy import current_school
from shared_apps.people.selectors import get_user, names_of
from tenant_apps.incidents import services
from tenants.models import School
from tenants.selectors import school_url

TOPICS = (services.DELETION_MAIL,)
URLS = "config.urls_school"


@handles(services.DELETION_MAIL)
def send_deletion_mail(payload: dict[str, Any], entry: OutboxEntry) -> None:
    """Tell one person that a record with an alert that was still unread was deleted."""
    recipient = get_user(UUID(payload["to"]))
    if not recipient.is_active:
        return
    school = current_school()
    assert isinstance(school, School)
    by = UUID(payload["by"])
    context = {
        "by": names_of([by])[by].full,
        "link": school_url(school, reverse("people:login", urlconf=URLS)),
    }
    subject = f"{settings.BRAND}: a record was deleted at {school.name}"
    send_mail(
        to=recipient.email,
        subject=subject,
        text=render_to_string("incidents/mail/deletion.txt", context),
        html=render_to_string("incidents/mail/deletion.html", context | {"subject": subject}),
        message_id_key=f"{entry.topic} {entry.key}",
    )
