"""Mails to the default alert group about what administrators do with alerts: nobody does it unseen."""

from uuid import UUID

from core.outbox.services import owe
from tenant_apps.staff.selectors import default_alert_group, members_of

BEYOND_MAIL = "alerts.beyond"
REMOVAL_MAIL = "alerts.removal"


def tell_default_group(topic: str, row_id: UUID, *, but: UUID | None) -> None:
    """Owe each active member of the default alert group, but the one who did it, a mail about a row."""
    group = default_alert_group()
    for user_id in members_of([group.id]) if group else []:
        if user_id != but:
            owe(topic, key=f"{row_id}:{user_id}", payload={"row": str(row_id), "to": str(user_id)})
