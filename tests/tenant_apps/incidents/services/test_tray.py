"""Incidents about nobody on the list: whom they alert, who reads them, and what becomes of them."""

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404

from core.access import SYSTEM
from core.db.keys import uuid7
from core.web.hiding import ShownAs, hiding
from tenant_apps.incidents import selectors, services
from tenant_apps.incidents.models import Incident, IncidentVersion

pytestmark = pytest.mark.django_db

TYPED = ("Quentin Marrowdusk", "3 Oak")


@pytest.fixture
def add_unlisted(add):
    def make(*categories, about="not_listed", **changes):
        unlisted = services.Unlisted(about, *(TYPED if about == "not_listed" else ()))
        given = {"student_id": None, "unlisted": unlisted, "text": "Quentin said marrowdusk is his name."}
        return add(*categories, **(given | changes))

    return make


@pytest.fixture
def restricted(in_class, cast):
    """Tutor groups are restricted, and the class is the teacher's."""
    from tenant_apps.classes.models import ClassAccess, RestrictedKind

    RestrictedKind.objects.create(kind="tutor")
    ClassAccess.objects.create(group=in_class, user=cast.teacher.user)


def alerted_to(incident):
    from tenant_apps.alerts.selectors import recipient_ids

    return set(recipient_ids(incident.pk))


def default_team():
    from tenant_apps.staff.selectors import default_alert_group, members_of

    return set(members_of([default_alert_group().id]))


@pytest.mark.spec("SAF-16")
def test_alerts_the_default_group_besides_those_chosen(add_unlisted, cast):
    incident = add_unlisted(by=cast.support.access, alert_user_ids=[cast.pastoral.user.pk])
    assert default_team()
    assert alerted_to(incident) == default_team() | {cast.pastoral.user.pk}


@pytest.mark.spec("SAF-16")
def test_somebody_else_is_alerted_where_the_author_is_the_whole_default_group(add_unlisted, cast):
    from tenant_apps.staff.models import AlertGroupMember
    from tenant_apps.staff.selectors import default_alert_group

    members = AlertGroupMember.objects.filter(group=default_alert_group().id)
    members.exclude(user=cast.lead.user).delete()
    incident = add_unlisted(by=cast.lead.access, alert_user_ids=[cast.pastoral.user.pk])
    assert alerted_to(incident) > {cast.pastoral.user.pk}
    assert cast.lead.user.pk not in alerted_to(incident)


@pytest.mark.spec("SAF-16")
def test_waits_in_the_tray_of_those_whose_categories_hold_it(add_unlisted, cast):
    protected = add_unlisted("Child Protection")
    plain = add_unlisted("Behaviour", about="nobody")

    def waiting(person):
        return {line.id for line in selectors.tray_page(person.access).waiting}

    assert waiting(cast.lead) == {protected.pk, plain.pk}
    assert protected.pk not in waiting(cast.teacher)
    assert waiting(cast.support) == waiting(cast.data) == set()
    assert selectors.tray_count(cast.support.access) is None


@pytest.mark.spec("SAF-16")
def test_class_restrictions_keep_it_from_those_limited_to_classes(add_unlisted, cast, restricted):
    """It is of no class: only who sees everybody sees it, until it is attached."""
    incident = add_unlisted("Behaviour")
    assert selectors.tray_page(cast.teacher.access).waiting == []
    with pytest.raises(Http404):
        selectors.get_incident(cast.teacher.access, incident.pk)
    readers = selectors.readers_of(incident).user_ids
    assert cast.teacher.user.pk not in readers
    assert cast.lead.user.pk in readers


@pytest.mark.spec("SAF-16")
def test_number_of_readers_before_adding_is_that_after_it(add_unlisted, cast, restricted, category):
    from tenant_apps.categories.selectors import category_map

    incident = add_unlisted("Behaviour", by=cast.support.access)
    before = selectors.readers_if_added(
        category_ids=[category("Behaviour")],
        student_ids=[],
        is_unlisted=True,
        alerted=default_team(),
        assignee_id=None,
        categories=category_map(),
    )
    assert before.user_ids == selectors.readers_of(incident).user_ids


@pytest.mark.spec("SAF-16")
def test_attached_it_stands_in_the_log_with_files_monitoring_and_automatic_alerts(
    add_unlisted, students_a, cast, category
):
    from tenant_apps.alerts.services import set_rules_of
    from tenant_apps.documents.selectors import documents_of
    from tenant_apps.documents.services import receive
    from tenant_apps.monitoring.selectors import monitored_now

    pupil = students_a[1].pk
    set_rules_of(user_id=cast.head.user.pk, wanted={("student", pupil): False}, by=cast.data.access)
    draft = uuid7()
    receive([b"A letter."], name="letter.txt", owner=("draft", draft), by=cast.lead.access)
    incident = add_unlisted("Behaviour", incident_id=draft)
    assert cast.head.user.pk not in alerted_to(incident) - default_team()
    assert [entry.id for entry in selectors.whole_chronology(cast.lead.access, pupil)] == []

    services.attach_incident(incident_id=incident.pk, student_id=pupil, by=cast.lead.access)

    (entry,) = selectors.whole_chronology(cast.lead.access, pupil)
    assert (entry.id, entry.main.student.id, entry.whom) == (incident.pk, pupil, "")
    assert [file.name for file in entry.files] == ["letter.txt"]
    assert len(documents_of("incident", [incident.pk])[incident.pk]) == 1
    assert cast.head.user.pk in alerted_to(incident)
    on = monitored_now(cast.lead.access, [pupil])[pupil]
    assert category("Behaviour") in {view.id for view in on}
    assert selectors.tray_page(cast.lead.access).waiting == []


@pytest.mark.spec("SAF-16")
def test_attaching_is_audited_and_kept_as_a_version(add_unlisted, students_a, cast):
    from core.audit.models import AuditEvent

    incident = add_unlisted("Behaviour")
    services.attach_incident(incident_id=incident.pk, student_id=students_a[1].pk, by=cast.lead.access)
    event = AuditEvent.objects.get(event="incident.attached")
    assert event.student_ids == [students_a[1].pk]
    assert "Marrowdusk" not in str(event.detail)
    assert IncidentVersion.objects.filter(incident=incident).count() == 2
    latest = selectors.incident_history(cast.lead.access, incident).versions[0]
    change = next(change for change in latest.changes if change.label == "Student")
    assert change.before == "Not in the list: Quentin Marrowdusk, 3 Oak"
    assert change.after == selectors.entry_for(cast.lead.access, incident).main.student.name


@pytest.mark.spec("SAF-16")
def test_linked_student_can_become_the_one_it_is_about(add_unlisted, students_a, cast):
    pupil = students_a[1].pk
    incident = add_unlisted("Behaviour", linked=[services.LinkedStudent(pupil, shows_full=False)])
    services.attach_incident(incident_id=incident.pk, student_id=pupil, by=cast.lead.access)
    part = incident.participants.get()
    assert (part.student_id, part.part, part.shows_full) == (pupil, "main", True)


@pytest.mark.spec("SAF-16")
def test_attached_to_a_pupil_it_is_kept_from_whom_that_pupil_is(add_unlisted, students_a, cast):
    from tenant_apps.students.services import block_student_reader

    incident = add_unlisted("Behaviour", alert_user_ids=[cast.pastoral.user.pk])
    assert selectors.may_read_incident(cast.pastoral.access, incident.pk)
    block_student_reader(student_id=students_a[1].pk, user_id=cast.pastoral.user.pk, by=cast.head.access)
    readers = selectors.readers_if_attached(cast.lead.access, incident.pk, students_a[1].pk)
    assert readers.lost == {cast.pastoral.user.pk}
    services.attach_incident(incident_id=incident.pk, student_id=students_a[1].pk, by=cast.lead.access)
    assert not selectors.may_read_incident(cast.pastoral.access, incident.pk)


@pytest.mark.spec("SAF-16")
def test_kept_it_stays_without_a_student_and_can_be_attached_later(add_unlisted, students_a, cast):
    incident = add_unlisted("Behaviour", about="nobody")
    services.keep_unattached(incident_id=incident.pk, by=cast.lead.access)
    page = selectors.tray_page(cast.lead.access)
    assert ([line.id for line in page.waiting], [line.id for line in page.kept]) == ([], [incident.pk])
    assert page.kept[0].whom == "Not about one pupil"
    services.attach_incident(incident_id=incident.pk, student_id=students_a[0].pk, by=cast.lead.access)
    assert selectors.tray_page(cast.lead.access).kept == []


@pytest.mark.spec("SAF-16")
def test_only_a_key_user_who_may_read_it_decides_and_once(add_unlisted, students_a, cast):
    incident = add_unlisted("Child Protection")
    given = {"incident_id": incident.pk, "student_id": students_a[0].pk}
    for person, refusal in ((cast.support, PermissionDenied), (cast.teacher, Http404)):
        with pytest.raises(refusal):
            services.attach_incident(**given, by=person.access)
        with pytest.raises(refusal):
            services.keep_unattached(incident_id=incident.pk, by=person.access)
    assert not incident.participants.exists()
    services.attach_incident(**given, by=cast.lead.access)
    with pytest.raises(Http404):
        services.attach_incident(incident_id=incident.pk, student_id=students_a[1].pk, by=cast.lead.access)
    assert incident.participants.count() == 1


@pytest.mark.spec("SAF-16")
def test_the_same_form_twice_makes_one(add_unlisted):
    draft = uuid7()
    first = add_unlisted("Behaviour", incident_id=draft)
    assert add_unlisted("Behaviour", incident_id=draft).pk == first.pk
    other = services.Unlisted("not_listed", "Somebody Else")
    assert add_unlisted("Behaviour", incident_id=draft, unlisted=other).pk != first.pk
    assert Incident.objects.count() == 2


@pytest.mark.spec("SAF-16")
def test_edited_deleted_and_restored_like_any_other(add_unlisted, cast):
    from core.db.clock import now

    incident = add_unlisted("Behaviour")
    stands = selectors.editable_incident(cast.head.access, incident.pk)
    services.edit_incident(
        incident_id=incident.pk,
        seen=stands.seen,
        text="Said it again.",
        happened_at=stands.happened_at,
        category_ids=stands.filed,
        by=cast.head.access,
    )
    services.add_action(
        action_id=uuid7(), incident_id=incident.pk, text="Asked.", happened_at=now(), by=cast.lead.access
    )
    services.delete_incident(incident_id=incident.pk, reason="Quentin asked.", by=cast.head.access)
    page = selectors.tray_page(cast.head.access)
    assert (page.waiting, [line.id for line in page.removed]) == ([], [incident.pk])
    assert selectors.tray_page(cast.teacher.access).removed == []
    services.restore_incident(incident_id=incident.pk, by=cast.head.access)
    assert [line.id for line in selectors.tray_page(cast.head.access).waiting] == [incident.pk]


@pytest.mark.spec("SAF-16", "EDT-18")
def test_what_is_split_off_lies_in_the_tray_as_well(add_unlisted, cast, category):
    from core.db.clock import now

    incident = add_unlisted("Behaviour")
    action = services.add_action(
        action_id=uuid7(), incident_id=incident.pk, text="Another.", happened_at=now(), by=cast.lead.access
    )
    made = services.split_action(
        action_id=action.pk, category_ids=[category("Behaviour")], by=cast.head.access
    )
    waiting = {line.id: line.whom for line in selectors.tray_page(cast.head.access).waiting}
    assert set(waiting) == {incident.pk, made.pk}
    assert len(set(waiting.values())) == 1


@pytest.mark.spec("SAF-16", "EXT-03")
@pytest.mark.parametrize("mode", [ShownAs.STARS, ShownAs.BLOCK])
def test_typed_name_is_hidden_like_a_pupils(add_unlisted, cast, mode):
    incident = add_unlisted("Behaviour")
    with hiding(mode):
        entry = selectors.entry_for(cast.lead.access, incident)
        line = selectors.tray_page(cast.lead.access).waiting[0]
        history = selectors.incident_history(cast.lead.access, incident)
    for words in (entry.whom, entry.text, line.whom, str(history)):
        assert words
        assert "uentin" not in words
        assert "arrowdusk" not in words


@pytest.mark.spec("SAF-16")
def test_an_import_cannot_leave_out_whom_it_is_about(add):
    with pytest.raises(ValueError, match="about a student"):
        add("Behaviour", student_id=None, by=SYSTEM, source="MIS")
