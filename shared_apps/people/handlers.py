"""The outbox's side of people: the mail with the link, and the mails about a changed account."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from core.outbox.mail import send_mail
from core.outbox.models import OutboxEntry
from core.outbox.registry import every, handles
from core.tenancy import current_school
from shared_apps.people import selectors, services
from shared_apps.people.adapters import school_side
from tenants.selectors import school_url

if TYPE_CHECKING:
    from tenants.models import School


@handles("people.reset")
def send_reset_link(payload: dict[str, Any], entry: OutboxEntry) -> None:
    """Mail the link that sets a password, to the account's own address and no other."""
    issued = services.issue_link(link_id=UUID(payload["link"]))
    if issued is None:
        return
    link, token = issued
    assert link.user is not None
    assert link.expires_at is not None
    # The school's own address from the directory: a Host header of the asking request never reaches a mail.
    school = cast("School", current_school())
    address = school_url(school, reverse("people:set-password", args=[token], urlconf=URLS))
    last_day = timezone.localtime(link.expires_at - timedelta(seconds=1))
    context = {
        "url": address,
        "until": f"{last_day:%A} {last_day.day} {last_day:%B}, 24:00",
        "brand": settings.BRAND,
    }
    send_mail(
        to=link.user.email,
        subject=f"{settings.BRAND}: set your password",
        text=render_to_string("people/mail/reset.txt", context),
        html=render_to_string("people/mail/reset.html", context),
        message_id_key=f"people.reset {link.pk}",
    )


@handles("people.security")
def send_security_mail(payload: dict[str, Any], entry: OutboxEntry) -> None:
    """Tell the person, or an administrator, that a password, address or key was changed."""
    user_id, recipient_id = UUID(payload["user"]), UUID(payload["recipient"])
    recipient = selectors.get_user(recipient_id)
    changed_by = UUID(payload["by"]) if payload["by"] else None
    names = selectors.names_of([user_id, changed_by])
    at = timezone.localtime(datetime.fromisoformat(payload["at"]))
    context = {
        "whose": "Your" if recipient_id == user_id else f"{names[user_id].formal}’s",
        "what": payload["what"],
        "was": "were" if payload["what"] == "keys" else "was",
        "when": f"{at:%A} {at.day} {at:%B %Y}, {at:%H:%M}",
        "by": "you" if changed_by == recipient_id else _formal(names, changed_by),
        "extension": school_side.safeguarding_extension(),
        "brand": settings.BRAND,
    }
    send_mail(
        to=recipient.email,
        subject=f"{settings.BRAND}: a change to your account",
        text=render_to_string("people/mail/security.txt", context),
        message_id_key=f"people.security {payload['event']}",
    )


@every(minutes=60)
def sweep() -> None:
    """Clear away what signing in leaves behind."""
    services.sweep()


URLS = "config.urls_school"


def _formal(names: dict[UUID, selectors.PersonName], user_id: UUID | None) -> str:
    return names[user_id].formal if user_id in names else "the system"
