"""Splitting: an action that becomes an incident takes its own with it, and leaves nothing behind."""

import pytest

pytestmark = pytest.mark.django_db


@pytest.fixture
def under(cast, add, students_a, moment):
    """An incident with an action that has a file, an alert and a copy."""
    from core.db.keys import uuid7
    from tenant_apps.documents.services import receive
    from tenant_apps.incidents.services import LinkedStudent, add_action, claim_draft

    incident = add(
        "Behaviour",
        text="Old words.",
        alert_user_ids=[cast.pastoral.user.pk],
        linked=[LinkedStudent(students_a[1].pk, "sibling"), LinkedStudent(students_a[2].pk, "witness")],
    )
    draft = uuid7()
    claim_draft(cast.lead.access, draft)
    receive(iter([b"%PDF-1.4 x"]), name="letter.pdf", owner=("draft", draft), by=cast.lead.access)
    action = add_action(
        action_id=draft,
        incident_id=incident.pk,
        text="Words of its own.",
        happened_at=moment,
        copies_to_linked=False,
        alert_user_ids=[cast.support.user.pk],
        by=cast.lead.access,
    )
    return incident, action


@pytest.fixture
def split(cast, category):
    def make(action, *names, **changes):
        from tenant_apps.incidents.services import split_action

        given = {"category_ids": [category(name) for name in names or ("Behaviour",)], "by": cast.lead.access}
        return split_action(action_id=action.pk, **(given | changes))

    return make


@pytest.mark.spec("EDT-21")
def test_words_author_date_files_and_alert_go_along(client_for, cast, under, split, students_a):
    from tenant_apps.alerts.models import Alert
    from tenant_apps.alerts.selectors import unread_count

    incident, action = under
    out = split(action)
    assert (out.text, out.author_id, out.happened_at) == (action.text, action.author_id, action.happened_at)
    assert out.number not in (None, incident.number)
    alert = Alert.objects.get(recipient=cast.support.user)
    assert (alert.kind, alert.record_id, alert.root_id) == ("incident", out.pk, out.pk)
    assert unread_count(cast.support.access) == 1
    assert client_for(cast.support).get(f"/incidents/{out.pk}/").status_code == 200
    assert client_for(cast.support).get(f"/incidents/{incident.pk}/").status_code == 404
    page = client_for(cast.teacher).get(f"/students/{students_a[0].pk}/incidents/").content.decode()
    assert page.count("Words of its own.") == 1
    assert page.count("letter.pdf") == 1
    # Not copied to the linked students, it is none of theirs.
    assert set(out.participants.values_list("student", flat=True)) == {students_a[0].pk}
    for other in students_a[1:3]:
        shown = client_for(cast.lead).get(f"/students/{other.pk}/incidents/").content.decode()
        assert "Words of its own." not in shown


@pytest.mark.spec("EDT-20")
def test_starts_with_the_categories_of_its_incident_and_monitors(cast, under, split, category, students_a):
    from tenant_apps.monitoring.models import Monitoring

    incident, action = under
    out = split(action, "Behaviour", "Child Protection")
    assert set(out.carried.values_list("category", flat=True)) == {
        category("Behaviour"),
        category("Child Protection"),
    }
    assert incident.carried.count() == 1
    begun = Monitoring.objects.get(student=students_a[0], category=category("Child Protection"))
    assert (begun.source_kind, begun.source_id) == ("incident", out.pk)


@pytest.mark.spec("EDT-20")
def test_categories_out_of_sight_come_along(cast, under, split, category):
    """D9: who may not see a category cannot leave it behind."""
    from dataclasses import replace

    incident, action = under
    incident.carried.create(category_id=category("Child Protection"), is_leaf=True)
    blind = replace(
        cast.lead.access,
        view_incidents=cast.lead.access.view_incidents - {category("Attendance")},
        add_incidents=cast.lead.access.add_incidents - {category("Child Protection")},
    )
    out = split(action, by=blind)
    assert category("Child Protection") in set(out.carried.values_list("category", flat=True))


@pytest.mark.spec("SAF-06")
def test_blocks_of_its_incident_stand_on_it(client_for, cast, under, split):
    from tenant_apps.incidents.services import block_incident_reader

    incident, action = under
    block_incident_reader(incident_id=incident.pk, user_id=cast.teacher.user.pk, by=cast.head.access)
    out = split(action)
    assert client_for(cast.teacher).get(f"/incidents/{out.pk}/").status_code == 404
    assert client_for(cast.pastoral).get(f"/incidents/{out.pk}/").status_code != 404


@pytest.mark.spec("EDT-09", "EDT-12", "EDT-21")
def test_what_was_split_off_is_neither_edited_nor_restored(client_for, cast, under, split):
    from django.http import Http404

    from core.db.clock import now
    from tenant_apps.incidents import services

    incident, action = under
    out = split(action, "Child Protection")
    by = cast.lead.access
    for do in (
        lambda: services.restore_action(action_id=action.pk, by=by),
        lambda: services.delete_action(action_id=action.pk, reason="x", by=by),
        lambda: services.edit_action(action_id=action.pk, seen=None, text="x", happened_at=now(), by=by),
        lambda: split(action),
    ):
        with pytest.raises(Http404):
            do()
    editor = client_for(cast.head)
    assert "Words of its own." in editor.get(f"/incidents/actions/{action.pk}/history/").content.decode()
    services.block_incident_reader(incident_id=out.pk, user_id=cast.head.user.pk, by=by)
    # Taken out so that fewer read it: its history as an action is no way round.
    assert editor.get(f"/incidents/actions/{action.pk}/history/").status_code == 404
    assert editor.get(f"/incidents/{incident.pk}/").status_code != 404


@pytest.mark.spec("EDT-17", "EDT-20", "SAF-09")
def test_merged_part_taken_out_again_is_whole(client_for, cast, add, split, students_a):
    from tenant_apps.incidents.services import LinkedStudent, merge_incidents

    surplus = add("Behaviour", text="Out again.", linked=[LinkedStudent(students_a[1].pk, "witness")])
    main = add("Behaviour", text="Kept words.")
    merge_incidents(surplus_id=surplus.pk, main_id=main.pk, by=cast.lead.access)
    log = f"/students/{students_a[1].pk}/incidents/"
    assert "Out again." in client_for(cast.lead).get(log).content.decode()
    out = split(main.actions.get())
    theirs = client_for(cast.lead).get(log).content.decode()
    assert f"/incidents/{out.pk}/" in theirs
    assert theirs.count("Out again.") == 1
    link = out.participants.get(student=students_a[1])
    assert (link.part, link.link_role, link.shows_full) == ("linked", "witness", True)
    led = client_for(cast.lead).get(f"/incidents/{surplus.pk}/")
    assert led.headers["Location"] == f"/incidents/{out.pk}/"
