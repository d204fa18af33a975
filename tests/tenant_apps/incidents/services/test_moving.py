"""Moving an incident that was written about the wrong student."""

import pytest

pytestmark = pytest.mark.django_db


@pytest.fixture
def move(cast, students_a):
    def make(incident, student=None, **changes):
        from tenant_apps.incidents.services import move_incident

        given = {
            "student_id": (student or students_a[1]).pk,
            "reason": "Wrong twin.",
            "by": cast.lead.access,
        }
        return move_incident(incident_id=incident.pk, **(given | changes))

    return make


def on(student):
    from tenant_apps.monitoring.models import Monitoring

    return set(Monitoring.objects.filter(student=student, ended_at=None).values_list("category", flat=True))


@pytest.mark.spec("SAF-25", "MON-02")
def test_monitoring_it_began_is_undone_and_begins_for_the_other(cast, add, move, category, students_a):
    from core.audit.models import AuditEvent

    incident = add("Child Protection")
    assert category("Child Protection") in on(students_a[0])
    move(incident)
    assert category("Child Protection") not in on(students_a[0])
    assert category("Child Protection") in on(students_a[1])
    undone = AuditEvent.objects.get(event="monitoring.undone")
    assert undone.student_ids == [students_a[0].pk]


@pytest.mark.spec("SAF-25", "MON-04")
def test_monitoring_goes_on_where_another_incident_asks_for_it(cast, add, move, category, students_a):
    from tenant_apps.monitoring.models import Monitoring
    from tenant_apps.monitoring.services import start

    first, second = add("Child Protection"), add("Child Protection")
    # Begun by hand: nobody's incident takes that away.
    start(
        student_ids=[students_a[0].pk],
        category_ids=[category("Attendance")],
        by=cast.lead.access,
        source=("hand", None),
    )
    move(first)
    assert {category("Child Protection"), category("Attendance")} <= on(students_a[0])
    row = Monitoring.objects.get(student=students_a[0], category=category("Child Protection"))
    assert row.source_id == second.pk
    move(second)
    assert category("Child Protection") not in on(students_a[0])
    assert category("Attendance") in on(students_a[0])


def test_what_it_began_before_an_edit_goes_on_where_another_asks(cast, add, move, category, students_a):
    from tenant_apps.incidents.selectors import latest_version
    from tenant_apps.incidents.services import edit_incident

    first, second = add("Child Protection"), add("Child Protection")
    edit_incident(
        incident_id=first.pk,
        seen=latest_version(first),
        text=first.text,
        happened_at=first.happened_at,
        category_ids=[category("Attendance")],
        by=cast.lead.access,
    )
    move(first)
    assert category("Child Protection") in on(students_a[0])
    move(second)
    assert category("Child Protection") not in on(students_a[0])


@pytest.mark.spec("SAF-25")
def test_those_alerted_are_told_without_content(cast, add, move, mailbox, run_outbox, students_a):
    from tenant_apps.incidents.services import mark_read
    from tenant_apps.students.services import block_student_reader

    told = [cast.teacher.user.pk, cast.support.user.pk, cast.pastoral.user.pk]
    incident = add("Behaviour", alert_user_ids=told)
    mark_read(incident_id=incident.pk, by=cast.teacher.access)
    # Whoever may not see the other student's records is not told of one.
    block_student_reader(student_id=students_a[1].pk, user_id=cast.pastoral.user.pk, by=cast.head.access)
    run_outbox()
    before = len(mailbox.messages())
    move(incident)
    run_outbox()
    mails = [one for one in mailbox.messages()[before:] if "moved" in str(one.message["Subject"])]
    assert {cast.teacher.email, cast.support.email} <= {mail.recipient for mail in mails}
    assert not {cast.pastoral.email, cast.lead.email} & {mail.recipient for mail in mails}
    for mail in mails:
        words = str(mail.message)
        for secret in ("corridor", "Behaviour", "Wrong twin", students_a[0].legal_surname):
            assert secret not in words


@pytest.mark.spec("SAF-25")
def test_actions_files_and_copies_go_along_and_both_histories_keep_it(
    client_for, cast, add, move, students_a, moment
):
    from core.audit.models import AuditEvent
    from core.db.keys import uuid7
    from tenant_apps.documents.models import DocumentStudent
    from tenant_apps.documents.services import receive
    from tenant_apps.incidents.services import LinkedStudent, add_action, claim_draft

    by, draft = cast.lead.access, uuid7()
    claim_draft(by, draft)
    receive(iter([b"%PDF-1.4 x"]), name="note.pdf", owner=("draft", draft), by=by)
    incident = add(
        "Behaviour",
        incident_id=draft,
        linked=[LinkedStudent(students_a[1].pk), LinkedStudent(students_a[2].pk)],
    )
    add_action(
        action_id=uuid7(),
        incident_id=incident.pk,
        text="For both.",
        happened_at=moment,
        copies_to_linked=True,
        by=by,
    )
    move(incident)
    parts = dict(incident.participants.values_list("student", "part"))
    assert parts == {students_a[1].pk: "main", students_a[2].pk: "linked"}
    vaults = set(DocumentStudent.objects.values_list("student", flat=True))
    assert vaults == {students_a[1].pk}
    theirs = client_for(cast.lead).get(f"/students/{students_a[1].pk}/incidents/").content.decode()
    for words in ("corridor", "For both.", "note.pdf"):
        assert words in theirs
    former = client_for(cast.lead).get(f"/students/{students_a[0].pk}/incidents/").content.decode()
    for words in ("corridor", "For both.", "note.pdf", str(incident.pk)):
        assert words not in former
    event = AuditEvent.objects.get(event="incident.moved")
    assert {students_a[0].pk, students_a[1].pk} <= set(event.student_ids)
    assert event.detail == {"from": str(students_a[0].pk), "to": str(students_a[1].pk)}
    last = incident.versions.latest("made_at", "id").snapshot
    assert last["event"]["reason"] == "Wrong twin."


@pytest.mark.spec("SAF-25", "EDT-02")
def test_reason_another_student_and_the_permission_are_needed(cast, add, move, students_a):
    from django.core.exceptions import PermissionDenied

    incident = add("Behaviour")
    with pytest.raises(PermissionDenied):
        move(incident, by=cast.teacher.access)
    for wrong in ({"reason": "  "}, {"student": students_a[0]}):
        with pytest.raises(ValueError, match="A move has a reason"):
            move(incident, **wrong)
    assert incident.participants.get().student_id == students_a[0].pk


@pytest.mark.spec("SAF-23", "SAF-25", "USR-39")
def test_rules_of_the_other_student_alert_now(cast, add, move, students_a):
    from core.db.clock import now
    from tenant_apps.alerts.models import Alert, AutomaticAlert

    AutomaticAlert.objects.create(
        user=cast.teacher.user, student=students_a[1], set_by=cast.head.user, set_at=now()
    )
    incident = add("Behaviour")
    assert not Alert.objects.filter(recipient=cast.teacher.user).exists()
    move(incident)
    assert Alert.objects.get(recipient=cast.teacher.user).reason == "automatic"
    move(incident, students_a[0])
    move(incident)
    assert Alert.objects.filter(recipient=cast.teacher.user).count() == 1
