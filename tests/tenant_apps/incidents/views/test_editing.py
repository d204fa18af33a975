"""Editing incidents and actions, and the history of what stood before."""

from datetime import timedelta

import pytest
from django.utils import timezone

pytestmark = pytest.mark.django_db


def seen(client, path):
    """The version that the form carries."""
    page = client.get(path).content.decode()
    return page.split('name="seen" value="')[1].split('"')[0]


def save(client, path, given):
    """Posts the form, with the change of readers confirmed where that is asked."""
    answer = client.post(path, given)
    if answer.status_code == 422:
        key = answer.content.decode().split('name="confirm_readers" value="')[1].split('"')[0]
        answer = client.post(path, given | {"confirm_readers": key})
    assert answer.status_code == 302


@pytest.fixture
def typed(in_a, category):
    def make(written, client=None, path="", **changes):
        local = timezone.localtime(written.happened_at)
        given = {
            "text": "Pushed twice in the corridor by the hall.",
            "happened_on": f"{local:%Y-%m-%d}",
            "happened_time": f"{local:%H:%M}",
            "categories": [str(category("Behaviour"))],
        }
        if client:
            given["seen"] = seen(client, path)
        return given | changes

    return make


@pytest.fixture
def act(cast):
    def make(incident, **changes):
        from core.db.clock import now
        from core.db.keys import uuid7
        from tenant_apps.incidents.services import add_action

        given = {"text": "Rang mum.", "happened_at": now(), "by": cast.lead.access}
        return add_action(action_id=uuid7(), incident_id=incident.pk, **(given | changes))

    return make


@pytest.mark.spec("EDT-01", "EDT-02")
def test_only_editors_find_and_open_edit_and_history(client_for, cast, add, act, students_a):
    incident = add("Behaviour")
    action = act(incident)
    paths = [
        f"/incidents/{incident.pk}/edit/",
        f"/incidents/{incident.pk}/history/",
        f"/incidents/actions/{action.pk}/edit/",
        f"/incidents/actions/{action.pk}/history/",
    ]
    log = f"/students/{students_a[0].pk}/incidents/"
    editor, reader = client_for(cast.lead), client_for(cast.teacher)
    shown, others = editor.get(log).content.decode(), reader.get(log).content.decode()
    assert "Pushed in the corridor" in others
    for path in paths:
        assert path in shown
        assert path not in others
        assert editor.get(path).status_code == 200
        refused = reader.get(path)
        assert refused.status_code == 403
        assert b"corridor" not in refused.content
        assert reader.post(path, {"text": "Mine"}).status_code in (403, 405)
    incident.refresh_from_db()
    assert incident.text == "Pushed in the corridor by the hall."


@pytest.mark.spec("EDT-03", "EDT-06", "EDT-07")
def test_edit_changes_the_incident_and_keeps_what_stood(client_for, cast, add, typed, students_a):
    incident = add("Behaviour")
    client, path = client_for(cast.lead), f"/incidents/{incident.pk}/edit/"
    assert "Pushed in the corridor by the hall.</textarea>" in client.get(path).content.decode()
    assert client.post(path, typed(incident, client, path)).status_code == 302
    incident.refresh_from_db()
    assert incident.text == "Pushed twice in the corridor by the hall."
    assert incident.edited_at is not None
    assert incident.author_id == cast.lead.user.pk
    first, second = incident.versions.order_by("made_at", "id")
    assert first.snapshot["text"] == "Pushed in the corridor by the hall."
    assert second.made_by_id == cast.lead.user.pk
    assert "edited " in client.get(f"/students/{students_a[0].pk}/incidents/").content.decode()
    history = client.get(f"/incidents/{incident.pk}/history/").content.decode()
    assert "twice" in history.split("<ins>")[1].split("</ins>")[0]
    assert "First version" in history
    assert cast.lead.user.full_name in history


@pytest.mark.spec("EDT-06")
def test_nothing_changed_keeps_no_version(client_for, cast, add, typed):
    incident = add("Behaviour")
    client, path = client_for(cast.lead), f"/incidents/{incident.pk}/edit/"
    client.post(path, typed(incident, client, path, text=incident.text))
    incident.refresh_from_db()
    assert incident.edited_at is None
    assert incident.versions.count() == 1


@pytest.mark.spec("EDT-03", "EDT-07")
def test_edit_changes_an_action(client_for, cast, add, act, typed):
    action = act(add("Behaviour"))
    client, path = client_for(cast.lead), f"/incidents/actions/{action.pk}/edit/"
    given = typed(action, client, path, text="Rang mum and <b>dad</b>.")
    assert client.post(path, given).status_code == 302
    action.refresh_from_db()
    assert action.text == "Rang mum and <b>dad</b>."
    assert action.edited_at is not None
    history = client.get(f"/incidents/actions/{action.pk}/history/").content.decode()
    assert "&lt;b&gt;dad&lt;/b&gt;" in history
    assert "<b>dad" not in history
    assert action.versions.count() == 2


@pytest.mark.spec("EDT-04")
def test_further_alerts_and_linked_students(client_for, cast, add, typed, students_a):
    from tenant_apps.alerts.models import Alert

    incident = add("Behaviour")
    client, path = client_for(cast.lead), f"/incidents/{incident.pk}/edit/"
    page = client.get(path).content.decode()
    assert page.index("Alert Staff Members") < page.index("Linked student(s)") < page.index("</textarea>")
    further = {"linked": [str(students_a[1].pk)], "alert_staff": [str(cast.support.user.pk)]}
    save(client, path, typed(incident, client, path) | further)
    assert Alert.objects.filter(recipient=cast.support.user, record_id=incident.pk).exists()
    link = incident.participants.get(student=students_a[1])
    assert (link.link_role, link.shows_full) == ("", False)
    other_log = f"/students/{students_a[1].pk}/incidents/"
    assert "corridor" not in client.get(other_log).content.decode()
    role = {f"role_{link.student_id}": "sibling", f"full_{link.student_id}": "on"}
    save(client, path, typed(incident, client, path) | role)
    link.refresh_from_db()
    assert (link.link_role, link.shows_full) == ("sibling", True)
    assert "corridor" in client.get(other_log).content.decode()
    history = client.get(f"/incidents/{incident.pk}/history/").content.decode()
    assert "(sibling)" in history


def test_categories_out_of_sight_survive_the_edit(client_for, cast, add, typed, category):
    """D9: who may not see a category neither learns of it nor takes it off."""
    from tenant_apps.staff.models import CategoryPermission, StaffMember

    incident = add("Behaviour", "Attendance")
    group = StaffMember.objects.get(user=cast.lead.user).group_id
    CategoryPermission.objects.filter(group=group, category=category("Attendance")).update(
        view_incidents=False
    )
    client, path = client_for(cast.lead), f"/incidents/{incident.pk}/edit/"
    page = client.get(path).content.decode()
    assert "Stays as well" not in page
    given = typed(incident, client, path, categories=[str(category("Cause for Concern"))])
    save(client, path, given)
    carried = set(incident.carried.values_list("category", flat=True))
    assert carried == {category("Attendance"), category("Cause for Concern")}
    assert "Attendance" not in client.get(f"/incidents/{incident.pk}/history/").content.decode()


def test_wider_circle_is_confirmed_and_audited(client_for, cast, add, typed, category):
    from core.audit.models import AuditEvent

    incident = add("Child Protection")
    client, path = client_for(cast.lead), f"/incidents/{incident.pk}/edit/"
    given = typed(incident, client, path, text="No longer child protection.")
    asked = client.post(path, given)
    assert asked.status_code == 422
    page = asked.content.decode()
    assert "This changes who can read the incident" in page
    assert "Teachers" in page
    assert "No longer child protection.</textarea>" in page
    assert client.post(path, given | {"confirm_readers": "on"}).status_code == 422
    incident.refresh_from_db()
    assert incident.edited_at is None
    key = page.split('name="confirm_readers" value="')[1].split('"')[0]
    assert client.post(path, given | {"confirm_readers": key}).status_code == 302
    assert set(incident.carried.values_list("category", flat=True)) == {category("Behaviour")}
    assert AuditEvent.objects.filter(event="incident.readers_changed").count() == 1
    assert AuditEvent.objects.filter(event="incident.edited").count() == 1


@pytest.mark.fault("F27")
def test_second_editor_is_told_and_both_texts_are_kept(client_for, cast, add, typed):
    incident = add("Behaviour")
    path = f"/incidents/{incident.pk}/edit/"
    first, second = client_for(cast.lead), client_for(cast.head)
    mine = typed(incident, second, path, text="Pushed by the gate <i>twice</i>.")
    first.post(path, typed(incident, first, path, text="Pushed by the hall, on purpose."))
    told = second.post(path, mine)
    assert told.status_code == 409
    page = told.content.decode()
    assert "Somebody else saved a change while you were writing" in page
    assert "Pushed by the hall, on purpose." in page
    assert "Pushed by the gate &lt;i&gt;twice&lt;/i&gt;.</textarea>" in page
    assert "<i>twice" not in page
    incident.refresh_from_db()
    assert incident.text == "Pushed by the hall, on purpose."
    again = mine | {"seen": page.split('name="seen" value="')[1].split('"')[0]}
    assert second.post(path, again).status_code == 302
    texts = [version.snapshot["text"] for version in incident.versions.order_by("made_at", "id")]
    assert texts[1:] == ["Pushed by the hall, on purpose.", "Pushed by the gate <i>twice</i>."]


@pytest.mark.attack("A14")
def test_extra_fields_decide_nothing_in_the_form(client_for, cast, add, typed, students_a):
    incident = add("Behaviour")
    before = (incident.author_id, incident.recorded_at, incident.number, incident.status)
    client, path = client_for(cast.lead), f"/incidents/{incident.pk}/edit/"
    forged = {
        "author": str(cast.head.user.pk),
        "recorded_at": "2001-01-01T00:00:00Z",
        "number": "777",
        "status": "closed",
        "edited_at": "2001-01-01T00:00:00Z",
        "deleted_at": "2001-01-01T00:00:00Z",
        f"role_{students_a[0].pk}": "alleged",
        f"full_{students_a[2].pk}": "on",
        "linked": [str(students_a[0].pk)],
    }
    assert client.post(path, typed(incident, client, path) | forged).status_code == 422
    del forged["linked"]
    client.post(path, typed(incident, client, path) | forged)
    incident.refresh_from_db()
    assert (incident.author_id, incident.recorded_at, incident.number, incident.status) == before
    assert incident.deleted_at is None
    assert incident.edited_at.year > 2020
    assert [part.link_role for part in incident.participants.all()] == [""]


@pytest.mark.attack("A15")
def test_permission_taken_away_while_the_form_stands_open(client_for, cast, add, typed):
    from tenant_apps.staff.models import StaffMember, UserGroup

    incident = add("Behaviour")
    client, path = client_for(cast.lead), f"/incidents/{incident.pk}/edit/"
    given = typed(incident, client, path)
    StaffMember.objects.filter(user=cast.lead.user).update(group=UserGroup.objects.get(name="Teachers"))
    assert client.post(path, given).status_code == 403
    incident.refresh_from_db()
    assert incident.text == "Pushed in the corridor by the hall."


def test_queries_of_the_history_do_not_grow(client_for, cast, add):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from core.db.clock import now
    from tenant_apps.incidents.selectors import latest_version
    from tenant_apps.incidents.services import edit_incident

    incident = add("Behaviour")
    client, path = client_for(cast.lead), f"/incidents/{incident.pk}/history/"

    def edited(text):
        edit_incident(
            incident_id=incident.pk,
            seen=latest_version(incident),
            text=text,
            happened_at=now() - timedelta(hours=2),
            category_ids=incident.carried.values_list("category", flat=True),
            by=cast.lead.access,
        )

    counts = []
    for texts in (["a"], ["b", "c", "d"]):
        for text in texts:
            edited(text)
        client.get(path)
        with CaptureQueriesContext(connection) as queries:
            client.get(path)
        counts.append(len(queries))
    assert counts[0] == counts[1]
