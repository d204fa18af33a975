from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied

from core.audit.models import AuditEvent
from core.db.clock import now
from core.db.keys import uuid7
from tenant_apps.alerts.services import mark_read, raise_alerts, remove_dashboard_alerts, withdraw_alerts

pytestmark = pytest.mark.django_db


def words(mail):
    return " ".join(mail.message.get_body(("plain",)).get_content().split())


@pytest.fixture
def raised(in_a, cast, carrying):
    def make(*people, by=cast.teacher, at=None):
        root = uuid7()
        raise_alerts(
            kind="incident",
            record_id=root,
            root_id=root,
            recipients={person.user.pk: "chosen" for person in people},
            category_ids=carrying("Bullying"),
            by=by.access,
            at=at,
        )
        return root

    return make


def alerts_to(root):
    from tenant_apps.alerts.models import Alert

    return list(Alert.objects.filter(root_id=root).order_by("id"))


@pytest.mark.spec("SAF-05")
def test_author_takes_back_within_30_minutes_and_an_editor_always(cast, raised):
    begun = now()
    root = raised(cast.support, cast.pastoral, at=begun)
    first, second = [alert.pk for alert in alerts_to(root)]
    late = begun + timedelta(minutes=31)
    with pytest.raises(PermissionDenied):
        withdraw_alerts(root_id=root, alert_ids=[first], by=cast.teacher.access, at=late)
    with pytest.raises(PermissionDenied):
        withdraw_alerts(root_id=root, alert_ids=[first], by=cast.pastoral.access, at=begun)
    soon = begun + timedelta(minutes=29)
    ended = withdraw_alerts(root_id=root, alert_ids=[first], by=cast.teacher.access, at=soon)
    assert [alert.pk for alert in ended] == [first]
    assert withdraw_alerts(root_id=root, alert_ids=[second], by=cast.lead.access, at=late)
    assert all(alert.withdrawn_at and alert.withdrawn_by_id for alert in alerts_to(root))
    events = AuditEvent.objects.filter(event="alert.withdrawn", record_id=root).order_by("id")
    assert [event.detail for event in events] == [{"alerts": [str(first)]}, {"alerts": [str(second)]}]


@pytest.mark.spec("SAF-05")
def test_alert_that_was_read_stays_read(cast, raised):
    root = raised(cast.support)
    mark_read(root_id=root, by=cast.support.access)
    assert withdraw_alerts(root_id=root, alert_ids=[alerts_to(root)[0].pk], by=cast.lead.access) == []
    assert alerts_to(root)[0].withdrawn_at is None


@pytest.mark.spec("SAF-05")
def test_mail_of_a_withdrawn_alert_is_not_sent_any_more(cast, raised, mailbox, run_outbox):
    root = raised(cast.support, cast.pastoral)
    taken = next(alert for alert in alerts_to(root) if alert.recipient_id == cast.support.user.pk)
    withdraw_alerts(root_id=root, alert_ids=[taken.pk], by=cast.teacher.access)
    run_outbox()
    assert [mail.recipient for mail in mailbox.messages()] == [cast.pastoral.user.email]


@pytest.mark.spec("USR-41")
def test_dashboard_is_cleared_for_a_reason_that_is_kept(cast, raised, mailbox, run_outbox):
    from tenant_apps.alerts.selectors import removals_of, unread_count

    roots = [raised(cast.support, cast.pastoral) for _ in range(2)]
    with pytest.raises(PermissionDenied):
        remove_dashboard_alerts(user_id=cast.support.user.pk, reason="x", by=cast.lead.access)
    with pytest.raises(PermissionDenied):
        remove_dashboard_alerts(user_id=cast.head.user.pk, reason="x", by=cast.head.access)
    remove_dashboard_alerts(user_id=cast.support.user.pk, reason="Left on Friday.", by=cast.head.access)
    assert unread_count(cast.support.access) == 0
    assert unread_count(cast.pastoral.access) == 2
    removal = removals_of(cast.support.user.pk)[0]
    assert (removal.reason, removal.count, removal.by) == ("Left on Friday.", 2, cast.head.user.full_name)
    assert len(alerts_to(roots[0])) == 2
    assert "Friday" not in str(list(AuditEvent.objects.values("detail")))
    mailbox.clear()
    run_outbox()
    told = [mail for mail in mailbox.messages() if "from the dashboard of" in words(mail)]
    assert {mail.recipient for mail in told} == {cast.lead.user.email, cast.deputy.user.email}
