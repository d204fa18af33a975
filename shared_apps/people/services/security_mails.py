"""The mails about a changed password, address or key: owed here, written by the outbox handler."""

from __future__ import annotations

from uuid import UUID

from core.access import Access
from core.audit.models import AuditEvent
from core.outbox.services import owe
from shared_apps.people.adapters.school import school_side
from shared_apps.people.models import User

TOPIC = "people.security"


def owe_security_mails(
    *, user: User, what: str, event: AuditEvent, by: Access, former_id: UUID | None = None
) -> None:
    """Owe a mail to the person and one to each administrator. `what` is "password", "email" or "keys".

    `former_id` names the person's former address, which is told too. One row each: a mail that fails holds
    up no other.
    """
    payload = {
        "user": str(user.pk),
        "recipient": str(user.pk),
        "what": what,
        "by": str(by.user_id) if by.user_id else None,
        "at": event.at.isoformat(),
        "event": str(event.pk),
    }
    for recipient in dict.fromkeys([user.pk, *school_side.administrators()]):
        owe(TOPIC, key=f"{event.pk}:{recipient}", payload={**payload, "recipient": str(recipient)})
    if former_id is not None:
        owe(TOPIC, key=f"{event.pk}:{former_id}", payload={**payload, "former": str(former_id)})
