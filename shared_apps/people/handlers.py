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
from shared_apps.people.adapters.school import school_side
from shared_apps.people.enums import TryKind
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
    context = {
        "whose": "Your" if recipient_id == user_id else f"{names[user_id].formal}’s",
        "what": payload["what"],
        "was": "were" if payload["what"] == "keys" else "was",
        "when": _in_words(datetime.fromisoformat(payload["at"])),
        "by": "you" if changed_by == recipient_id else _formal(names, changed_by),
        "extension": school_side.safeguarding_extension(),
        "brand": settings.BRAND,
    }
    former = selectors.former_email(UUID(payload["former"])) if payload.get("former") else ""
    send_mail(
        to=former or recipient.email,
        subject=f"{settings.BRAND}: a change to your account",
        text=render_to_string("people/mail/security.txt", context),
        message_id_key=f"people.security {payload['event']} {payload.get('former', '')}".strip(),
    )


@handles("people.new_device")
def send_new_device_mail(payload: dict[str, Any], entry: OutboxEntry) -> None:
    """Tell the person of a sign-in in a browser that was not used before."""
    user = selectors.get_user(UUID(payload["user"]))
    session = selectors.get_session(UUID(payload["session"]))
    if session is None:
        return
    context = {
        "agent": session.agent,
        "address": session.address,
        "when": _in_words(session.created_at),
        "extension": school_side.safeguarding_extension(),
        "brand": settings.BRAND,
    }
    send_mail(
        to=user.email,
        subject=f"{settings.BRAND}: a sign-in from a new device",
        text=render_to_string("people/mail/new_device.txt", context),
        message_id_key=f"people.new_device {payload['event']}",
    )


@handles("people.paused")
def send_pause_mail(payload: dict[str, Any], entry: OutboxEntry) -> None:
    """Tell the person that wrong tries paused the account; of nobody's address nobody is told."""
    if not payload["user"]:
        return
    user = selectors.get_user(UUID(payload["user"]))
    if not user.is_active:
        return
    context = {
        "what": "passwords" if payload["kind"] == TryKind.PASSWORD else "keys",
        "when": _in_words(datetime.fromisoformat(payload["at"])),
        "extension": school_side.safeguarding_extension(),
        "brand": settings.BRAND,
    }
    send_mail(
        to=user.email,
        subject=f"{settings.BRAND}: wrong tries on your account",
        text=render_to_string("people/mail/paused.txt", context),
        message_id_key=f"people.paused {entry.pk}",
    )


@every(minutes=60)
def sweep() -> None:
    """Clear away what signing in leaves behind."""
    services.sweep()


URLS = "config.urls_school"


def _in_words(at: datetime) -> str:
    at = timezone.localtime(at)
    return f"{at:%A} {at.day} {at:%B %Y}, {at:%H:%M}"


def _formal(names: dict[UUID, selectors.PersonName], user_id: UUID | None) -> str:
    return names[user_id].formal if user_id in names else "the system"
