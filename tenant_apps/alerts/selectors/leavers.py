"""What of alerts is open for somebody whose account is closed."""

from dataclasses import dataclass
from uuid import UUID

from tenant_apps.alerts.models import Alert
from tenant_apps.alerts.selectors.reached import UNREAD, not_deleted


@dataclass(frozen=True, slots=True)
class OpenAlert:
    """One unread alert: its kind, its record, and the record whose page shows it."""

    kind: str
    record_id: UUID
    root_id: UUID


def count_open_alerts(user_id: UUID) -> int:
    """How many alerts the person has not read."""
    return Alert.objects.filter(UNREAD, not_deleted(), recipient_id=user_id).count()


def open_alerts_of(user_id: UUID) -> list[OpenAlert]:
    """The alerts that the person has not read, the oldest first. For handing them on, not for a page."""
    alerts = Alert.objects.filter(UNREAD, not_deleted(), recipient_id=user_id).order_by("created_at", "id")
    return [OpenAlert(alert.kind, alert.record_id, alert.root_id) for alert in alerts]


def heard_by_others(record_ids: set[UUID], *, but: UUID) -> set[UUID]:
    """Those of these records to which somebody else who is still here was alerted as well."""
    others = Alert.objects.filter(
        record_id__in=record_ids, recipient__is_active=True, withdrawn_at__isnull=True
    )
    return set(others.exclude(recipient_id=but).values_list("record_id", flat=True))
