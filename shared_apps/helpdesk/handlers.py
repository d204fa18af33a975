"""The outbox's side of the helpdesk: handing over, the mail when it is done, and forgetting."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import Http404
from django.template.loader import render_to_string

from core.outbox.mail import send_mail
from core.outbox.models import OutboxEntry
from core.outbox.registry import every, handles
from shared_apps.helpdesk.selectors import get_support_request
from shared_apps.helpdesk.services import forget_old, hand_over


@handles("helpdesk.hand_over")
def hand_over_request(payload: dict[str, Any], _entry: OutboxEntry) -> None:
    """Bring what somebody wrote to the operators."""
    hand_over(request_id=UUID(payload["request"]))


@handles("helpdesk.done")
def tell_that_it_is_done(payload: dict[str, Any], _entry: OutboxEntry) -> None:
    """Mail the person who asked. Paid in public, where the request and the operator are."""
    try:
        letter = get_support_request(UUID(payload["request"]))
    except Http404:
        # Older than twelve months and forgotten before the mail could go.
        return
    context = {
        "brand": settings.BRAND,
        "letter": letter,
        "support_email": settings.SUPPORT_EMAIL,
        "support_telephone": settings.SUPPORT_TELEPHONE,
    }
    send_mail(
        to=letter.from_email,
        subject=f"{settings.BRAND}: your message to the helpdesk",
        text=render_to_string("helpdesk/mail/done.txt", context),
        html=render_to_string("helpdesk/mail/done.html", context),
        message_id_key=f"helpdesk.done {letter.id}",
    )


@every(minutes=24 * 60)
def forget_old_requests() -> None:
    """Whichever school's turn it is: public has one table, and nothing is left to the second."""
    forget_old()
