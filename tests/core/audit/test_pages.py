from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied

from core.access import SYSTEM
from core.audit.models import AuditEvent
from core.audit.selectors import PAGE, Asked, events_of_user, in_batches, key_uses_by_month, page_of_user
from core.db.keys import uuid7

START = datetime(2026, 9, 1, 8, tzinfo=UTC)


@pytest.fixture
def user_id(in_a):
    """Somebody with 60 events, of which each third looks at a student; and somebody else's between them."""
    user_id, other = uuid7(), uuid7()
    rows = []
    for number in range(60):
        # Two events share each time: only their ids keep them in order.
        at = START + timedelta(hours=number // 2)
        event = "student.viewed" if number % 3 == 0 else "chronology.viewed"
        rows.append(AuditEvent(user_id=user_id, at=at, event=event))
        rows.append(AuditEvent(user_id=other, at=at, event=event))
    AuditEvent.objects.bulk_create(rows)
    return user_id


def all_pages(user_id, asked=None):
    page = page_of_user(SYSTEM, user_id, asked)
    found = [page]
    while page.older:
        page = page_of_user(SYSTEM, user_id, asked, before=page.older)
        found.append(page)
    return found


@pytest.mark.spec("ADM-20")
def test_pages_hold_every_event_once_newest_first(user_id):
    pages = all_pages(user_id)
    assert [len(page.events) for page in pages] == [PAGE, PAGE, 10]
    order = [(event.at, event.pk) for page in pages for event in page.events]
    assert order == sorted(order, reverse=True)
    assert len(set(order)) == 60
    assert (pages[0].newer, pages[-1].older) == (None, None)


def test_pages_lead_back_the_way_they_came(user_id):
    first, second, _ = all_pages(user_id)
    back = page_of_user(SYSTEM, user_id, after=second.newer)
    assert [event.pk for event in back.events] == [event.pk for event in first.events]
    assert back.newer is None
    assert back.older == first.older


def test_oldest_page_is_reached_at_once_and_leads_to_newer_ones(user_id):
    page = page_of_user(SYSTEM, user_id, oldest=True)
    assert page.events[-1].at == START
    assert len(page.events) == PAGE
    assert page.older is None
    ahead = page_of_user(SYSTEM, user_id, after=page.newer).events[-1]
    assert (ahead.at, ahead.pk) > (page.events[0].at, page.events[0].pk)


def test_edge_of_somebody_elses_gives_the_newest_page(user_id):
    other = AuditEvent.objects.exclude(user_id=user_id).first()
    assert page_of_user(SYSTEM, user_id, before=other.pk).events == page_of_user(SYSTEM, user_id).events


@pytest.mark.spec("ADM-20")
def test_kind_and_days_narrow_the_list(user_id):
    viewed = all_pages(user_id, Asked(event="student.viewed"))
    assert {event.event for page in viewed for event in page.events} == {"student.viewed"}
    assert sum(len(page.events) for page in viewed) == 20
    day = Asked(since=START + timedelta(hours=3), until=START + timedelta(hours=5))
    assert {event.at for event in page_of_user(SYSTEM, user_id, day).events} == {
        START + timedelta(hours=3),
        START + timedelta(hours=4),
    }


def test_batches_hold_every_event_once(user_id):
    batches = list(in_batches(events_of_user(SYSTEM, user_id), 7))
    assert len({event.pk for batch in batches for event in batch}) == 60
    assert sum(map(len, batches)) == 60


@pytest.mark.spec("ADM-21")
def test_uses_of_a_key_are_counted_by_month(in_a):
    user_id = uuid7()
    for month in (9, 9, 10):
        AuditEvent.objects.create(user_id=user_id, at=START.replace(month=month), event="key.used")
    AuditEvent.objects.create(user_id=user_id, at=START, event="user.signed_in")
    assert [(month.month, uses) for month, uses in key_uses_by_month(SYSTEM, user_id)] == [(10, 1), (9, 2)]


@pytest.mark.spec("ADM-20", "ADM-21")
def test_others_are_refused(user_id, cast):
    for access in (cast.lead.access, cast.teacher.access, cast.head.plain_access):
        for read in (page_of_user, key_uses_by_month):
            with pytest.raises(PermissionDenied):
                read(access, user_id)
