"""Reads of alerts: one's own, and under a record the list of those alerted.

What an alert is about belongs to the app of the record; it registers here how to describe it to a person.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest

from core.access import Access
from core.db.prepared import PreparedQuery
from shared_apps.people.selectors import names_of
from tenant_apps.alerts.enums import AlertReason, MailState
from tenant_apps.alerts.models import Alert
from tenant_apps.school_settings.selectors import get_settings

PAGE = 25
UNREAD = Q(read_at__isnull=True, withdrawn_at__isnull=True)


@dataclass(frozen=True, slots=True)
class Subject:
    """What an alert on the dashboard says of its record: never a word of its text.

    `word` is "Incident" or "Action", `student` the app's view of the student (or None, and then `whom` may
    say it in words), `categories` the names that the person may see (each with name and colour), `author` who
    wrote the record. `is_practice` says that it was made in training mode and goes with it.
    """

    word: str
    student: Any
    categories: Sequence[Any]
    url: str
    author: str
    whom: str = ""
    is_practice: bool = False


Describe = Callable[[Access, Sequence[UUID]], dict[UUID, Subject]]

_describers: dict[str, Describe] = {}
_blocked_roots: list[Callable[[UUID], Q]] = []
_deleted_records: list[Callable[[], Q]] = []


@dataclass(frozen=True, slots=True)
class UnreadAlert:
    """One line of the dashboard's alerts."""

    id: UUID
    kind: str
    record_id: UUID
    root_id: UUID
    created_at: datetime
    raised_by: str
    reason: str
    subject: Subject


@dataclass(frozen=True, slots=True)
class AlertStatus:
    """How far one alert reached its person."""

    id: UUID
    recipient_id: UUID
    raised_by_id: UUID | None
    name: str
    reason: str
    created_at: datetime
    mail_state: str
    mailed_at: datetime | None
    first_opened_at: datetime | None
    read_at: datetime | None
    withdrawn_at: datetime | None

    @property
    def is_open(self) -> bool:
        """Whether it still stands on the person's dashboard."""
        return self.read_at is None and self.withdrawn_at is None

    @property
    def mail_label(self) -> str:
        """As in "Mail sent"."""
        return MailState(self.mail_state).label

    @property
    def reason_label(self) -> str:
        """As in "Through an alert group"."""
        return AlertReason(self.reason).label

    @property
    def is_undelivered(self) -> bool:
        """Whether the mail was given up: somebody has to tell the person otherwise."""
        return self.mail_state == MailState.FAILED


def register_subject(kind: str, describe: Describe) -> None:
    """Make an app answer for alerts of a kind. A second registration of a kind raises ValueError.

    `describe` gets the person's access and record ids, and leaves out what the person may not open.
    """
    if kind in _describers:
        raise ValueError(f"Alerts of {kind!r} are described already.")
    _describers[kind] = describe


def register_blocked_roots(condition: Callable[[UUID], Q]) -> None:
    """Make an app answer which of a person's alerts are about records that are kept from them.

    `condition` gets the person's id and gives a query on `root_id`; it may depend on nothing else of the
    person. Such alerts do not exist for the person: they are in no list and in no count.
    """
    _blocked_roots.append(condition)


def register_deleted_records(condition: Callable[[], Q]) -> None:
    """Make an app answer which alerts are about records that were deleted.

    `condition` gives a query on `root_id` and `record_id`. Such alerts stand in no list and in no count, open
    nothing and are mailed to nobody; restored, the record has them again.
    """
    _deleted_records.append(condition)


def not_deleted() -> Q:
    """Alerts to what is still there."""
    standing = Q()
    for condition in _deleted_records:
        standing &= ~condition()
    return standing


def unread_for(access: Access, *, before: UUID | None = None) -> tuple[list[UnreadAlert], UUID | None]:
    """A page of the person's own unread alerts, the latest first, each with what it is about.

    The second value continues the list as `before`, None at its end. An alert to what the person cannot open
    (a record that was removed since) is left out.
    """
    if access.user_id is None:
        return [], None
    unread = _own_unread(access.user_id).order_by("-created_at", "-id")
    place = Alert.objects.filter(pk=before, recipient_id=access.user_id).first() if before else None
    if place is not None:
        unread = unread.filter(
            Q(created_at__lt=place.created_at) | Q(created_at=place.created_at, id__lt=place.id)
        )
    found = list(unread[: PAGE + 1])
    alerts = found[:PAGE]
    return _described(access, alerts), alerts[-1].id if len(found) > PAGE else None


def _described(access: Access, alerts: Sequence[Alert]) -> list[UnreadAlert]:
    records: dict[str, list[UUID]] = defaultdict(list)
    for alert in alerts:
        records[alert.kind].append(alert.record_id)
    subjects = {
        (kind, record_id): subject
        for kind, ids in records.items()
        if kind in _describers
        for record_id, subject in _describers[kind](access, ids).items()
    }
    names = names_of(alert.raised_by_id for alert in alerts)
    return [
        UnreadAlert(
            id=alert.id,
            kind=alert.kind,
            record_id=alert.record_id,
            root_id=alert.root_id,
            created_at=alert.created_at,
            raised_by=names[alert.raised_by_id].formal if alert.raised_by_id in names else subject.author,
            reason=AlertReason(alert.reason).label,
            subject=subject,
        )
        for alert in alerts
        if (subject := subjects.get((alert.kind, alert.record_id))) is not None
    ]


def unread_count(access: Access) -> int:
    """How many unread alerts the person has. One query."""
    if access.user_id is None:
        return 0
    return next((count for (count,) in UNREAD_COUNT.rows(user_id=access.user_id)), 0)


def unread_count_of(user_id: UUID) -> int:
    """How many unread alerts stand on somebody's dashboard. For administrators: a number, and of what not."""
    return Alert.objects.filter(UNREAD, not_deleted(), recipient_id=user_id).count()


def unread_alert_exists(access: Access, root: OuterRef | str = "pk") -> Exists:
    """A condition for queries of records: the person has an unread alert to it or to an action under it.

    Where the school keeps read alerts readable for non-key users, a read one counts for them as well.
    """
    outer = OuterRef(root) if isinstance(root, str) else root
    return Exists(opening_alerts(access).filter(root_id=outer))


def opening_alerts(access: Access) -> QuerySet[Alert]:
    """The person's own alerts that open what they are about, blocks left aside."""
    # Nobody's alerts for the system: it has no user, and NULL matches no recipient.
    own = Alert.objects.filter(not_deleted(), recipient_id=access.user_id)
    if not access.is_elevated and access.user_id is not None and get_settings().keep_read_alerts:
        return own.filter(withdrawn_at__isnull=True)
    return own.filter(UNREAD)


def unheard_exists(root: OuterRef) -> Exists:
    """A condition for queries of records: of those alerted to it, or to what hangs on it, nobody has opened
    or read that one.
    """
    same = Alert.objects.filter(record_id=OuterRef("record_id"), withdrawn_at__isnull=True)
    heard = same.filter(Q(first_opened_at__isnull=False) | Q(read_at__isnull=False))
    return Exists(Alert.objects.filter(UNREAD, ~Exists(heard), not_deleted(), root_id=root))


def recipients_of(record_ids: Collection[UUID]) -> dict[UUID, list[AlertStatus]]:
    """Under each of these records those alerted to it, by name.

    For callers that show it to key users who may read the record, and to the author of it.
    """
    alerts = list(Alert.objects.filter(record_id__in=set(record_ids)))
    names = names_of(alert.recipient_id for alert in alerts)
    found: dict[UUID, list[AlertStatus]] = defaultdict(list)
    for alert in sorted(alerts, key=lambda alert: (names[alert.recipient_id], alert.id)):
        found[alert.record_id].append(
            AlertStatus(
                id=alert.id,
                recipient_id=alert.recipient_id,
                raised_by_id=alert.raised_by_id,
                name=names[alert.recipient_id].formal,
                reason=alert.reason,
                created_at=alert.created_at,
                mail_state=alert.mail_state,
                mailed_at=alert.mailed_at,
                first_opened_at=alert.first_opened_at,
                read_at=alert.read_at,
                withdrawn_at=alert.withdrawn_at,
            )
        )
    return dict(found)


def records_under(root_id: UUID) -> list[UUID]:
    """The record and what hangs on it, as far as somebody was alerted to it."""
    alerts = Alert.objects.filter(not_deleted(), root_id=root_id)
    return list(alerts.values_list("record_id", flat=True).distinct())


def recipient_ids(record_id: UUID) -> list[UUID]:
    """Everybody alerted to a record whose alert was not withdrawn, read or not."""
    alerts = Alert.objects.filter(record_id=record_id, withdrawn_at__isnull=True)
    return list(alerts.order_by("created_at", "id").values_list("recipient_id", flat=True))


def alert_to_mail(alert_id: UUID) -> Alert | None:
    """The alert whose mail is owed, for the outbox's handler; None once withdrawn, or its record deleted."""
    return Alert.objects.filter(not_deleted(), pk=alert_id, withdrawn_at__isnull=True).first()


def kept_from(root_id: UUID, user_ids: Collection[UUID]) -> set[UUID]:
    """Those of these people whom a block keeps from the record. A query for each."""
    alerts = Alert.objects.filter(root_id=root_id)
    return {
        user_id
        for user_id in user_ids
        if any(alerts.filter(condition(user_id)).exists() for condition in _blocked_roots)
    }


def unread_recipients(record_ids: Collection[UUID]) -> set[UUID]:
    """Everybody with an open alert to one of these records."""
    return set(Alert.objects.filter(UNREAD, record_id__in=record_ids).values_list("recipient_id", flat=True))


def unread_in_frame(request: HttpRequest) -> int:
    """For the frame of every page; nothing outside a school and for visitors."""
    if getattr(request, "school", None) is None:
        return 0
    return unread_count(request.access)


def _own_unread(user_id: UUID) -> QuerySet[Alert]:
    unread = Alert.objects.filter(UNREAD, not_deleted(), recipient_id=user_id)
    for condition in _blocked_roots:
        unread = unread.exclude(condition(user_id))
    return unread


def _count_unread(user_id: UUID) -> QuerySet[Any, Any]:
    counted = _own_unread(user_id).order_by().values("recipient").annotate(unread=Count("pk"))
    return counted.values_list("unread")


UNREAD_COUNT = PreparedQuery(_count_unread, "user_id")
