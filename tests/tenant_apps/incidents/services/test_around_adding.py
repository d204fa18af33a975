"""What "Add Incident" sets off: alerts, mails, assignment, monitoring, files, links."""

import pytest

pytestmark = pytest.mark.django_db

SECRET = "the words of the record itself"


@pytest.mark.spec("INC-31", "INC-32", "INC-33", "SAF-59", "SAF-11")
def test_each_alerted_person_gets_an_alert_and_a_mail_that_tells_nothing(
    add, cast, students_a, mailbox, run_outbox
):
    from tenant_apps.alerts.selectors import unread_count

    mailbox.clear()
    add("Cause for Concern", text=SECRET, alert_user_ids=[cast.deputy.user.pk, cast.teacher.user.pk])
    run_outbox()
    mails = {mail.recipient: mail.message for mail in mailbox.messages()}
    assert {cast.deputy.user.email, cast.teacher.user.email} <= set(mails)
    text = mails[cast.teacher.user.email].get_body(("plain",)).get_content()
    assert cast.lead.user.formal_name in text
    assert "Cause for Concern" in text
    assert "Log in to read it" in text
    for mail in mails.values():
        for name in (SECRET, students_a[0].legal_surname, students_a[0].legal_forename):
            assert name not in mail.as_string()
        assert cast.lead.user.last_name not in mail["Subject"]
    assert unread_count(cast.deputy.access) == 1


@pytest.mark.spec("INC-24")
def test_person_chosen_twice_gets_one_alert_and_one_mail(add, cast, mailbox, run_outbox):
    from tenant_apps.alerts.models import Alert
    from tenant_apps.staff.selectors import default_alert_group

    mailbox.clear()
    add(alert_user_ids=[cast.deputy.user.pk], alert_group_ids=[default_alert_group().id])
    run_outbox()
    assert Alert.objects.filter(recipient=cast.deputy.user).count() == 1
    assert [mail.recipient for mail in mailbox.messages()].count(cast.deputy.user.email) == 1


@pytest.mark.spec("INC-35")
def test_assignee_gets_a_mail_and_the_incident_in_my_assigned(add, cast, mailbox, run_outbox):
    from tenant_apps.incidents.selectors import assigned_to

    mailbox.clear()
    incident = add(assignee_id=cast.deputy.user.pk)
    run_outbox()
    mail = next(
        mail.message
        for mail in mailbox.messages()
        if mail.recipient == cast.deputy.user.email and "assigned" in mail.message["Subject"]
    )
    assert "has assigned an incident" in mail.get_body(("plain",)).get_content()
    assert [line.id for line in assigned_to(cast.deputy.access)] == [incident.pk]


@pytest.mark.spec("INC-36", "INC-15", "MON-02")
def test_student_becomes_monitored_and_linked_ones_only_when_ticked(add, cast, students_a):
    from tenant_apps.incidents.services import LinkedStudent
    from tenant_apps.monitoring.selectors import monitored_now

    ids = [students_a[0].pk, students_a[1].pk, students_a[2].pk]
    add(linked=[LinkedStudent(students_a[1].pk)])
    now = monitored_now(cast.lead.access, ids)
    assert [view.name for view in now[ids[0]]] == ["Behaviour"]
    assert now[ids[1]] == []
    add(student_id=ids[2], linked=[LinkedStudent(ids[1])], monitor_linked=True)
    now = monitored_now(cast.lead.access, ids)
    assert [view.name for view in now[ids[1]]] == ["Behaviour"]


@pytest.mark.spec("INC-37", "INC-16", "DOC-04", "ACT-18")
def test_files_follow_the_incident_and_open_only_with_it(add, cast, students_a):
    from django.http import Http404

    from core.db.keys import uuid7
    from tenant_apps.documents.models import DocumentStudent
    from tenant_apps.documents.selectors import get_document
    from tenant_apps.documents.services import receive
    from tenant_apps.incidents.services import LinkedStudent, claim_draft

    draft, by = uuid7(), cast.lead.access
    assert claim_draft(by, draft)
    document = receive(iter([b"%PDF-1.4 notes"]), name="notes.pdf", owner=("draft", draft), by=by)
    add(
        "Child Protection",
        incident_id=draft,
        linked=[LinkedStudent(students_a[1].pk)],
        share_documents=True,
    )
    assert get_document(cast.deputy.access, document.pk).name == "notes.pdf"
    with pytest.raises(Http404):
        get_document(cast.teacher.access, document.pk)
    students = set(DocumentStudent.objects.filter(document=document.pk).values_list("student", flat=True))
    assert students == {students_a[0].pk, students_a[1].pk}


@pytest.mark.spec("INC-14")
def test_incident_stands_in_the_log_of_each_linked_student_and_is_one_row(add, cast, students_a):
    from tenant_apps.incidents.models import Incident
    from tenant_apps.incidents.selectors import chronology_page
    from tenant_apps.incidents.services import LinkedStudent

    incident = add(linked=[LinkedStudent(students_a[1].pk), LinkedStudent(students_a[2].pk)])
    for student in students_a[:3]:
        assert [entry.id for entry in chronology_page(cast.lead.access, student.pk).entries] == [incident.pk]
    assert Incident.objects.count() == 1


@pytest.mark.spec("INC-30")
def test_whole_incident_is_kept_as_a_version_and_audited(add, cast, students_a):
    from core.audit.models import AuditEvent
    from tenant_apps.incidents.models import IncidentVersion

    incident = add(text=SECRET)
    version = IncidentVersion.objects.get(incident=incident)
    assert version.snapshot["text"] == SECRET
    assert version.made_by_id == cast.lead.user.pk
    event = AuditEvent.objects.get(event="incident.added")
    assert event.student_ids == [students_a[0].pk]
    assert event.user_id == cast.lead.user.pk
    assert SECRET not in str(event.detail)


@pytest.mark.spec("SAF-15")
def test_nobody_chosen_alerts_the_default_group(add, cast):
    from tenant_apps.alerts.models import Alert

    add("Cause for Concern", by=cast.support.access)
    people = set(Alert.objects.values_list("recipient", flat=True))
    assert people == {cast.lead.user.pk, cast.deputy.user.pk}
