"""What an alert alone opens: the incident as it stood then, and the actions one wrote or was alerted to."""

from datetime import timedelta

import pytest

from tests.pdf_text import words_of

pytestmark = [pytest.mark.django_db, pytest.mark.spec("SAF-07")]

THEN, LATER = "first-words-of-the-corridor", "zebra-lantern-77"


@pytest.fixture
def alerted(add, cast, moment):
    """A Child Protection incident that the teacher was alerted to; nothing else opens it to them."""
    users = [cast.teacher.user.pk, cast.support.user.pk]
    return add("Child Protection", text=f"{THEN} heard.", alert_user_ids=users, at=moment)


@pytest.fixture
def edit(cast, category, moment):
    """An editor's change half an hour after the alert, or later."""
    from tenant_apps.incidents.selectors import latest_version
    from tenant_apps.incidents.services import edit_incident

    def make(incident, minutes=30, **changes):
        given = {
            "text": f"{LATER} heard.",
            "happened_at": incident.happened_at,
            "category_ids": [category("Child Protection")],
            "seen": latest_version(incident),
            "by": cast.lead.access,
            "at": moment + timedelta(minutes=minutes),
        }
        return edit_incident(incident_id=incident.pk, **(given | changes))

    return make


@pytest.fixture
def act(cast, moment):
    def make(incident, minutes=20, **changes):
        from core.db.keys import uuid7
        from tenant_apps.incidents.services import add_action

        at = moment + timedelta(minutes=minutes)
        given = {"text": "Rang mum.", "happened_at": at, "by": cast.lead.access, "at": at}
        return add_action(action_id=uuid7(), incident_id=incident.pk, **(given | changes))

    return make


def page_of(client_for, who, incident, *, elevated=True):
    return client_for(who, elevated=elevated).get(f"/incidents/{incident.pk}/", follow=True).content.decode()


@pytest.mark.parametrize("elevated", [True, False])
def test_alert_alone_opens_the_words_and_categories_of_then(
    client_for, cast, alerted, edit, category, students_a, elevated
):
    from tenant_apps.incidents.services import LinkedStudent

    edit(
        alerted,
        category_ids=[category("Child Protection"), category("Medical")],
        links=[LinkedStudent(students_a[3].pk, shows_full=True)],
    )
    page = page_of(client_for, cast.teacher, alerted, elevated=elevated)
    assert THEN in page
    assert "as it stood when you were alerted" in page
    added_later = str(students_a[3].legal_surname)
    for secret in (LATER, added_later, "Medical"):
        assert secret not in page
    everything = page_of(client_for, cast.lead, alerted)
    assert LATER in everything
    assert added_later in everything
    home = client_for(cast.teacher, elevated=elevated).get("/").content.decode()
    line = home.split(f"/incidents/{alerted.pk}/")[1][:1500]
    assert "Medical" not in line


def test_second_alert_moves_the_moment(client_for, cast, add, edit, moment):
    incident = add("Child Protection", text=f"{THEN} heard.", at=moment)
    assert page_of(client_for, cast.teacher, incident).count(THEN) == 0
    edit(incident, 20, alert_user_ids=[cast.teacher.user.pk])
    edit(incident, 40, text="swan-candle-12 heard.")
    page = page_of(client_for, cast.teacher, incident)
    assert LATER in page
    assert THEN not in page
    assert "swan-candle-12" not in page


def test_actions_of_others_stay_out_unless_one_was_alerted(client_for, cast, alerted, act):
    act(alerted, text=f"{LATER} rang.")
    told = act(alerted, 25, text="otter-window-9 rang.", alert_user_ids=[cast.teacher.user.pk])
    act(alerted, 26, text="own-answer-31 rang.", by=cast.teacher.access)
    page = page_of(client_for, cast.teacher, alerted)
    assert LATER not in page
    assert "otter-window-9" in page
    assert "own-answer-31" in page
    form = client_for(cast.teacher).get(f"/incidents/{alerted.pk}/actions/add/").content.decode()
    assert LATER not in form
    from tenant_apps.incidents.selectors import latest_version
    from tenant_apps.incidents.services import edit_action

    edit_action(
        action_id=told.pk,
        seen=latest_version(told),
        text=f"{LATER} after all.",
        happened_at=told.happened_at,
        by=cast.lead.access,
    )
    page = page_of(client_for, cast.teacher, alerted)
    assert LATER not in page
    assert "otter-window-9" in page
    assert page_of(client_for, cast.lead, alerted).count(LATER) == 2


def test_category_that_waited_then_is_not_named_once_confirmed(client_for, cast, add, act, category, moment):
    from tenant_apps.incidents.models import ActionCategory
    from tenant_apps.incidents.services import decide_waiting_category

    incident = add("Early Help", alert_user_ids=[cast.support.user.pk], at=moment)
    act(incident, text="own-answer-31", by=cast.support.plain_access, category_ids=[category("Behaviour")])
    decide_waiting_category(waiting_id=ActionCategory.objects.get().pk, is_accepted=True, by=cast.lead.access)
    page = page_of(client_for, cast.support, incident, elevated=False)
    assert "own-answer-31" in page
    assert "Behaviour" not in page


def test_files_of_later_and_of_others_actions_stay_shut(client_for, cast, alerted, act, settings, tmp_path):
    from core.db.keys import uuid7
    from tenant_apps.documents.services import receive
    from tenant_apps.incidents.services import add_action

    settings.DOCUMENTS_DIR = str(tmp_path)
    late = receive([b"later"], name=f"{LATER}.txt", owner=("incident", alerted.pk), by=cast.lead.access)
    key = uuid7()
    drafted = receive([b"told"], name="otter.txt", owner=("draft", key), by=cast.lead.access)
    told = {"alert_user_ids": [cast.teacher.user.pk]}
    given = {"text": "Rang.", "happened_at": alerted.happened_at, "by": cast.lead.access}
    add_action(action_id=key, incident_id=alerted.pk, **given, **told)
    other = act(alerted)
    shut = receive([b"other"], name=f"{LATER}-2.txt", owner=("action", other.pk), by=cast.lead.access)
    page = page_of(client_for, cast.teacher, alerted)
    assert LATER not in page
    assert "otter.txt" in page
    teacher, lead = client_for(cast.teacher), client_for(cast.lead)
    assert [teacher.get(f"/documents/{one.pk}/").status_code for one in (late, shut, drafted)] == [
        404,
        404,
        200,
    ]
    assert [lead.get(f"/documents/{one.pk}/").status_code for one in (late, shut)] == [200, 200]


def test_print_view_holds_the_words_of_then(client_for, cast, alerted, edit, act):
    edit(alerted)
    act(alerted, 35, text="otter-window-9 rang.")
    words = words_of(client_for(cast.teacher).get(f"/incidents/{alerted.pk}/print/").content)
    assert THEN in words
    assert LATER not in words
    assert "otter-window-9" not in words


def test_assigned_read_what_stands_now(client_for, cast, add, edit, moment):
    incident = add("Child Protection", text=f"{THEN} heard.", assignee_id=cast.teacher.user.pk, at=moment)
    edit(incident)
    assert LATER in page_of(client_for, cast.teacher, incident)


def test_editor_whom_an_alert_alone_let_in_changes_nothing(client_for, cast, alerted, edit, act, moment):
    """Nor do they find the later words in forms and histories."""
    from core.access.enums import SystemPermission
    from tenant_apps.incidents.models import Incident
    from tenant_apps.staff.models import StaffMember

    edit(alerted)
    action = act(alerted, 35, text=f"{LATER} rang.")
    group = StaffMember.objects.get(user=cast.teacher.user).group
    group.system_permissions = [*group.system_permissions, SystemPermission.EDIT_INCIDENTS.value]
    group.save()
    client = client_for(cast.teacher)
    page = client.get(f"/incidents/{alerted.pk}/").content.decode()
    assert ">Edit<" not in page
    assert "Status and assignee" not in page
    for path, expected in [
        *((f"/incidents/{alerted.pk}/{end}/", 403) for end in ("edit", "delete", "history", "status")),
        *((f"/incidents/actions/{action.pk}/{end}/", 403) for end in ("edit", "history")),
        (f"/incidents/actions/{action.pk}/delete/", 404),
    ]:
        answer = client.get(path)
        assert answer.status_code == expected, path
        assert LATER not in answer.content.decode()
    answer = client.post(f"/incidents/{alerted.pk}/status/", {"status": "closed", "assign_to": ""})
    assert answer.status_code == 403
    assert Incident.objects.get(pk=alerted.pk).status == "active"


@pytest.mark.spec("SAF-09", "EDT-17")
def test_what_ones_alert_was_merged_into_shows_that_part_alone(client_for, cast, add, act, moment, category):
    from tenant_apps.alerts.models import Alert
    from tenant_apps.incidents.services import merge_incidents

    main = add("Child Protection", "Medical", text=f"{LATER} heard.", at=moment)
    told = {"alert_user_ids": [cast.teacher.user.pk]}
    surplus = add("Child Protection", text=f"{THEN} heard.", at=moment + timedelta(minutes=5), **told)
    merge_incidents(
        surplus_id=surplus.pk, main_id=main.pk, by=cast.lead.access, at=moment + timedelta(minutes=30)
    )
    client = client_for(cast.teacher)
    page = page_of(client_for, cast.teacher, main)
    assert THEN in page
    assert "Of it you see that part alone." in page
    assert "mark as read" in page
    print_view = words_of(client.get(f"/incidents/{main.pk}/print/").content)
    home = client.get("/").content.decode()
    for shown in (page, print_view, home.split(f"/incidents/{main.pk}/")[1][:1500]):
        assert LATER not in shown
        assert "Medical" not in shown
    # Alerted to it anew they read what stands then.
    act(main, 40, text="Rang home.", **told)
    assert Alert.objects.filter(recipient=cast.teacher.user, root_id=main.pk).count() == 2
    assert LATER in page_of(client_for, cast.teacher, main)
