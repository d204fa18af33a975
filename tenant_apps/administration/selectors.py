"""What "Audits" and "Security log" of a user show, in words and only as far as the reader may see."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from ipaddress import ip_address, ip_network
from uuid import UUID

from django.utils import timezone

from core.access import Access, SystemPermission
from core.audit.models import AuditEvent
from core.audit.reading import readable_records
from core.audit.selectors import (
    Asked,
    events_of_user,
    in_batches,
    is_shown,
    key_uses_by_month,
    page_of_user,
    sign_ins_of,
)
from core.audit.words import event_words, words_of
from core.tenancy import current_school, in_school
from core.tenancy.schools import School
from shared_apps.people.selectors import PersonName, names_of
from tenant_apps.classes.selectors import GroupView, groups_by_ids, is_in_network
from tenant_apps.school_settings.selectors import get_settings
from tenant_apps.students.selectors import students_by_ids, visible_among

UNNAMED = "an entry"
NAMED_AT_MOST = 5
HEADINGS: list[object] = ["Time", "What", "Key used", "About", "Students", "Address"]
# The network around an address: enough to see whether two sign-ins came from one place.
IPV4_RANGE, IPV6_RANGE = 24, 48


@dataclass(frozen=True, slots=True)
class AuditLine:
    """One event in words. `about` is empty where it concerns nothing in particular."""

    at: datetime
    words: str
    with_key: bool
    address: str
    about: str = ""
    url: str = ""
    students: list[str] = field(default_factory=list)
    more_students: int = 0


@dataclass(frozen=True, slots=True)
class AuditPage:
    """One page of lines, with the ids by which it continues."""

    lines: list[AuditLine]
    newer: UUID | None
    older: UUID | None


@dataclass(frozen=True, slots=True)
class SignIn:
    """One time that somebody came in: by password alone, or with a key."""

    at: datetime
    with_key: bool
    address: str
    place: str


@dataclass(frozen=True, slots=True)
class SecurityLog:
    """How and from where a user signed in."""

    sign_ins: list[SignIn]
    older: UUID | None
    key_uses: int
    by_month: list[tuple[datetime, int]]
    knows_network: bool


def names_students(access: Access) -> bool:
    """Whether the reader's group lets them see pupils at all; someone who runs the users need not."""
    return access.can(SystemPermission.VIEW_STUDENT_LIST) or access.can(SystemPermission.VIEW_STUDENT_DETAILS)


def event_choices() -> list[tuple[str, str]]:
    """Each kind of event with its words, for choosing from."""
    return list(event_words().items())


def user_audits(
    access: Access,
    user_id: UUID,
    asked: Asked,
    *,
    before: UUID | None = None,
    after: UUID | None = None,
    oldest: bool = False,
) -> AuditPage:
    """25 of a user's events in words. For administrators; a fixed number of queries.

    A pupil, or a record, that the reader may not see is not named: the line says "an entry".
    """
    if asked.student_id and not _may_ask_for(access, asked.student_id):
        return AuditPage([], None, None)
    page = page_of_user(access, user_id, asked, before=before, after=after, oldest=oldest)
    return AuditPage(_lines(access, page.events), page.newer, page.older)


def exported_rows(access: Access, user_id: UUID, asked: Asked) -> Iterator[list[object]]:
    """Every line that the pages would show, for CSV, in the school's time.

    Who may ask is found out at once; the lines are read in batches while the file is being sent.
    """
    if asked.student_id and not _may_ask_for(access, asked.student_id):
        return iter([HEADINGS])
    batches = in_batches(events_of_user(access, user_id, asked))
    return _rows(access, batches, current_school(), timezone.get_current_timezone())


def _rows(
    access: Access, batches: Iterator[list[AuditEvent]], school: School, zone: tzinfo
) -> Iterator[list[object]]:
    yield HEADINGS
    while True:
        # The response is sent after the request has left its school.
        with in_school(school):
            events = next(batches, [])
            lines = _lines(access, events, named_at_most=None)
        if not events:
            return
        for line in lines:
            yield [
                line.at.astimezone(zone).isoformat(timespec="seconds"),
                line.words,
                "yes" if line.with_key else "no",
                line.about,
                "; ".join(line.students),
                line.address,
            ]


def security_log(access: Access, user_id: UUID, *, before: UUID | None = None) -> SecurityLog:
    """How often a user signed in with two-factor authentication, and 25 sign-ins. For administrators."""
    page = sign_ins_of(access, user_id, before=before)
    months = key_uses_by_month(access, user_id)
    ranges = get_settings().network_ranges
    return SecurityLog(
        sign_ins=[
            SignIn(
                at=event.at,
                with_key=event.event == "key.used",
                address=event.address or "",
                place=place_of(event.address, ranges),
            )
            for event in page.events
        ],
        older=page.older,
        key_uses=sum(uses for _, uses in months),
        by_month=months,
        knows_network=bool(ranges),
    )


def place_of(address: str | None, ranges: list[str]) -> str:
    """Where an address is, as far as the school's own settings tell: its network, or elsewhere."""
    if not address:
        return "Not known"
    if is_in_network(address, ranges):
        return "School network"
    here = ip_address(address)
    if here.is_loopback:
        return "The machine that the product runs on"
    network = ip_network(f"{here}/{IPV4_RANGE if here.version == 4 else IPV6_RANGE}", strict=False)
    return f"{'A private network' if here.is_private else 'Elsewhere'}, network {network}"


def _may_ask_for(access: Access, student_id: UUID) -> bool:
    return names_students(access) and bool(visible_among(access, [student_id]))


def _lines(
    access: Access, events: Iterable[AuditEvent], *, named_at_most: int | None = NAMED_AT_MOST
) -> list[AuditLine]:
    events = list(events)
    readable = readable_records(
        access, {(event.record_kind, event.record_id) for event in events if event.record_id}
    )
    shown = [event for event in events if is_shown(event, readable) and _may_name_students(access, event)]
    wanted = {student for event in shown for student in event.student_ids}
    visible = visible_among(access, wanted) if wanted and names_students(access) else set()
    students = students_by_ids(visible)
    people = names_of(event.record_id for event in events if event.record_kind == "user")
    groups = groups_by_ids(
        event.record_id for event in events if event.record_kind == "student_group" and event.record_id
    )
    named = {event.pk for event in shown}
    lines = []
    for event in events:
        about, url = _about(event, readable, people, groups)
        names = [students[one].name for one in event.student_ids if one in students and event.pk in named]
        if event.pk not in named or (event.student_ids and not names):
            about, url = UNNAMED, ""
        lines.append(
            AuditLine(
                at=event.at,
                words=_words(event),
                with_key=event.is_elevated,
                address=event.address or "",
                about=about,
                url=url,
                students=names[:named_at_most],
                more_students=max(0, len(names) - named_at_most) if named_at_most else 0,
            )
        )
    return lines


def _about(
    event: AuditEvent,
    readable: Mapping[tuple[str, UUID], tuple[str, str]],
    people: Mapping[UUID, PersonName],
    groups: Mapping[UUID, GroupView],
) -> tuple[str, str]:
    """What the event's record is called, and its page; empty for what has no name to give."""
    kind, record_id = event.record_kind, event.record_id
    if record_id is None:
        return "", ""
    if kind == "user" and record_id in people:
        return people[record_id].formal, ""
    if kind == "student_group" and record_id in groups:
        return groups[record_id].name, ""
    url, name = readable.get((kind, record_id), ("", ""))
    return name, url


def _may_name_students(access: Access, event: AuditEvent) -> bool:
    """Monitoring by itself tells the category of whom it names: it asks "View Students" on each."""
    if not event.event.startswith("monitoring.") or event.record_id is not None:
        return True
    categories: Collection[object] = event.detail.get("categories", [])
    viewable = {str(category) for category in access.view_students}
    return set(map(str, categories)) <= viewable


def _words(event: AuditEvent) -> str:
    words = words_of(event.event)
    if event.event == "access.refused":
        return f"{words}: {event.detail.get('route') or 'a page'} ({event.detail.get('status')})"
    return words
