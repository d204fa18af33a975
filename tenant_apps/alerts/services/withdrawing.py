"""Taking alerts back: one by one from a record, or all from a person's dashboard."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction

from core.access import Access
from core.audit.services import record
from core.db.clock import now
from tenant_apps.alerts.models import Alert, AlertRemoval
from tenant_apps.alerts.permissions import may_withdraw
from tenant_apps.alerts.selectors import UNREAD
from tenant_apps.alerts.services.telling import REMOVAL_MAIL, tell_default_group


@transaction.atomic
def withdraw_alerts(
    *, root_id: UUID, alert_ids: Collection[UUID], by: Access, at: datetime | None = None
) -> list[Alert]:
    """Ends these unread alerts to a record and what hangs on it; returns those that ended.

    One that was read meanwhile stays as it is. Editors always may, whoever raised it for 30 minutes; the
    caller has found that they may know of the record. Who had opened it is told by `first_opened_at`.
    Raises PermissionDenied for anybody else, and then ends none.
    """
    moment = at or now()
    alerts = list(
        Alert.objects.select_for_update().filter(UNREAD, root_id=root_id, pk__in=alert_ids).order_by("id")
    )
    for alert in alerts:
        if not may_withdraw(alert.raised_by_id, alert.created_at, by=by, at=moment):
            raise PermissionDenied(
                "Alerts are withdrawn by editors, or within 30 minutes by who raised them."
            )
    ids = [alert.pk for alert in alerts]
    Alert.objects.filter(pk__in=ids).update(withdrawn_at=moment, withdrawn_by_id=by.user_id)
    if ids:
        record("alert.withdrawn", by=by, record=("incident", root_id), detail={"alerts": ids}, at=at)
    return alerts


@transaction.atomic
def remove_dashboard_alerts(
    *, user_id: UUID, reason: str, by: Access, at: datetime | None = None
) -> AlertRemoval | None:
    """Clears all unread alerts of a person's dashboard, for a reason that is kept; the records stay.

    Returns None if there was nothing to clear. For administrators, and not for their own dashboard.
    """
    if not by.is_administrator or by.user_id is None:
        raise PermissionDenied("Dashboard alerts are removed by administrators.")
    if user_id == by.user_id:
        raise PermissionDenied("Your own alerts are marked as read, one by one.")
    unread = Alert.objects.select_for_update().filter(UNREAD, recipient_id=user_id)
    ids = list(unread.order_by("id").values_list("pk", flat=True))
    if not ids:
        return None
    moment = at or now()
    removal = AlertRemoval.objects.create(
        user_id=user_id, removed_by_id=by.user_id, removed_at=moment, reason=reason, count=len(ids)
    )
    Alert.objects.filter(pk__in=ids).update(withdrawn_at=moment, withdrawn_by_id=by.user_id, removal=removal)
    tell_default_group(REMOVAL_MAIL, removal.pk, but=by.user_id)
    record(
        "alert.removed",
        by=by,
        record=("user", user_id),
        detail={"removal": removal.pk, "count": len(ids)},
        at=at,
    )
    return removal
