"""What a worker does for training mode."""

from uuid import UUID

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse

from core.access import SYSTEM
from core.outbox.mail import send_mail
from core.outbox.models import OutboxEntry
from core.outbox.registry import Payload, every, handles
from core.tenancy import current_school
from shared_apps.people.selectors import get_user
from tenant_apps.training.selectors import run_to_ask
from tenant_apps.training.services import ASK_MAIL, RETURN, ask_to_end, return_entries
from tenants.models import School
from tenants.selectors import school_url

URLS = "config.urls_school"


@handles(ASK_MAIL)
def send_ask_mail(payload: Payload, entry: OutboxEntry) -> None:
    """Ask one administrator to end training mode. Names nobody and counts nobody."""
    run = run_to_ask(UUID(payload["run"]))
    recipient = get_user(UUID(payload["recipient"]))
    if run is None or not recipient.is_active:
        return
    school = current_school()
    assert isinstance(school, School)
    subject = f"{settings.BRAND}: training mode is still on at {school.name}"
    context = {
        "subject": subject,
        "began_at": run.began_at,
        "url": school_url(school, reverse("training:manage", urlconf=URLS)),
    }
    send_mail(
        to=recipient.email,
        subject=subject,
        text=render_to_string("training/mail/ask.txt", context),
        html=render_to_string("training/mail/ask.html", context),
        message_id_key=f"{ASK_MAIL} {entry.key}",
    )


@handles(RETURN)
def carry_out_return(payload: Payload, entry: OutboxEntry) -> None:
    """Carry out what the school asked the provider for in writing."""
    return_entries(numbers=payload["numbers"], request=payload["request"], by=SYSTEM)


@every(minutes=10)
def ask_at_six() -> None:
    ask_to_end()
