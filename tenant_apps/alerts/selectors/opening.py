"""Whom an alert lets open a record."""

from uuid import UUID

from tenant_apps.alerts.models import Alert
from tenant_apps.alerts.selectors.reached import not_deleted


def recipients_who_may_open(root_id: UUID) -> tuple[set[UUID], set[UUID]]:
    """Those with an unread alert to a record or to what hangs on it, and those who have only read ones."""
    unread: set[UUID] = set()
    read: set[UUID] = set()
    alerts = Alert.objects.filter(not_deleted(), root_id=root_id, withdrawn_at__isnull=True)
    for user_id, read_at in alerts.values_list("recipient_id", "read_at"):
        (read if read_at else unread).add(user_id)
    return unread, read - unread
