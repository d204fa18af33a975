""" "Add to planner": reminders that refer back to a record, as far as their owner may read it."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

pytestmark = pytest.mark.django_db

TEXT = "Review with the form tutor"
PLANTED = "zebra-lantern-77"


def reminders():
    from tenant_apps.planner.models import Reminder

    return list(Reminder.objects.order_by("pk"))


@pytest.fixture
def sent(in_a, category, students_a, in_class):
    """The fields of either form, with a reminder in an hour."""

    def make(**changes):
        from core.db.clock import now
        from core.db.keys import uuid7
        from tenant_apps.staff.selectors import default_alert_group

        moment = timezone.localtime(now() - timedelta(minutes=5))
        return {
            "draft": str(uuid7()),
            "student": str(students_a[0].pk),
            "text": "Said she had no breakfast.",
            "happened_on": f"{moment:%Y-%m-%d}",
            "happened_time": f"{moment:%H:%M}",
            "categories": [str(category("Cause for Concern"))],
            "alert_groups": [str(default_alert_group().id)],
            "status": "active",
            "planner-text": TEXT,
            "planner-when": "hour",
        } | changes

    return make


@pytest.fixture
def act(cast):
    def make(incident, by=None, **changes):
        from core.db.clock import now
        from core.db.keys import uuid7
        from tenant_apps.incidents.services import add_action

        given = {"text": "Rang mum.", "happened_at": now(), "by": by or cast.lead.access}
        return add_action(action_id=uuid7(), incident_id=incident.pk, **(given | changes))

    return make


@pytest.mark.spec("INC-27", "PLN-10", "PLN-01")
def test_incident_takes_a_reminder_that_leads_back_to_it(client_for, cast, sent):
    from tenant_apps.incidents.models import Incident

    browser = client_for(cast.lead)
    form = browser.get("/incidents/add/").content.decode()
    assert "<summary>Add to planner</summary>" in form
    assert browser.post("/incidents/add/", sent()).status_code == 302
    incident = Incident.objects.get()
    (reminder,) = reminders()
    assert (reminder.owner_id, reminder.text) == (cast.lead.user.pk, TEXT)
    assert (reminder.about_kind, reminder.about_id) == ("incident", incident.pk)
    home = browser.get("/").content.decode()
    line = home.split(f"<p>{TEXT}</p>")[1][:300]
    assert f'<a href="/incidents/{incident.pk}/">Incident no. {incident.number}</a>' in line


@pytest.mark.spec("ACT-07", "PLN-10")
def test_action_takes_one_too(client_for, cast, add, sent):
    incident = add("Behaviour")
    browser = client_for(cast.teacher)
    path = f"/incidents/{incident.pk}/actions/add/"
    assert "<summary>Add to planner</summary>" in browser.get(path).content.decode()
    given = sent(categories=[], alert_groups=[])
    assert browser.post(path, given).status_code == 302
    action = incident.actions.get()
    (reminder,) = reminders()
    assert (reminder.about_kind, reminder.about_id) == ("action", action.pk)
    assert f"Action under incident no. {incident.number}" in browser.get("/").content.decode()


@pytest.mark.spec("EDT-14", "PLN-10")
def test_options_of_incident_and_action_lead_to_the_fields(client_for, cast, add, act):
    incident = add("Behaviour")
    action = act(incident)
    browser = client_for(cast.teacher)
    log = browser.get(f"/incidents/{incident.pk}/", follow=True).content.decode()
    for path in (f"/incidents/{incident.pk}/planner/", f"/incidents/actions/{action.pk}/planner/"):
        assert f'href="{path}">Add to planner</a>' in log
        assert browser.post(path, {"text": "", "when": "hour"}).status_code == 422
        answer = browser.post(path, {"text": TEXT, "when": "tomorrow"})
        assert answer.headers["Location"] == f"/incidents/{incident.pk}/"
    assert [(one.about_kind, one.about_id) for one in reminders()] == [
        ("incident", incident.pk),
        ("action", action.pk),
    ]


@pytest.mark.spec("INC-27", "ACT-04", "PLN-01")
@pytest.mark.parametrize(("part", "elevated"), [("support", False), ("lead", False), ("teacher", True)])
def test_without_key_or_permission_there_is_no_planner_whatever_is_sent(
    client_for, cast, add, sent, part, elevated
):
    from core.access.enums import SystemPermission
    from tenant_apps.staff.models import UserGroup

    if elevated:
        for group in UserGroup.objects.all():
            group.system_permissions = [
                one for one in group.system_permissions if one != SystemPermission.PLANNER.value
            ]
            group.save()
    person = getattr(cast, part)
    incident = add("Behaviour", alert_user_ids=[person.user.pk], by=cast.deputy.access)
    browser = client_for(person, elevated=elevated)
    for path in ("/incidents/add/", f"/incidents/{incident.pk}/actions/add/", f"/incidents/{incident.pk}/"):
        assert "Add to planner" not in browser.get(path, follow=True).content.decode()
    assert browser.post("/incidents/add/", sent()).status_code == 302
    given = sent(categories=[], alert_groups=[])
    assert browser.post(f"/incidents/{incident.pk}/actions/add/", given).status_code == 302
    assert (
        browser.post(f"/incidents/{incident.pk}/planner/", {"text": TEXT, "when": "hour"}).status_code == 403
    )
    assert reminders() == []


@pytest.mark.spec("INC-29")
def test_incomplete_reminder_keeps_what_was_typed_and_stores_nothing(client_for, cast, sent, add):
    from tenant_apps.incidents.models import Action, Incident

    browser = client_for(cast.lead)
    kept = add("Behaviour")
    wrong = {"planner-when": "at", "planner-date": "2020-01-01", "planner-time": "10:00"}
    for path in ("/incidents/add/", f"/incidents/{kept.pk}/actions/add/"):
        answer = browser.post(path, sent(categories=[], alert_groups=[], text=PLANTED) | wrong)
        page = answer.content.decode()
        assert answer.status_code == 422
        assert PLANTED in page
        assert TEXT in page
        assert 'href="#id_planner-date"' in page
        assert '<details class="stack-s" id="planner" open>' in page
    assert Incident.objects.count() == 1
    assert not Action.objects.exists()
    assert reminders() == []


def test_nothing_typed_sets_nothing(client_for, cast, sent):
    assert client_for(cast.lead).post("/incidents/add/", sent(**{"planner-text": " "})).status_code == 302
    assert reminders() == []


def test_draft_keeps_the_reminder(client_for, cast, sent):
    from core.db.keys import uuid7

    browser, key = client_for(cast.lead), uuid7()
    browser.post(f"/incidents/drafts/{key}/", sent(draft=str(key)))
    page = browser.get(f"/incidents/add/?draft={key}").content.decode()
    assert TEXT in page
    assert '<details class="stack-s" id="planner" open>' in page


def test_form_sent_twice_sets_one(client_for, cast, sent):
    browser, given = client_for(cast.lead), sent()
    for _ in range(2):
        assert browser.post("/incidents/add/", given).status_code == 302
    assert len(reminders()) == 1


@pytest.mark.spec("PLN-10", "SAF-10")
def test_reminder_about_what_one_may_not_read_any_more_shows_its_own_text_alone(client_for, cast, add, act):
    """Read by alert, deleted with its action, and kept from by a block."""
    from tenant_apps.incidents.services import (
        block_incident_reader,
        delete_action,
        delete_incident,
        mark_read,
        remind_of_action,
        remind_of_incident,
    )
    from tenant_apps.planner.selectors import own_reminders
    from tenant_apps.planner.services import ReminderGiven

    by = cast.teacher.access
    told = {"alert_user_ids": [cast.teacher.user.pk]}
    alerted, deleted, blocked, halved = (
        add("Child Protection", text=PLANTED, **told),
        add("Behaviour"),
        add("Behaviour"),
        add("Behaviour"),
    )
    action = act(halved)
    given = ReminderGiven(TEXT, timezone.now() + timedelta(hours=1))
    for incident in (alerted, deleted, blocked):
        remind_of_incident(incident_id=incident.pk, reminder=given, by=by)
    remind_of_action(action_id=action.pk, reminder=given, by=by)
    assert all(one.about for one in own_reminders(by))
    mark_read(incident_id=alerted.pk, by=by)
    delete_incident(incident_id=deleted.pk, reason="Twice.", by=cast.lead.access)
    block_incident_reader(incident_id=blocked.pk, user_id=cast.teacher.user.pk, by=cast.lead.access)
    delete_action(action_id=action.pk, reason="Twice.", by=cast.lead.access)
    assert [(one.text, one.about) for one in own_reminders(by)] == [(TEXT, None)] * 4
    home = client_for(cast.teacher).get("/").content.decode()
    assert home.count(f"<p>{TEXT}</p>") == 4
    reminders_part = home.split('id="reminders"')[1]
    for secret in (PLANTED, "incident no.", "Incident no.", str(alerted.pk), str(deleted.pk)):
        assert secret not in reminders_part


@pytest.mark.spec("EDT-14", "SAF-07")
def test_nobody_plans_what_they_may_not_read(client_for, cast, add, act):
    incident = add("Child Protection", alert_user_ids=[cast.pastoral.user.pk])
    action = act(incident)
    browser = client_for(cast.teacher)
    sent = {"text": TEXT, "when": "hour"}
    for path in (f"/incidents/{incident.pk}/planner/", f"/incidents/actions/{action.pk}/planner/"):
        assert browser.get(path).status_code == 404
        assert browser.post(path, sent).status_code == 404
    # Alerted to the incident, not to the action that came after.
    alerted = client_for(cast.pastoral)
    assert alerted.get(f"/incidents/{incident.pk}/planner/").status_code == 200
    assert alerted.get(f"/incidents/actions/{action.pk}/planner/").status_code == 404
    assert reminders() == []


@pytest.mark.spec("PLN-10", "EDT-15", "EDT-21")
def test_reminder_leads_to_where_its_record_went(cast, add, act, category):
    """A merged incident, an action taken out, and that one merged again."""
    from tenant_apps.incidents.services import (
        merge_incidents,
        remind_of_action,
        remind_of_incident,
        split_action,
    )
    from tenant_apps.planner.selectors import own_reminders
    from tenant_apps.planner.services import ReminderGiven

    by, lead = cast.teacher.access, cast.lead.access
    main, surplus, other = add("Behaviour"), add("Behaviour"), add("Behaviour")
    action = act(other)
    given = ReminderGiven(TEXT, timezone.now() + timedelta(hours=1))
    remind_of_incident(incident_id=surplus.pk, reminder=given, by=by)
    remind_of_action(action_id=action.pk, reminder=given, by=by)
    merge_incidents(surplus_id=surplus.pk, main_id=main.pk, by=lead)
    taken_out = split_action(action_id=action.pk, category_ids=[category("Behaviour")], by=lead)
    assert [one.about.label for one in own_reminders(by)] == [
        f"Incident no. {main.number}",
        f"Incident no. {taken_out.number}",
    ]
    merge_incidents(surplus_id=taken_out.pk, main_id=main.pk, by=lead)
    assert [one.about.url for one in own_reminders(by)] == [f"/incidents/{main.pk}/"] * 2


@pytest.mark.spec("PLN-10", "SAF-10")
def test_reminder_about_an_action_taken_out_of_reach_names_nothing(cast, add, act, category):
    from tenant_apps.incidents.selectors import latest_version
    from tenant_apps.incidents.services import edit_incident, remind_of_action, split_action
    from tenant_apps.planner.selectors import own_reminders
    from tenant_apps.planner.services import ReminderGiven

    by, lead = cast.teacher.access, cast.lead.access
    action = act(add("Behaviour"))
    given = ReminderGiven(TEXT, timezone.now() + timedelta(hours=1))
    remind_of_action(action_id=action.pk, reminder=given, by=by)
    taken_out = split_action(action_id=action.pk, category_ids=[category("Behaviour")], by=lead)
    edit_incident(
        incident_id=taken_out.pk,
        seen=latest_version(taken_out),
        text=taken_out.text,
        happened_at=taken_out.happened_at,
        category_ids=[category("Child Protection")],
        by=lead,
    )
    assert [(one.text, one.about) for one in own_reminders(by)] == [(TEXT, None)]


def test_queries_of_the_dashboard_do_not_grow_with_reminders(client_for, cast, add):
    from tenant_apps.incidents.services import remind_of_incident
    from tenant_apps.planner.services import ReminderGiven

    browser = client_for(cast.teacher)
    given = ReminderGiven(TEXT, timezone.now() + timedelta(hours=1))
    counts = []
    for number in (1, 2):
        for _ in range(number):
            remind_of_incident(incident_id=add("Behaviour").pk, reminder=given, by=cast.teacher.access)
        browser.get("/")
        with CaptureQueriesContext(connection) as queries:
            browser.get("/")
        counts.append(len(queries))
    assert counts[0] == counts[1]
