"""What schools owe when they are made: one mail, to the main contact."""

from typing import Any

from django.conf import settings
from django.template.loader import render_to_string

from core.outbox.mail import send_mail
from core.outbox.models import OutboxEntry
from core.outbox.registry import handles
from core.tenancy import current_school
from tenants.selectors import get_school_by_schema, school_url


@handles("tenants.welcome")
def send_welcome(_payload: dict[str, Any], _entry: OutboxEntry) -> None:
    """Welcome the main contact, and nobody else. The mail holds neither password nor link that sets one."""
    school = get_school_by_schema(current_school().schema_name)
    context = {
        "brand": settings.BRAND,
        "school": school,
        "address": school_url(school),
        "support_email": settings.SUPPORT_EMAIL,
        "support_telephone": settings.SUPPORT_TELEPHONE,
        "training_url": settings.TRAINING_URL,
    }
    send_mail(
        to=school.main_contact_email,
        subject=f"Welcome to {settings.BRAND}",
        text=render_to_string("tenants/mail/welcome.txt", context),
        html=render_to_string("tenants/mail/welcome.html", context),
        message_id_key="tenants.welcome",
    )
