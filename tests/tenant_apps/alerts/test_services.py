from datetime import UTC, datetime
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from core.audit.models import AuditEvent
from core.outbox.models import OutboxEntry
from tenant_apps.alerts import selectors, services
from tenant_apps.alerts.models import Alert

MONDAY = datetime(2026, 11, 16, 15, 38, tzinfo=UTC)
TUESDAY = datetime(2026, 11, 17, 8, 0, tzinfo=UTC)


@pytest.mark.spec("INC-24", "INC-31")
def test_each_person_gets_one_alert_and_owes_one_mail(alert, cast):
    record = alert(cast.lead, cast.deputy)
    alert(cast.lead, cast.deputy, cast.teacher, record_id=record)
    assert Alert.objects.filter(record_id=record).count() == 3
    assert OutboxEntry.objects.filter(topic="alerts.mail", done_at=None).count() == 3
    events = AuditEvent.objects.filter(event="alert.raised", record_id=record).order_by("id")
    assert [len(event.detail["recipients"]) for event in events] == [2, 1]


@pytest.mark.spec("INC-24")
def test_second_alert_of_a_person_to_a_record_is_impossible(alert, cast):
    record = alert(cast.lead)
    with pytest.raises(IntegrityError), transaction.atomic():
        Alert.objects.create(
            recipient=cast.lead.user,
            kind="incident",
            record_id=record,
            root_id=record,
            reason="group",
            created_at=MONDAY,
        )


@pytest.mark.spec("INC-31")
def test_what_the_outbox_holds_is_ids(alert, cast):
    alert(cast.lead, names=("Self-harm",))
    payload = OutboxEntry.objects.get(topic="alerts.mail", done_at=None).payload
    text = str(payload)
    for word in ("Okafor", "Webb", "Self-harm", "@"):
        assert word not in text


@pytest.mark.spec("INC-46", "INC-49")
def test_mark_read_ends_ones_own_alerts_to_the_record_and_its_actions(alert, cast):
    record, other = alert(cast.lead, cast.deputy), alert(cast.lead)
    alert(cast.lead, kind="action", root_id=record)
    assert services.mark_read(root_id=record, by=cast.lead.access, at=TUESDAY) == 2
    unread = Alert.objects.filter(read_at=None)
    assert set(unread.filter(recipient=cast.lead.user).values_list("root_id", flat=True)) == {other}
    assert set(unread.filter(recipient=cast.deputy.user).values_list("root_id", flat=True)) == {record}
    assert selectors.unread_count(cast.lead.access) == 1
    assert services.mark_read(root_id=record, by=cast.lead.access) == 0
    assert set(Alert.objects.exclude(read_at=None).values_list("read_at", flat=True)) == {TUESDAY}


@pytest.mark.spec("SAF-17")
def test_first_opening_counts_once_and_for_oneself_only(alert, cast):
    record = alert(cast.lead, cast.deputy)
    assert services.mark_opened(root_ids=[record], by=cast.lead.access, at=MONDAY) == 1
    assert services.mark_opened(root_ids=[record], by=cast.lead.access, at=TUESDAY) == 0
    assert services.mark_opened(root_ids=[record], by=cast.teacher.access, at=TUESDAY) == 0
    opened = {status.name: status.first_opened_at for status in selectors.recipients_of([record])[record]}
    assert opened == {"Ms Nair": None, "Mr Okafor": MONDAY}


@pytest.mark.spec("INC-35")
def test_assigning_again_is_another_mail_and_the_same_moment_is_one(in_a, cast, carrying):
    record = uuid4()

    def assign(at):
        services.notify_assignment(
            record_id=record,
            assignee_id=cast.lead.user.pk,
            category_ids=carrying("Bullying"),
            by=cast.teacher.access,
            at=at,
        )

    assign(MONDAY)
    assign(MONDAY)
    assign(TUESDAY)
    assert OutboxEntry.objects.filter(topic="alerts.assignment").count() == 2
