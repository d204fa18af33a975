"""Mails to the default alert group: what administrators do with alerts, and mails that did not arrive."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from core.access import SYSTEM, Access
from core.db.clock import now
from core.outbox.mail import message_id
from core.outbox.services import owe
from core.tenancy import current_school
from shared_apps.people.selectors import find_user
from tenant_apps.alerts.models import Alert
from tenant_apps.alerts.selectors import kept_from
from tenant_apps.alerts.services.following import note_mail_failed
from tenant_apps.alerts.services.raising import ALERT_MAIL
from tenant_apps.staff.selectors import default_alert_group, members_of

BEYOND_MAIL = "alerts.beyond"
REMOVAL_MAIL = "alerts.removal"
UNDELIVERED_MAIL = "alerts.undelivered"
# A server may try for days before it says that it could not deliver.
COMES_BACK_WITHIN = timedelta(days=10)


def tell_default_group(topic: str, row_id: UUID, *, but: UUID | None) -> None:
    """Owe each active member of the default alert group, but the one who did it, a mail about a row."""
    group = default_alert_group()
    for user_id in members_of([group.id]) if group else []:
        if user_id != but:
            owe(topic, key=f"{row_id}:{user_id}", payload={"row": str(row_id), "to": str(user_id)})


@transaction.atomic
def note_undelivered(
    *, alert_id: UUID, by: Access, came_back: bool = False, at: datetime | None = None
) -> None:
    """The mail about an alert did not reach its person: the record shows it, and who raised the alert and the
    default alert group are told, once, so that somebody tells the person.

    Whom a block keeps from the record is told nothing; nobody is told once the alert was read or withdrawn.
    """
    if not note_mail_failed(alert_id=alert_id, by=by, came_back=came_back, at=at):
        return
    alert = Alert.objects.get(pk=alert_id)
    if alert.read_at or alert.withdrawn_at:
        return
    group = default_alert_group()
    told = {*(members_of([group.id]) if group else []), *([alert.raised_by_id] if alert.raised_by_id else [])}
    told -= {alert.recipient_id} | kept_from(alert.root_id, told)
    for user_id in sorted(told):
        payload = {"alert": str(alert_id), "to": str(user_id)}
        owe(UNDELIVERED_MAIL, key=f"{alert_id}:{user_id}", payload=payload)


def take_bounce(*, recipient: str, original_id: str, at: datetime | None = None) -> bool:
    """A mail that a server had taken came back: whether it was about an alert of the current school.

    `original_id` is the mail's Message-ID, which only who has seen the mail can know, and which fits one
    alert to one address. No alert is found by anything else.
    """
    user = find_user(recipient)
    if user is None:
        return False
    schema = current_school().schema_name
    since = (at or now()) - COMES_BACK_WITHIN
    sent = Alert.objects.filter(recipient=user, mailed_at__gte=since).values_list("pk", flat=True)
    for alert_id in sent:
        if message_id(schema, f"{ALERT_MAIL} {alert_id}", recipient) == original_id:
            note_undelivered(alert_id=alert_id, by=SYSTEM, came_back=True, at=at)
            return True
    return False
