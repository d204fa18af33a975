"""The outbox's side of "Admin": who keeps watch hears of Restricting records that were opened."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.template.loader import render_to_string

from core.outbox.mail import send_mail
from core.outbox.models import OutboxEntry
from core.outbox.registry import handles
from shared_apps.people.selectors import get_user, names_of
from tenant_apps.administration.services.categories import OPENED_MAIL
from tenant_apps.staff.selectors import safeguarding_extension


@handles(OPENED_MAIL)
def send_category_opened_mail(payload: dict[str, Any], entry: OutboxEntry) -> None:
    """Tell one member of the default alert group, without the category's name."""
    recipient = get_user(UUID(payload["recipient"]))
    if not recipient.is_active:
        return
    by = UUID(payload["by"]) if payload["by"] else None
    names = names_of([by])
    context = {
        "brand": settings.BRAND,
        "by": names[by].formal if by in names else "the system",
        "groups": payload["groups"],
        "extension": safeguarding_extension(),
    }
    send_mail(
        to=recipient.email,
        subject=f"{settings.BRAND}: more people may read a Restricting category",
        text=render_to_string("administration/mail/category_opened.txt", context),
        html=render_to_string("administration/mail/category_opened.html", context),
        message_id_key=f"{OPENED_MAIL} {entry.key}",
    )
