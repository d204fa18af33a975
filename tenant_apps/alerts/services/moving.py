"""Alerts follow a record that has become another."""

from uuid import UUID

from tenant_apps.alerts.enums import AlertKind
from tenant_apps.alerts.models import Alert


def move_alerts(*, record: tuple[str, UUID], becomes: tuple[str, UUID], root_id: UUID) -> int:
    """Lets the alerts to a record, read or not, be alerts to what it has become, under this root; how many.

    Nobody is mailed again. For the service that turns the record into another, which writes the audit event.
    """
    kind, record_id = record
    alerts = Alert.objects.filter(kind=AlertKind(kind), record_id=record_id)
    return alerts.update(kind=AlertKind(becomes[0]), record_id=becomes[1], root_id=root_id)


def move_roots(*, root_id: UUID, to_root_id: UUID) -> int:
    """Lets what still hangs on one root hang on another; how many alerts."""
    return Alert.objects.filter(root_id=root_id).update(root_id=to_root_id)
