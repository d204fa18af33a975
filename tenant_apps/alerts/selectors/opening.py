"""Whom an alert lets open a record, and since when."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db.models import Max

from core.access import Access
from tenant_apps.alerts.models import Alert
from tenant_apps.alerts.selectors.reached import not_deleted, opening_alerts


def alerted_at(access: Access, root_ids: Collection[UUID]) -> dict[UUID, datetime]:
    """For these records, those that an alert opens to the person, with the moment of the latest."""
    if access.user_id is None or not root_ids:
        return {}
    alerts = opening_alerts(access).filter(root_id__in=root_ids)
    return dict(alerts.values_list("root_id").annotate(latest=Max("created_at")))


def opening_records(access: Access, root_ids: Collection[UUID]) -> list[tuple[UUID, UUID, datetime]]:
    """(root, record, moment) of each alert that opens one of these records to the person."""
    if access.user_id is None or not root_ids:
        return []
    alerts = opening_alerts(access).filter(root_id__in=root_ids)
    return list(alerts.values_list("root_id", "record_id", "created_at"))


def alerted_records(access: Access, root_ids: Collection[UUID]) -> set[UUID]:
    """Under these records, all that the person was alerted to, read or not; not what was withdrawn."""
    if access.user_id is None or not root_ids:
        return set()
    alerts = Alert.objects.filter(
        not_deleted(), recipient_id=access.user_id, root_id__in=root_ids, withdrawn_at__isnull=True
    )
    return set(alerts.values_list("record_id", flat=True))


def recipients_who_may_open(root_id: UUID, *, record_id: UUID | None = None) -> tuple[set[UUID], set[UUID]]:
    """Those with an unread alert to a record or to what hangs on it, and those who have only read ones.

    With `record_id` only alerts to this one count.
    """
    unread: set[UUID] = set()
    read: set[UUID] = set()
    alerts = Alert.objects.filter(not_deleted(), root_id=root_id, withdrawn_at__isnull=True)
    if record_id is not None:
        alerts = alerts.filter(record_id=record_id)
    for user_id, read_at in alerts.values_list("recipient_id", "read_at"):
        (read if read_at else unread).add(user_id)
    return unread, read - unread


def ever_alerted(record_ids: Collection[UUID]) -> set[UUID]:
    """Everybody who has, or had, an alert to one of these records, withdrawn ones included."""
    return set(Alert.objects.filter(record_id__in=record_ids).values_list("recipient_id", flat=True))


def alerted_under(root_id: UUID) -> set[UUID]:
    """Everybody whose alert to a record, or to what hangs on it, was not withdrawn, read or not."""
    alerts = Alert.objects.filter(not_deleted(), root_id=root_id, withdrawn_at__isnull=True)
    return set(alerts.values_list("recipient_id", flat=True))
