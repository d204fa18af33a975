""" "Merge", "Split as Incident" and "Move to another student" as editors find them."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.html import escape

pytestmark = pytest.mark.django_db


def confirm(client, path, given):
    """Posts the form, with the change of readers confirmed where that is asked."""
    answer = client.post(path, given)
    if answer.status_code == 422:
        key = answer.content.decode().split('name="confirm_readers" value="')[1].split('"')[0]
        answer = client.post(path, given | {"confirm_readers": key})
    return answer


@pytest.fixture
def act(cast):
    def make(incident, **changes):
        from core.db.clock import now
        from core.db.keys import uuid7
        from tenant_apps.incidents.services import add_action

        given = {"text": "Rang mum at work.", "happened_at": now(), "by": cast.lead.access}
        return add_action(action_id=uuid7(), incident_id=incident.pk, **(given | changes))

    return make


@pytest.mark.spec("EDT-15", "EDT-16", "EDT-17")
def test_search_previews_and_a_second_merge_carries_it_out(client_for, cast, add):
    from core.audit.models import AuditEvent

    surplus, main = add("Behaviour", text="Surplus words."), add("Behaviour", text="Kept words.")
    client, path = client_for(cast.lead), f"/incidents/{surplus.pk}/merge/"
    asked = client.get(path).content.decode()
    for label in ("Incident ID Number", "Search"):
        assert label in asked
    shown = client.get(path, {"number": main.number})
    assert "Kept words." in shown.content.decode()
    assert AuditEvent.objects.get(event="incident.searched").record_id == main.pk
    surplus.refresh_from_db()
    assert surplus.merged_into_id is None
    assert main.actions.count() == 0
    assert confirm(client, path, {"into": str(main.pk)}).status_code == 302
    assert main.actions.get().text == "Surplus words."
    event = AuditEvent.objects.get(event="incident.merged")
    assert (event.record_id, event.detail["merged"]) == (main.pk, str(surplus.pk))
    assert client.post(path, {"into": str(main.pk)}).status_code == 404


@pytest.mark.spec("EDT-19")
def test_unknown_own_hidden_and_deleted_numbers_find_the_same_nothing(
    client_for, cast, add, category, students_a
):
    from tenant_apps.incidents.services import block_incident_reader, delete_incident
    from tenant_apps.staff.models import CategoryPermission, StaffMember

    surplus = add("Behaviour")
    secret = add("Child Protection", text="Secret words.")
    blocked = add("Behaviour", text="Secret words.")
    gone = add("Behaviour", text="Secret words.")
    block_incident_reader(incident_id=blocked.pk, user_id=cast.lead.user.pk, by=cast.head.access)
    delete_incident(incident_id=gone.pk, reason="x", by=cast.head.access)
    group = StaffMember.objects.get(user=cast.lead.user).group_id
    CategoryPermission.objects.filter(group=group, category=category("Child Protection")).update(
        view_incidents=False
    )
    client, path = client_for(cast.lead), f"/incidents/{surplus.pk}/merge/"
    answers = set()
    for number in (surplus.number, secret.number, blocked.number, gone.number, 99_999):
        answer = client.get(path, {"number": number})
        assert answer.status_code == 422
        page = answer.content.decode()
        assert "Secret words." not in page
        answers.add(page.split('class="error"')[1].split("Error: </span>")[1].split("</p>")[0])
    assert len(answers) == 1
    for hidden in (secret, blocked, gone):
        assert client.post(path, {"into": str(hidden.pk)}).status_code == 404
    other = add("Behaviour", text="Of another pupil.", student_id=students_a[1].pk)
    answer = client.get(path, {"number": other.number})
    assert "another student" in answer.content.decode()
    assert client.post(path, {"into": str(other.pk)}).status_code == 404


@pytest.mark.spec("EDT-15", "EDT-17")
def test_wider_circle_is_named_and_confirmed_before_merging(client_for, cast, add):
    """D9: the teacher may read Behaviour, and was alerted to nothing of Child Protection."""
    from core.audit.models import AuditEvent

    surplus = add("Behaviour", alert_user_ids=[cast.support.user.pk])
    main = add("Early Help")
    client, path = client_for(cast.lead), f"/incidents/{surplus.pk}/merge/"
    asked = client.post(path, {"into": str(main.pk)})
    assert asked.status_code == 422
    page = asked.content.decode()
    assert cast.support.user.full_name in page.split("Will be able to read it:")[1].split("</p>")[0]
    assert main.actions.count() == 0
    assert client.post(path, {"into": str(main.pk), "confirm_readers": "x"}).status_code == 422
    assert confirm(client, path, {"into": str(main.pk)}).status_code == 302
    assert AuditEvent.objects.filter(event="incident.readers_changed").exists()


@pytest.mark.spec("EDT-15", "EDT-20", "SAF-25", "EDT-02")
def test_only_editors_are_offered_and_may_do_it(client_for, cast, add, act, students_a):
    incident = add("Behaviour")
    action = act(incident)
    paths = {
        "Merge": f"/incidents/{incident.pk}/merge/",
        "Move to another student": f"/incidents/{incident.pk}/move/",
        "Split as Incident": f"/incidents/actions/{action.pk}/split/",
    }
    log = f"/students/{students_a[0].pk}/incidents/"
    editor, reader = client_for(cast.lead), client_for(cast.teacher)
    shown, others = editor.get(log).content.decode(), reader.get(log).content.decode()
    for label, path in paths.items():
        assert label in shown
        assert path in shown
        assert label not in others
        assert path not in others
        assert reader.get(path).status_code == 403
        assert reader.post(path, {}).status_code == 403


@pytest.mark.spec("EDT-20", "EDT-21")
def test_split_stands_by_itself_in_date_order(client_for, cast, add, act, students_a, moment, category):
    incident = add("Behaviour", text="Old words.")
    action = act(incident, text="Words of its own.", happened_at=moment)
    client, path = client_for(cast.lead), f"/incidents/actions/{action.pk}/split/"
    form = client.get(path).content.decode()
    assert "Words of its own." in form
    ticked = form.split(f'value="{category("Behaviour")}"')[1].split(">")[0]
    assert "checked" in ticked
    given = {"categories": [str(category("Behaviour"))]}
    assert confirm(client, path, given).status_code == 302
    log = client.get(f"/students/{students_a[0].pk}/incidents/").content.decode()
    assert log.count('<article class="sheet"') == 2
    assert "1 action" not in log
    history = client.get(f"/incidents/{incident.pk}/history/").content.decode()
    assert "An action was taken out: it is incident no. " in history
    # Sent twice, it makes one.
    assert client.post(path, given).status_code == 404


@pytest.mark.spec("SAF-25")
def test_move_asks_for_student_and_reason(client_for, cast, add, students_a):
    incident = add("Behaviour", text="About whom?")
    client, path = client_for(cast.lead), f"/incidents/{incident.pk}/move/"
    refused = client.post(path, {"student": [str(students_a[1].pk)], "reason": " "})
    assert refused.status_code == 422
    assert "the reason is kept" in refused.content.decode()
    assert client.post(path, {"student": [str(students_a[0].pk)], "reason": "x"}).status_code == 422
    given = {"student": [str(students_a[1].pk)], "reason": "Wrong twin."}
    assert confirm(client, path, given).status_code == 302
    assert "About whom?" in client.get(f"/students/{students_a[1].pk}/incidents/").content.decode()
    assert "About whom?" not in client.get(f"/students/{students_a[0].pk}/incidents/").content.decode()
    history = client.get(f"/incidents/{incident.pk}/history/").content.decode()
    assert "Reason: Wrong twin." in history
    assert escape(students_a[0].legal_surname) in history
    client.post("/hide-names/", {})
    assert (
        students_a[0].legal_surname not in client.get(f"/incidents/{incident.pk}/history/").content.decode()
    )


def test_queries_of_the_preview_do_not_grow(client_for, cast, add, act):
    surplus, main = add("Behaviour"), add("Behaviour")
    client, path = client_for(cast.lead), f"/incidents/{surplus.pk}/merge/"
    counts = []
    for more in (1, 2):
        for _ in range(more):
            act(main)
        with CaptureQueriesContext(connection) as queries:
            client.get(path, {"number": main.number})
        counts.append(len(queries))
    assert counts[0] == counts[1]
