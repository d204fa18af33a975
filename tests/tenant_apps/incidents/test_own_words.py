"""For 7 days an author opens their own words again, from "My History" and from "Add Action"."""

from datetime import timedelta

import pytest

pytestmark = [pytest.mark.django_db, pytest.mark.spec("SAF-08", "INC-51")]

OWN, OTHERS = "own-corridor-words-4", "zebra-lantern-77"


@pytest.fixture
def written(add, cast, moment):
    """An incident by the support assistant, who has no key, since edited by the lead."""
    from tenant_apps.incidents.selectors import latest_version
    from tenant_apps.incidents.services import edit_incident

    def make(at=moment, by=cast.support.plain_access, **changes):
        incident = add("Behaviour", text=f"{OWN} heard.", by=by, at=at, **changes)
        edit_incident(
            incident_id=incident.pk,
            text=f"{OTHERS} heard.",
            happened_at=incident.happened_at,
            category_ids=[row.category_id for row in incident.carried.all()],
            seen=latest_version(incident),
            by=cast.lead.access,
            at=at + timedelta(minutes=10),
        )
        return incident

    return make


@pytest.fixture
def act(cast, moment):
    def make(incident, by, text, at=moment):
        from core.db.keys import uuid7
        from tenant_apps.incidents.services import add_action

        given = {"happened_at": at, "at": at, "by": by, "text": text}
        return add_action(action_id=uuid7(), incident_id=incident.pk, **given)

    return make


def test_author_without_a_key_opens_what_they_wrote_from_my_history(client_for, cast, written, act):
    incident = written()
    act(incident, cast.lead.access, f"{OTHERS} rang.")
    client = client_for(cast.support, elevated=False)
    home = client.get("/").content.decode()
    assert f"/incidents/{incident.pk}/own/" in home
    assert OWN not in home
    page = client.get(f"/incidents/{incident.pk}/own/").content.decode()
    assert OWN in page
    for secret in (OTHERS, "Closed", "Active", "Rachel"):
        assert secret not in page
    # Nothing else opens by it.
    for path in ("", "print/", "readers/", "status/", "history/", "edit/"):
        answer = client.get(f"/incidents/{incident.pk}/{path}")
        assert answer.status_code in {403, 404}
        assert OTHERS not in answer.content.decode()
    assert OTHERS in client_for(cast.lead).get(f"/incidents/{incident.pk}/", follow=True).content.decode()


def test_key_user_without_the_category_opens_their_own_words_too(client_for, cast, written, category):
    from tenant_apps.incidents.models import Incident, IncidentCategory

    incident = written(by=cast.teacher.access)
    IncidentCategory.objects.filter(incident=incident).update(category=category("Child Protection"))
    client = client_for(cast.teacher)
    assert client.get(f"/incidents/{incident.pk}/").status_code == 404
    page = client.get(f"/incidents/{incident.pk}/own/").content.decode()
    assert OWN in page
    assert OTHERS not in page
    assert "Child Protection" not in page
    assert Incident.objects.get(pk=incident.pk).text.startswith(OTHERS)


def test_after_seven_days_and_for_others_it_is_not_there(client_for, cast, written, act, moment):
    old = written(at=moment - timedelta(days=7), happened_at=moment - timedelta(days=8))
    new = written()
    mine = client_for(cast.support, elevated=False)
    for client, path in (
        (mine, f"/incidents/{old.pk}/own/"),
        (mine, f"/incidents/{old.pk}/actions/add/"),
        (client_for(cast.pastoral, elevated=False), f"/incidents/{new.pk}/own/"),
        (client_for(cast.pastoral, elevated=False), f"/incidents/{new.pk}/actions/add/"),
        (client_for(cast.head), f"/incidents/{new.pk}/own/"),
    ):
        answer = client.get(path)
        assert answer.status_code == 404
        assert OWN not in answer.content.decode()
    assert mine.get(f"/incidents/{new.pk}/own/").status_code == 200


def test_deleted_and_blocked_are_not_there(client_for, cast, written):
    from tenant_apps.incidents.services import block_incident_reader, delete_incident

    deleted, blocked = written(), written()
    delete_incident(incident_id=deleted.pk, reason="Twice.", by=cast.lead.access)
    block_incident_reader(incident_id=blocked.pk, user_id=cast.support.user.pk, by=cast.lead.access)
    client = client_for(cast.support, elevated=False)
    for incident in (deleted, blocked):
        for path in ("own", "actions/add"):
            answer = client.get(f"/incidents/{incident.pk}/{path}/")
            assert answer.status_code == 404
            assert OWN not in answer.content.decode()


def test_school_where_nothing_is_read_without_a_key_asks_for_it(client_for, cast, written):
    from tenant_apps.school_settings.models import Settings

    incident = written()
    Settings.objects.update(non_key_reading="key")
    client = client_for(cast.support, elevated=False)
    answer = client.get(f"/incidents/{incident.pk}/own/")
    assert answer.status_code == 403
    assert OWN not in answer.content.decode()
    assert "/own/" not in client.get("/").content.decode()


@pytest.mark.spec("ACT-02")
def test_author_adds_an_action_for_seven_days_and_sees_their_own_words_alone(
    client_for, cast, written, act, category
):
    from tenant_apps.incidents.models import Action

    incident = written()
    act(incident, cast.lead.access, f"{OTHERS} rang.")
    client = client_for(cast.support, elevated=False)
    form = client.get(f"/incidents/{incident.pk}/actions/add/").content.decode()
    assert f"/incidents/{incident.pk}/own/" in form
    assert OTHERS not in form
    draft = form.split('name="draft" value="')[1].split('"')[0]
    local = incident.happened_at
    sent = {
        "draft": draft,
        "text": "He also said it was Monday.",
        "happened_on": f"{local:%Y-%m-%d}",
        "happened_time": f"{local:%H:%M}",
    }
    answer = client.post(f"/incidents/{incident.pk}/actions/add/", sent)
    action = Action.objects.get(author=cast.support.user)
    assert answer.headers["Location"] == f"/incidents/actions/{action.pk}/own/"
    page = client.get(answer.headers["Location"]).content.decode()
    assert "He also said it was Monday." in page
    assert OTHERS not in page
    assert OWN not in page
    assert client.get(f"/incidents/{incident.pk}/").status_code == 404


def test_own_action_as_written_whatever_became_of_it(client_for, cast, add, act, moment):
    from tenant_apps.incidents.selectors import latest_version
    from tenant_apps.incidents.services import edit_action, mark_read

    incident = add("Child Protection", text=f"{OTHERS} heard.", alert_user_ids=[cast.support.user.pk])
    action = act(incident, cast.support.plain_access, f"{OWN} rang.")
    edit_action(
        action_id=action.pk,
        seen=latest_version(action),
        text=f"{OTHERS} rang.",
        happened_at=action.happened_at,
        by=cast.lead.access,
    )
    client = client_for(cast.support, elevated=False)
    form = client.get(f"/incidents/{incident.pk}/actions/add/").content.decode()
    assert f"/incidents/actions/{action.pk}/own/" in form
    mark_read(incident_id=incident.pk, by=cast.support.plain_access)
    page = client.get(f"/incidents/actions/{action.pk}/own/").content.decode()
    assert OWN in page
    assert OTHERS not in page
    assert client.get(f"/incidents/{incident.pk}/own/").status_code == 404
    assert client_for(cast.teacher).get(f"/incidents/actions/{action.pk}/own/").status_code == 404


def test_opening_ones_own_words_is_audited(client_for, cast, written):
    from core.audit.models import AuditEvent

    incident = written()
    client_for(cast.support, elevated=False).get(f"/incidents/{incident.pk}/own/")
    event = AuditEvent.objects.filter(event="own_words.viewed").latest("at")
    assert event.user_id == cast.support.user.pk
