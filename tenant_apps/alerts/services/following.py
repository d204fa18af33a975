"""What becomes of an alert: opened, marked as read, and its mail."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from core.access import Access
from core.audit.services import record
from core.db.clock import now
from tenant_apps.alerts.enums import MailState
from tenant_apps.alerts.models import Alert
from tenant_apps.alerts.selectors import UNREAD


def mark_read(*, root_id: UUID, by: Access, at: datetime | None = None) -> int:
    """Acknowledge the person's own alerts to a record and what hangs on it; how many.

    Other people's alerts stay. The caller, who knows the students, writes the audit event.
    """
    return _own(by, [root_id]).update(read_at=at or now())


@transaction.atomic
def mark_opened(*, root_ids: Collection[UUID], by: Access, at: datetime | None = None) -> int:
    """Note that the person saw these records; how many alerts it was the first time for."""
    alerts = _own(by, root_ids).filter(first_opened_at__isnull=True)
    first = list(alerts.values_list("id", flat=True))
    if first:
        Alert.objects.filter(id__in=first).update(first_opened_at=at or now())
        record("alert.opened", by=by, detail={"alerts": first}, at=at)
    return len(first)


@transaction.atomic
def note_mailed(*, alert_id: UUID, by: Access, at: datetime | None = None) -> None:
    """The mail about an alert goes out now; call it before sending, in the same transaction."""
    Alert.objects.filter(pk=alert_id).update(mail_state=MailState.SENT, mailed_at=at or now())
    record("alert.mailed", by=by, record=("alert", alert_id), at=at)


@transaction.atomic
def note_mail_failed(
    *, alert_id: UUID, by: Access, came_back: bool = False, at: datetime | None = None
) -> bool:
    """The mail about an alert did not reach its person; the alert stands on the dashboard all the same.

    `came_back` says so of a mail that a server had taken. Whether this was news.
    """
    before = MailState.SENT if came_back else MailState.OWED
    if not Alert.objects.filter(pk=alert_id, mail_state=before).update(mail_state=MailState.FAILED):
        return False
    record("alert.mail_failed", by=by, record=("alert", alert_id), at=at)
    return True


def _own(by: Access, root_ids: Collection[UUID]) -> QuerySet[Alert]:
    return Alert.objects.filter(UNREAD, recipient_id=by.user_id, root_id__in=root_ids)
