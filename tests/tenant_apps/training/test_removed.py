"""What went with training mode is on no screen; it stays in the tables, and comes back on request alone."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

pytestmark = pytest.mark.django_db


@pytest.fixture
def gone(training, add, act, end, cast):
    """An incident that editors, a teacher and its author knew, with an action; both removed."""
    told = [cast.teacher.user.pk, cast.support.user.pk]
    incident = add("Behaviour", alert_user_ids=told, assignee_id=cast.teacher.user.pk, is_practice=True)
    action = act(incident, is_practice=True, alert_user_ids=told)
    end(incident, action)
    return incident, action


@pytest.mark.spec("TRN-08")
def test_it_is_on_no_screen_of_nobody(client_for, cast, gone, students_a):
    incident, action = gone
    log = f"/students/{students_a[0].pk}/incidents/"
    pages = [
        "/",
        log,
        f"{log}pdf/",
        f"/incidents/{incident.pk}/",
        f"/incidents/{incident.pk}/print/",
        f"/incidents/{incident.pk}/history/",
        f"/incidents/{incident.pk}/edit/",
        f"/incidents/{incident.pk}/told/",
        f"/incidents/{incident.pk}/withdraw/",
        f"/incidents/actions/{action.pk}/history/",
        f"/students/{students_a[0].pk}/",
        f"/admin/users/{cast.lead.user.pk}/audits/",
        "/admin/settings/training/",
    ]
    for person in (cast.lead, cast.head, cast.teacher, cast.support):
        for elevated in (True, False):
            client = client_for(person, elevated=elevated)
            for page in pages:
                answer = client.get(page)
                words = answer.content.decode("utf-8", "replace")
                for trace in ("corridor", "Rang mum", str(incident.pk), f"no. {incident.number}"):
                    assert answer.status_code in (403, 404) or trace not in words, (person, page, trace)


@pytest.mark.spec("TRN-08")
def test_it_is_in_no_count_and_no_list(cast, gone, students_a):
    from tenant_apps.alerts.selectors import unread_count, unread_count_of
    from tenant_apps.incidents import selectors
    from tenant_apps.incidents.services.leaving import count_assigned

    incident, action = gone
    for person in (cast.lead, cast.head, cast.teacher, cast.support):
        access = person.access
        assert unread_count(access) == unread_count_of(person.user.pk) == 0
        assert not selectors.may_read_incident(access, incident.pk)
        assert not selectors.may_read_action(access, action.pk)
        assert selectors.assigned_to(access) == selectors.history_of(access) == []
        assert selectors.last_telling(access) is None
        assert selectors.chronology_page(access, students_a[0].pk).entries == []
        assert list(selectors.whole_chronology(access, students_a[0].pk)) == []
    assert count_assigned(cast.teacher.user.pk) == 0


def test_rows_versions_and_alerts_stay(gone):
    from tenant_apps.alerts.models import Alert
    from tenant_apps.incidents.models import Action, Incident

    incident, action = gone
    kept = Incident.every.get(pk=incident.pk)
    assert (kept.text, kept.training) == ("Pushed in the corridor by the hall.", "practice")
    assert kept.removed_at
    assert Action.every.get(pk=action.pk).removed_at == kept.removed_at
    assert kept.versions.count() == 2
    assert Alert.objects.filter(root_id=incident.pk).exists()


def test_its_number_is_not_used_twice(gone, add):
    assert add().number == gone[0].number + 1


def test_the_same_form_sent_again_makes_nothing(gone, add):
    from tenant_apps.incidents.models import Incident

    incident, _ = gone
    again = add(incident_id=incident.pk, happened_at=incident.happened_at)
    assert again.pk == incident.pk
    assert not Incident.objects.exists()


def test_no_mail_of_it_is_sent_afterwards(gone, mailbox, run_outbox):
    run_outbox()
    assert not [mail for mail in mailbox.messages() if "you have an alert" in mail.message["Subject"]]


def test_a_draft_of_an_action_beneath_it_goes_too(training, add, end, cast):
    from core.db.keys import uuid7
    from tenant_apps.incidents.selectors import open_drafts
    from tenant_apps.incidents.services import save_draft

    incident, content = add(is_practice=True), {"text": ["Rang mum."]}
    save_draft(draft_id=uuid7(), incident_id=incident.pk, content=content, by=cast.lead.access)
    assert len(open_drafts(cast.lead.access)) == 1
    end(incident)
    assert open_drafts(cast.lead.access) == []


def test_deleted_practice_goes_with_an_administrator_who_sees_none(training, add, end, cast):
    from tenant_apps.incidents.models import Incident
    from tenant_apps.incidents.services import delete_incident

    incident = add(is_practice=True)
    delete_incident(incident_id=incident.pk, reason="Tried it.", by=cast.lead.access)
    end(by=cast.data.access)
    assert not Incident.objects.exists()


def test_each_that_goes_is_in_the_audit(gone, students_a):
    from core.audit.models import AuditEvent

    incident, action = gone
    for event, written in (("incident.removed", incident), ("action.removed", action)):
        assert AuditEvent.objects.get(event=event).record_id == written.pk
        assert AuditEvent.objects.get(event=event).student_ids == [students_a[0].pk]


@pytest.mark.spec("TRN-08")
def test_provider_brings_it_back_on_written_request(client_for, cast, gone, school_a, run_outbox, students_a):
    from core.audit.models import AuditEvent

    incident, action = gone
    said = StringIO()
    ask = {"school": school_a.schema_name, "number": [incident.number], "stdout": said}
    with pytest.raises(CommandError):
        call_command("restore_training_entries", request="a letter by Ms Price", **ask)
    call_command("restore_training_entries", request="R-1042", **ask)
    assert "will bring them back" in said.getvalue()
    run_outbox()
    log = client_for(cast.lead).get(f"/students/{students_a[0].pk}/incidents/").content.decode()
    assert "corridor" in log
    assert "Rang mum" in log
    assert ">Practice<" not in log
    shown = client_for(cast.head).get("/admin/settings/training/").content.decode()
    assert "brought 2 entries of training mode back" in shown
    assert "R-1042" in shown
    assert AuditEvent.objects.filter(event="training.returned", detail__request="R-1042").count() == 1
    assert AuditEvent.objects.filter(event="incident.returned", record_id=incident.pk).exists()
    assert AuditEvent.objects.filter(event="action.returned", record_id=action.pk).exists()


def test_nobody_of_the_school_brings_anything_back(gone, cast):
    from django.core.exceptions import PermissionDenied

    from tenant_apps.training.services import return_entries

    with pytest.raises(PermissionDenied):
        return_entries(numbers=[gone[0].number], request="R-1", by=cast.head.access)


@pytest.mark.spec("TRN-03")
def test_while_it_is_on_entries_say_that_they_are_practice(client_for, cast, training, add, act, students_a):
    from tests.pdf_text import words_of

    incident = add(is_practice=True, alert_user_ids=[cast.teacher.user.pk])
    act(incident, is_practice=True)
    log = f"/students/{students_a[0].pk}/incidents/"
    teacher, lead = client_for(cast.teacher), client_for(cast.lead)
    assert teacher.get(log).content.decode().count(">Practice<") == 2
    assert ">Practice<" in teacher.get("/").content.decode()
    assert ">Practice<" in client_for(cast.lead, elevated=False).get("/").content.decode()
    printed = words_of(lead.get(f"{log}pdf/").content)
    assert "1 of the incidents is practice, made in training mode.".replace(" ", "") in printed
    assert "Practice,madeintrainingmode" in printed
    assert "practice" in words_of(lead.get(f"/incidents/{incident.pk}/print/").content)


def test_the_author_finds_the_choice_again_in_a_draft(client_for, cast, training):
    from core.db.keys import uuid7

    client, draft = client_for(cast.lead), uuid7()
    client.post(f"/incidents/drafts/{draft}/", {"text": "Came in late.", "training": "practice"})
    page = client.get(f"/incidents/add/?draft={draft}").content.decode()
    assert 'value="practice" checked' in page


@pytest.mark.spec("TRN-06", "EDT-15")
def test_merged_practice_is_one_entry_and_its_number_leads_on_when_kept(cast, training, add, end):
    """An editor and an administrator who is none alike."""
    from tenant_apps.incidents.models import Incident
    from tenant_apps.incidents.selectors import by_number
    from tenant_apps.incidents.services import merge_incidents
    from tenant_apps.training.selectors import lines_of, mode

    main, surplus = add(is_practice=True), add(is_practice=True)
    merge_incidents(surplus_id=surplus.pk, main_id=main.pk, by=cast.lead.access)
    for person in (cast.head, cast.data):
        lines = lines_of(person.access, since=mode().since)
        assert [line.entry.kind for line in lines] == ["Incident", "Action"]
        assert surplus.pk not in {line.entry.id for line in lines}
    end(by=cast.data.access)
    assert by_number(cast.lead.access, surplus.number) == main
    assert not Incident.every.filter(training="practice").exists()


@pytest.mark.spec("TRN-08", "EDT-20")
def test_practice_stands_in_no_way_of_the_real_action_taken_out_of_it(
    cast, training, add, act, end, category
):
    from tenant_apps.incidents.models import Incident
    from tenant_apps.incidents.services import split_action

    practice = add(is_practice=True)
    real = split_action(action_id=act(practice).pk, category_ids=[category("Behaviour")], by=cast.lead.access)
    assert end(practice) == 1
    assert list(Incident.objects.values_list("pk", "training")) == [(real.pk, "real")]


@pytest.mark.spec("TRN-07", "TRN-08")
def test_deleted_practice_with_something_real_beneath_stays_and_training_can_end(
    cast, training, add, act, end
):
    """Ended by an administrator who may not see that there is such an incident."""
    from tenant_apps.incidents.models import Incident
    from tenant_apps.incidents.services import delete_incident

    incident = add(is_practice=True)
    act(incident)
    delete_incident(incident_id=incident.pk, reason="Tried it.", by=cast.lead.access)
    assert end(by=cast.data.access) == 0
    kept = Incident.objects.get(pk=incident.pk)
    assert kept.deleted_at
    assert kept.training == "real"


@pytest.mark.spec("SAF-25", "TRN-08")
def test_what_comes_back_beneath_a_moved_incident_shows_its_files_there_alone(
    cast, training, add, end, students_a, moment
):
    from core.access import SYSTEM
    from core.db.keys import uuid7
    from tenant_apps.documents.models import DocumentStudent
    from tenant_apps.documents.services import receive
    from tenant_apps.incidents.services import add_action, claim_draft, move_incident
    from tenant_apps.training.services import return_entries

    incident, key, by = add(), uuid7(), cast.lead.access
    claim_draft(by, key)
    receive(iter([b"%PDF-1.4 x"]), name="note.pdf", owner=("draft", key), by=by)
    given = {"text": "Rang mum.", "happened_at": moment, "is_practice": True, "by": by}
    end(add_action(action_id=key, incident_id=incident.pk, **given))
    move_incident(incident_id=incident.pk, student_id=students_a[1].pk, reason="Wrong twin.", by=by)
    return_entries(numbers=[incident.number], request="R-1", by=SYSTEM)
    assert set(DocumentStudent.objects.values_list("student", flat=True)) == {students_a[1].pk}
