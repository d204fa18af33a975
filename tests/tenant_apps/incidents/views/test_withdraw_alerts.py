from datetime import timedelta

import pytest

from core.db.clock import now

pytestmark = [pytest.mark.django_db, pytest.mark.spec("SAF-05")]


def alert_of(person, incident):
    from tenant_apps.alerts.models import Alert

    return Alert.objects.get(recipient=person.user, record_id=incident.pk)


def test_editor_withdraws_an_unread_alert_and_learns_who_had_opened_it(client_for, cast, add):
    incident = add("Behaviour", alert_user_ids=[cast.support.user.pk, cast.pastoral.user.pk])
    assert client_for(cast.support).get(f"/incidents/{incident.pk}/").status_code == 200
    browser = client_for(cast.lead)
    entry = browser.get(f"/incidents/{incident.pk}/", follow=True).content.decode()
    assert f"/incidents/{incident.pk}/withdraw/" in entry
    sent = {"alerts": [str(alert_of(cast.support, incident).pk)]}
    page = browser.post(f"/incidents/{incident.pk}/withdraw/", sent, follow=True).content.decode()
    assert "1 alert withdrawn. Had opened it before: " in page
    assert cast.support.user.formal_name in page
    assert client_for(cast.support).get(f"/incidents/{incident.pk}/").status_code == 404
    assert alert_of(cast.pastoral, incident).withdrawn_at is None


def test_author_without_a_key_takes_back_what_was_raised_by_mistake(client_for, cast, add):
    from tenant_apps.alerts.models import Alert

    incident = add("Cause for Concern", by=cast.support.access, alert_user_ids=[cast.teacher.user.pk])
    browser = client_for(cast.support)
    told = browser.get(f"/incidents/{incident.pk}/told/").content.decode()
    assert f"/incidents/{incident.pk}/withdraw/" in told
    page = browser.get(f"/incidents/{incident.pk}/withdraw/").content.decode()
    assert cast.teacher.user.formal_name in page
    assert incident.text not in page
    nobody = browser.post(f"/incidents/{incident.pk}/withdraw/", {})
    assert "Choose whose alert to withdraw" in nobody.content.decode()
    sent = {"alerts": [str(alert_of(cast.teacher, incident).pk)]}
    answer = browser.post(f"/incidents/{incident.pk}/withdraw/", sent)
    assert answer.headers["Location"] == "/"
    assert alert_of(cast.teacher, incident).withdrawn_at
    Alert.objects.update(created_at=now() - timedelta(minutes=31), withdrawn_at=None)
    assert browser.get(f"/incidents/{incident.pk}/withdraw/").status_code == 404
    assert browser.post(f"/incidents/{incident.pk}/withdraw/", sent).status_code == 404


def test_nobody_else_withdraws_or_learns_who_was_alerted(client_for, cast, add):
    incident = add("Child Protection", alert_user_ids=[cast.support.user.pk, cast.deputy.user.pk])
    sent = {"alerts": [str(alert_of(cast.deputy, incident).pk)]}
    for person in (cast.teacher, cast.pastoral, cast.data):
        browser = client_for(person)
        for answer in (
            browser.get(f"/incidents/{incident.pk}/withdraw/"),
            browser.post(f"/incidents/{incident.pk}/withdraw/", sent),
        ):
            assert answer.status_code == 404
            assert cast.deputy.user.last_name not in answer.content.decode()
    # Alerted without a key: the incident opens, the alerts of others do not.
    assert client_for(cast.support).get(f"/incidents/{incident.pk}/").status_code == 200
    assert client_for(cast.support).get(f"/incidents/{incident.pk}/withdraw/").status_code == 404
    assert client_for(cast.support).post(f"/incidents/{incident.pk}/withdraw/", sent).status_code == 404
    assert alert_of(cast.deputy, incident).withdrawn_at is None
