"""The mails about a changed password, address or key: owed here, written by the outbox handler."""

from __future__ import annotations

from core.access import Access
from core.audit.models import AuditEvent
from core.outbox.services import owe
from shared_apps.people.adapters import school_side
from shared_apps.people.models import User

TOPIC = "people.security"


def owe_security_mails(*, user: User, what: str, event: AuditEvent, by: Access) -> None:
    """Owe a mail to the person and one to each administrator. `what` is "password", "email" or "keys".

    One row each: a mail that fails holds up no other.
    """
    for recipient in dict.fromkeys([user.pk, *school_side.administrators()]):
        owe(
            TOPIC,
            key=f"{event.pk}:{recipient}",
            payload={
                "user": str(user.pk),
                "recipient": str(recipient),
                "what": what,
                "by": str(by.user_id) if by.user_id else None,
                "at": event.at.isoformat(),
                "event": str(event.pk),
            },
        )
