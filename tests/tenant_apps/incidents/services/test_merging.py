"""Merging: what becomes of everything that hangs on the surplus incident."""

import pytest

pytestmark = pytest.mark.django_db


@pytest.fixture
def act(cast):
    def make(incident, **changes):
        from core.db.clock import now
        from core.db.keys import uuid7
        from tenant_apps.incidents.services import add_action

        given = {"text": "Rang mum at work.", "happened_at": now(), "by": cast.lead.access}
        return add_action(action_id=uuid7(), incident_id=incident.pk, **(given | changes))

    return make


@pytest.fixture
def pair(cast, add, act, category, students_a):
    """A surplus incident with everything on it, and the one to keep."""
    from core.db.keys import uuid7
    from tenant_apps.documents.services import receive
    from tenant_apps.incidents.services import LinkedStudent, claim_draft

    draft = uuid7()
    claim_draft(cast.lead.access, draft)
    receive(iter([b"%PDF-1.4 x"]), name="note.pdf", owner=("draft", draft), by=cast.lead.access)
    main = add("Behaviour", text="Kept words.", linked=[LinkedStudent(students_a[1].pk, "sibling")])
    surplus = add(
        "Cause for Concern",
        text="Surplus words.",
        incident_id=draft,
        alert_user_ids=[cast.support.user.pk],
        linked=[
            LinkedStudent(students_a[2].pk, "witness"),
            LinkedStudent(students_a[3].pk, shows_full=False),
        ],
    )
    act(surplus, text="First follow-up.", alert_user_ids=[cast.teacher.user.pk])
    return surplus, main


def merge(pair, cast):
    from tenant_apps.incidents.services import merge_incidents

    surplus, main = pair
    merge_incidents(surplus_id=surplus.pk, main_id=main.pk, by=cast.lead.access)
    surplus.refresh_from_db()
    main.refresh_from_db()
    return main.actions.get(merged_from=surplus)


@pytest.mark.spec("EDT-17", "EDT-18")
def test_surplus_incident_is_an_action_with_all_that_it_had(client_for, cast, pair, students_a):
    surplus, main = pair
    number, written = main.number, (surplus.text, surplus.author_id, surplus.happened_at, surplus.recorded_at)
    action = merge(pair, cast)
    assert (action.text, action.author_id, action.happened_at, action.recorded_at) == written
    assert main.number == number
    page = client_for(cast.lead).get(f"/students/{students_a[0].pk}/incidents/").content.decode()
    assert page.count('<article class="sheet"') == 1
    for words in ("Kept words.", "Surplus words.", "First follow-up.", "note.pdf"):
        assert words in page
    assert surplus.versions.count() == 2
    history = client_for(cast.lead).get(f"/incidents/{main.pk}/history/").content.decode()
    assert f"Merged into this: incident no. {surplus.number}" in history
    assert f"/incidents/{surplus.pk}/history/" in history
    old = client_for(cast.lead).get(f"/incidents/{surplus.pk}/history/").content.decode()
    assert "Surplus words." in old
    assert f"Merged into incident no. {main.number}" in old
    # A deletion that restores itself would bring the words back twice.
    assert client_for(cast.lead).post(f"/incidents/{surplus.pk}/restore/").status_code == 404


@pytest.mark.spec("EDT-17", "EDT-18")
def test_categories_agencies_and_students_are_united(cast, pair, category):
    _, main = pair
    merge(pair, cast)
    carried = set(main.carried.filter(is_leaf=True).values_list("category", flat=True))
    assert carried == {category("Behaviour"), category("Cause for Concern")}
    assert main.participants.count() == 4


@pytest.mark.spec("SAF-09")
def test_linked_students_of_the_surplus_have_only_their_own_part(client_for, cast, pair, students_a):
    merge(pair, cast)
    client = client_for(cast.lead)
    logs = {n: client.get(f"/students/{students_a[n].pk}/incidents/").content.decode() for n in (1, 2, 3)}
    # Linked to the one that was kept: what it says, and nothing of the other.
    assert "Kept words." in logs[1]
    assert "Surplus words." not in logs[1]
    # Linked to the surplus one with its text: those words, and of the kept one its number.
    assert "Surplus words." in logs[2]
    assert "Kept words." not in logs[2]
    assert "First follow-up." not in logs[2]
    assert "ask the safeguarding team" in logs[2]
    # Linked to it by reference: the number.
    assert "Surplus words." not in logs[3]
    assert "ask the safeguarding team" in logs[3]
    words = client.get(f"/students/{students_a[2].pk}/incidents/").content.decode()
    assert students_a[1].legal_surname not in words.split('<ol class="chronology">')[1]


@pytest.mark.spec("EDT-17", "SAF-23")
def test_unread_alerts_move_over_and_nobody_is_alerted_twice(client_for, cast, pair):
    from tenant_apps.alerts.models import Alert
    from tenant_apps.alerts.selectors import unread_count, unread_for

    surplus, main = pair
    before = Alert.objects.count()
    assert client_for(cast.support).get(f"/incidents/{main.pk}/").status_code == 404
    merge(pair, cast)
    assert Alert.objects.count() == before
    assert not Alert.objects.filter(root_id=surplus.pk).exists()
    assert unread_count(cast.support.access) == 1
    assert [one.subject.url for one in unread_for(cast.support.access)[0]] == [f"/incidents/{main.pk}/"]
    assert client_for(cast.support).get(f"/incidents/{main.pk}/").status_code == 200
    # The address of before leads there, for whom it is open.
    led = client_for(cast.support).get(f"/incidents/{surplus.pk}/")
    assert led.headers["Location"] == f"/incidents/{main.pk}/"


@pytest.mark.spec("EDT-19")
def test_old_address_and_number_lead_nobody_further_than_before(client_for, cast, add):
    from tenant_apps.incidents.selectors import by_number
    from tenant_apps.incidents.services import merge_incidents

    surplus, main = add("Behaviour"), add("Child Protection")
    assert client_for(cast.teacher).get(f"/incidents/{surplus.pk}/").status_code == 302
    merge_incidents(surplus_id=surplus.pk, main_id=main.pk, by=cast.lead.access)
    assert client_for(cast.teacher).get(f"/incidents/{surplus.pk}/").status_code == 404
    assert by_number(cast.teacher.access, surplus.number) is None
    assert by_number(cast.lead.access, surplus.number).pk == main.pk


@pytest.mark.spec("SAF-06")
def test_blocks_of_both_stand_afterwards(client_for, cast, pair):
    from tenant_apps.incidents.services import block_incident_reader

    surplus, main = pair
    block_incident_reader(incident_id=surplus.pk, user_id=cast.pastoral.user.pk, by=cast.head.access)
    reader = client_for(cast.pastoral)
    assert reader.get(f"/incidents/{main.pk}/").status_code == 302
    merge(pair, cast)
    assert reader.get(f"/incidents/{main.pk}/").status_code == 404


@pytest.mark.spec("EDT-09", "EDT-18")
def test_deleted_action_stays_deleted_beneath_the_other(client_for, cast, pair, act, students_a):
    from tenant_apps.incidents.services import delete_action

    surplus, _ = pair
    gone = act(surplus, text="Never to be seen.")
    delete_action(action_id=gone.pk, reason="Wrong child.", by=cast.lead.access)
    merge(pair, cast)
    log = f"/students/{students_a[0].pk}/incidents/"
    assert "Never to be seen." not in client_for(cast.lead).get(log).content.decode()
    assert "Wrong child." in client_for(cast.lead).get(log).content.decode()
    assert "Wrong child." not in client_for(cast.teacher).get(log).content.decode()


@pytest.mark.spec("EDT-17")
def test_an_open_concern_stays_open_and_monitored(cast, add, category, students_a):
    from tenant_apps.incidents.services import merge_incidents
    from tenant_apps.monitoring.models import Monitoring

    surplus = add("Child Protection", assignee_id=cast.deputy.user.pk)
    main = add("Behaviour", status="closed")
    kept = merge_incidents(surplus_id=surplus.pk, main_id=main.pk, by=cast.lead.access)
    assert (kept.status, kept.assignee_id) == ("active", cast.deputy.user.pk)
    on = set(
        Monitoring.objects.filter(ended_at=None, student=students_a[0]).values_list("category", flat=True)
    )
    assert category("Child Protection") in on


@pytest.mark.spec("EDT-17", "EDT-19")
def test_only_incidents_of_one_student_are_merged_and_none_with_itself(cast, add, students_a):
    from tenant_apps.incidents.services import CannotMergeError, merge_incidents

    one, other = add("Behaviour"), add("Behaviour", student_id=students_a[1].pk)
    for surplus, main in ((one, other), (one, one)):
        with pytest.raises(CannotMergeError):
            merge_incidents(surplus_id=surplus.pk, main_id=main.pk, by=cast.lead.access)
    one.refresh_from_db()
    assert one.deleted_at is None


@pytest.mark.spec("EDT-17", "EDT-20")
def test_numbers_lead_on_through_two_merges_and_a_split(cast, add):
    from tenant_apps.incidents.selectors import by_number
    from tenant_apps.incidents.services import merge_incidents, split_action

    first, second, third = add("Behaviour"), add("Behaviour"), add("Behaviour")
    by = cast.lead.access
    merge_incidents(surplus_id=first.pk, main_id=second.pk, by=by)
    merge_incidents(surplus_id=second.pk, main_id=third.pk, by=by)
    assert by_number(by, first.number).pk == by_number(by, second.number).pk == third.pk
    part = third.actions.get(merged_from=first)
    out = split_action(
        action_id=part.pk, category_ids=third.carried.values_list("category", flat=True), by=by
    )
    assert by_number(by, first.number).pk == out.pk
    assert by_number(by, second.number).pk == third.pk
    assert out.number not in {first.number, second.number, third.number}
