"""SAF-13: from where a session without a key reads what it was alerted to."""

import pytest

from tenant_apps.school_settings.models import Settings

pytestmark = [pytest.mark.django_db, pytest.mark.spec("SAF-13")]

PLANTED = "zebra-lantern-77"
SAYS = "Your school asks for a key"


@pytest.fixture
def alerted(add, cast):
    return add("Behaviour", text=PLANTED, alert_user_ids=[cast.support.user.pk])


@pytest.mark.parametrize(("setting", "opens"), [("everywhere", True), ("key", False), ("network", False)])
def test_alert_opens_where_the_school_lets_it(alerted, cast, client_for, setting, opens):
    Settings.objects.update(non_key_reading=setting, network_ranges=["203.0.113.0/24"])
    browser = client_for(cast.support)
    for path in ("", "print/"):
        answer = browser.get(f"/incidents/{alerted.pk}/{path}")
        assert answer.status_code == (200 if opens else 403)
        if not opens:
            assert PLANTED not in answer.content.decode()
            assert SAYS in answer.content.decode()
    home = browser.get("/").content.decode()
    # The alert stands on the dashboard either way, without the way to it where it does not open.
    assert "1 unread" in home
    assert (f'href="/incidents/{alerted.pk}/"' in home) is opens
    assert (SAYS in home) is not opens
    assert browser.get("/incidents/add/").status_code == 200


def test_alert_opens_on_the_schools_network(alerted, cast, client_for):
    Settings.objects.update(non_key_reading="network", network_ranges=["203.0.113.0/24"])
    browser = client_for(cast.support)
    inside = browser.get(f"/incidents/{alerted.pk}/", REMOTE_ADDR="203.0.113.7")
    assert PLANTED in inside.content.decode()
    assert browser.get(f"/incidents/{alerted.pk}/", REMOTE_ADDR="203.0.112.7").status_code == 403


def test_nothing_is_said_of_what_was_never_alerted(alerted, cast, client_for, add):
    Settings.objects.update(non_key_reading="key")
    other = add("Behaviour", alert_user_ids=[cast.deputy.user.pk])
    assert client_for(cast.support).get(f"/incidents/{other.pk}/").status_code == 404


def test_key_opens_it_whatever_the_setting(alerted, cast, client_for):
    Settings.objects.update(non_key_reading="key")
    assert client_for(cast.lead).get(f"/incidents/{alerted.pk}/", follow=True).status_code == 200


def test_what_is_attached_stays_shut_too(cast, client_for, add):
    from core.db.keys import uuid7
    from tenant_apps.documents.services import receive

    draft = uuid7()
    document = receive([b"A letter."], name="l.txt", owner=("draft", draft), by=cast.lead.access)
    add("Behaviour", incident_id=draft, alert_user_ids=[cast.support.user.pk])
    path = f"/documents/{document.id}/"
    assert client_for(cast.support).get(path).status_code == 200
    Settings.objects.update(non_key_reading="key")
    assert client_for(cast.support).get(path).status_code == 404
