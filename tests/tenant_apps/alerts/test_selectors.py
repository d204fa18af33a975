from datetime import UTC, datetime
from uuid import uuid4

import pytest
from django.db import connection
from django.db.models import OuterRef
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from core.tenancy import in_school
from core.web.frame import Frame
from tenant_apps.alerts import selectors
from tenant_apps.alerts.models import Alert
from tenant_apps.alerts.selectors import Subject
from tenant_apps.alerts.services import mark_read

MONDAY = datetime(2026, 11, 16, 15, 38, tzinfo=UTC)
TUESDAY = datetime(2026, 11, 17, 8, 0, tzinfo=UTC)


@pytest.fixture
def described(monkeypatch):
    """Describes incidents and actions; those in the set are not the person's to open."""
    hidden = set()

    def describe(access, ids):
        return {
            one: Subject(word="Entry", student=None, categories=[], url=f"/{one}/", author="Mrs Webb")
            for one in ids
            if one not in hidden
        }

    monkeypatch.setattr(selectors.reached, "_describers", {"incident": describe, "action": describe})
    return hidden


@pytest.mark.spec("INC-31")
def test_dashboard_lists_ones_own_unread_alerts_latest_first(alert, cast, described):
    first = alert(cast.lead, at=MONDAY)
    second = alert(cast.lead, at=TUESDAY, by=cast.teacher.access)
    alert(cast.deputy)
    read = alert(cast.lead)
    mark_read(root_id=read, by=cast.lead.access)
    lines, _ = selectors.unread_for(cast.lead.access)
    assert [(line.record_id, line.raised_by) for line in lines] == [
        (second, "Mr Ellery"),
        (first, "Mrs Webb"),
    ]
    assert lines[0].subject.url == f"/{second}/"
    assert selectors.unread_count(cast.lead.access) == 2
    assert selectors.unread_for(cast.teacher.access) == ([], None)


@pytest.mark.spec("DSH-11")
def test_many_alerts_are_read_page_by_page(alert, cast, described):
    made = [alert(cast.lead, at=MONDAY) for _ in range(27)]
    first, older = selectors.unread_for(cast.lead.access)
    rest, end = selectors.unread_for(cast.lead.access, before=older)
    assert (len(first), len(rest), end) == (25, 2, None)
    assert {line.record_id for line in [*first, *rest]} == set(made)
    elsewhere, _ = selectors.unread_for(cast.deputy.access, before=older)
    assert elsewhere == []


@pytest.mark.spec("SAF-10")
def test_alert_to_what_one_cannot_open_is_not_listed(alert, cast, described):
    described.add(alert(cast.lead))
    shown = alert(cast.lead)
    assert [line.record_id for line in selectors.unread_for(cast.lead.access)[0]] == [shown]


def test_list_asks_no_more_for_three_alerts_than_for_one(alert, cast, described):
    def count():
        with CaptureQueriesContext(connection) as queries:
            selectors.unread_for(access)
        return len(queries)

    access = cast.lead.access
    alert(cast.lead)
    one = count()
    alert(cast.lead)
    alert(cast.lead, kind="action")
    assert count() == one == 2


@pytest.mark.spec("SAF-17")
def test_record_lists_those_alerted_by_name_and_how_far_it_reached_them(alert, cast):
    record, other = alert(cast.lead, cast.deputy, at=MONDAY), alert(cast.teacher)
    Alert.objects.filter(recipient=cast.lead.user).update(mail_state="sent", first_opened_at=TUESDAY)
    Alert.objects.filter(recipient=cast.deputy.user).update(mail_state="failed")
    with CaptureQueriesContext(connection) as queries:
        found = selectors.recipients_of([record, other, uuid4()])
    assert len(queries) == 2
    assert set(found) == {record, other}
    told = [(one.name, one.mail_label, one.first_opened_at, one.is_undelivered) for one in found[record]]
    assert told == [
        ("Ms Nair", "Mail not delivered", None, True),
        ("Mr Okafor", "Mail sent", TUESDAY, False),
    ]
    assert found[record][0].created_at == MONDAY
    assert found[record][0].reason_label == "Chosen by name"


@pytest.mark.spec("INC-51")
def test_condition_holds_for_unread_alerts_to_the_record_or_its_actions(alert, cast):
    record = alert(cast.deputy)
    alert(cast.lead, kind="action", root_id=record)

    def opens(person):
        rows = Alert.objects.filter(record_id=record)
        return rows.filter(selectors.unread_alert_exists(person.access, root=OuterRef("record_id"))).exists()

    assert opens(cast.lead)
    assert opens(cast.deputy)
    assert not opens(cast.teacher)
    mark_read(root_id=record, by=cast.lead.access)
    assert not opens(cast.lead)
    assert opens(cast.deputy)
    Alert.objects.filter(recipient=cast.deputy.user).update(withdrawn_at=TUESDAY)
    assert not opens(cast.deputy)


def test_frame_counts_ones_own_in_this_school_with_one_query(alert, cast, school_b):
    alert(cast.lead)
    alert(cast.lead, cast.deputy)
    request = RequestFactory().get("/")
    request.school, request.access = cast.lead.school, cast.lead.access
    with CaptureQueriesContext(connection) as queries:
        assert Frame(request).unread_alerts == 2
    assert len(queries) == 1
    request.school = school_b
    with in_school(school_b):
        assert Frame(request).unread_alerts == 0
    request.school = None
    assert Frame(request).unread_alerts == 0


def test_kind_is_described_by_one_app_only(described):
    with pytest.raises(ValueError, match="incident"):
        selectors.register_subject("incident", lambda access, ids: {})
