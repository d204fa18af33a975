"""Deleting hides from everybody but editors; restoring brings everything back."""

import pytest

pytestmark = pytest.mark.django_db

REASON = {"reason": "Written about the wrong child."}


@pytest.fixture
def act(cast):
    def make(incident, **changes):
        from core.db.clock import now
        from core.db.keys import uuid7
        from tenant_apps.incidents.services import add_action

        given = {"text": "Rang mum at work.", "happened_at": now(), "by": cast.lead.access}
        return add_action(action_id=uuid7(), incident_id=incident.pk, **(given | changes))

    return make


@pytest.mark.spec("EDT-08")
def test_reason_is_asked_and_kept(client_for, cast, add):
    incident = add("Behaviour")
    client, path = client_for(cast.lead), f"/incidents/{incident.pk}/delete/"
    asked = client.post(path, {"reason": "  "})
    assert asked.status_code == 422
    assert "Say why it is deleted" in asked.content.decode()
    client.post(path, REASON)
    incident.refresh_from_db()
    assert incident.deletion_reason == REASON["reason"]
    assert incident.deleted_by_id == cast.lead.user.pk
    assert incident.versions.latest("made_at", "id").snapshot["reason"] == REASON["reason"]
    client.post(f"/incidents/{incident.pk}/restore/")
    assert REASON["reason"] in client.get(f"/incidents/{incident.pk}/history/").content.decode()


@pytest.mark.spec("EDT-09")
def test_deleted_incident_seems_never_to_have_existed(client_for, cast, add, act, students_a):
    from tenant_apps.alerts.selectors import unread_count, unread_count_of
    from tenant_apps.incidents import selectors

    told = [cast.teacher.user.pk, cast.support.user.pk]
    incident = add("Behaviour", alert_user_ids=told, assignee_id=cast.teacher.user.pk)
    action = act(incident)
    log = f"/students/{students_a[0].pk}/incidents/"
    pages = [log, "/", f"/incidents/{incident.pk}/", f"/incidents/{incident.pk}/print/", f"{log}pdf/"]
    readers = [client_for(cast.teacher), client_for(cast.support), client_for(cast.teacher, elevated=False)]
    assert "corridor" in readers[0].get(log).content.decode()
    assert unread_count(cast.support.access) == 1
    assert len(selectors.assigned_to(cast.teacher.access)) == 1
    client_for(cast.lead).post(f"/incidents/{incident.pk}/delete/", REASON)
    for reader in readers:
        for page in pages:
            answer = reader.get(page)
            words = answer.content.decode("utf-8", "replace")
            for trace in ("corridor", "Deleted", REASON["reason"], str(incident.pk), str(action.pk)):
                assert answer.status_code in (403, 404) or trace not in words, (page, trace)
    for person in (cast.teacher, cast.support):
        assert unread_count(person.access) == unread_count_of(person.user.pk) == 0
        assert not selectors.may_read_incident(person.access, incident.pk)
        assert not selectors.may_read_action(person.access, action.pk)
    assert selectors.assigned_to(cast.teacher.access) == []
    assert selectors.history_of(cast.lead.access) == []
    assert list(selectors.whole_chronology(cast.lead.access, students_a[0].pk)) == []


@pytest.mark.spec("EDT-10", "EDT-11")
def test_editors_find_a_marker_and_restore_in_its_place(client_for, cast, add, act, students_a):
    from tenant_apps.alerts.selectors import unread_count

    incident = add("Behaviour", alert_user_ids=[cast.teacher.user.pk])
    act(incident)
    log = f"/students/{students_a[0].pk}/incidents/"
    client = client_for(cast.lead)
    client.post(f"/incidents/{incident.pk}/delete/", REASON)
    shown = client.get(log).content.decode()
    for part in (REASON["reason"], "View History", "Restore", f'id="incident-{incident.pk}"'):
        assert part in shown
    assert "corridor" not in shown
    assert "Rang mum" not in shown
    client.post(f"/incidents/{incident.pk}/restore/")
    back = client_for(cast.teacher).get(log).content.decode()
    assert "corridor" in back
    assert "Rang mum at work." in back
    assert unread_count(cast.teacher.access) == 1
    assert client.post(f"/incidents/{incident.pk}/restore/").status_code == 404


@pytest.mark.spec("EDT-09", "EDT-12")
def test_action_is_deleted_and_restored_by_itself(client_for, cast, add, act, students_a):
    from tenant_apps.alerts.selectors import unread_count

    incident = add("Child Protection")
    action = act(incident, alert_user_ids=[cast.support.user.pk])
    log = f"/students/{students_a[0].pk}/incidents/"
    assert client_for(cast.support).get(f"/incidents/{incident.pk}/").status_code == 200
    client_for(cast.lead).post(f"/incidents/actions/{action.pk}/delete/", REASON)
    # The alert to the action opened the incident; without the action there is nothing to open it.
    assert client_for(cast.support).get(f"/incidents/{incident.pk}/").status_code == 404
    assert unread_count(cast.support.access) == 0
    editors = client_for(cast.head).get(log).content.decode()
    assert REASON["reason"] in editors
    assert "corridor" in editors
    assert "Rang mum" not in editors
    client_for(cast.head).post(f"/incidents/actions/{action.pk}/restore/")
    assert "Rang mum at work." in client_for(cast.lead).get(log).content.decode()
    assert client_for(cast.support).get(f"/incidents/{incident.pk}/").status_code == 200


def test_deleted_action_is_no_trace_for_readers(client_for, cast, add, act, students_a):
    incident = add("Behaviour")
    action = act(incident)
    client_for(cast.lead).post(f"/incidents/actions/{action.pk}/delete/", REASON)
    page = client_for(cast.teacher).get(f"/students/{students_a[0].pk}/incidents/").content.decode()
    for trace in ("Rang mum", "Deleted", REASON["reason"], "1 action", str(action.pk)):
        assert trace not in page


@pytest.mark.spec("SAF-19")
def test_deleting_while_unread_mails_those_alerted_and_the_default_group(
    client_for, cast, add, mailbox, run_outbox
):
    from tenant_apps.staff.selectors import default_alert_group, members_of

    incident = add("Child Protection", alert_user_ids=[cast.support.user.pk])
    run_outbox()
    before = len(mailbox.messages())
    client_for(cast.lead).post(f"/incidents/{incident.pk}/delete/", REASON)
    run_outbox()
    mails = mailbox.messages()[before:]
    assert cast.support.email in {mail.recipient for mail in mails}
    others = set(members_of([default_alert_group().id])) - {cast.lead.user.pk, cast.support.user.pk}
    assert len(mails) == 1 + len(others)
    for mail in mails:
        words = str(mail.message)
        for secret in ("corridor", "Child Protection", REASON["reason"], f"no. {incident.number}"):
            assert secret not in words


@pytest.mark.spec("SAF-19")
def test_nobody_is_mailed_once_all_have_read(client_for, cast, add, mailbox, run_outbox):
    from tenant_apps.alerts.models import Alert

    incident = add("Behaviour", alert_user_ids=[cast.teacher.user.pk])
    for alert in Alert.objects.all():
        person = next(one for one in (cast.teacher, cast.lead) if one.user.pk == alert.recipient_id)
        client_for(person).post(f"/incidents/{incident.pk}/read/")
    run_outbox()
    before = len(mailbox.messages())
    client_for(cast.lead).post(f"/incidents/{incident.pk}/delete/", REASON)
    run_outbox()
    assert len(mailbox.messages()) == before


@pytest.mark.spec("SAF-19")
def test_whom_the_entry_blocks_cannot_delete_it(client_for, cast, add):
    from tenant_apps.incidents.services import block_incident_reader

    incident = add("Behaviour", by=cast.deputy.access)
    block_incident_reader(incident_id=incident.pk, user_id=cast.lead.user.pk, by=cast.head.access)
    assert client_for(cast.lead).post(f"/incidents/{incident.pk}/delete/", REASON).status_code == 404
    incident.refresh_from_db()
    assert incident.deleted_at is None
