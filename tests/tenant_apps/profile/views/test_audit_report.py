""" "Audit Report": all activity about a pupil, an event only where its record is the reader's to see."""

import csv
import re
from html import unescape
from io import StringIO

import pytest

from tests.tenant_apps import conftest as incidents

pytestmark = [pytest.mark.django_db, pytest.mark.spec("STU-20")]

add, category, in_class, moment = incidents.add, incidents.category, incidents.in_class, incidents.moment


@pytest.fixture
def report(client_for, students_a):
    """The lines of the tab as the person sees them: who, what, about."""

    def read(person, query=""):
        answer = client_for(person).get(f"/students/{students_a[0].pk}/audit-report/{query}")
        assert answer.status_code == 200
        body = unescape(answer.content.decode())
        rows = re.findall(r"<tr>\s*<td.*?</tr>", body, re.DOTALL)
        cells = [re.findall(r"<td[^>]*>(.*?)</td>", row, re.DOTALL) for row in rows]
        return [tuple(re.sub("<[^>]+>", "", one).strip() for one in row[1:4]) for row in cells]

    return read


def test_it_tells_who_did_what_about_which_record(client_for, cast, add, report, students_a):
    incident = add("Behaviour")
    client_for(cast.teacher).get(f"/students/{students_a[0].pk}/")
    lines = report(cast.lead)
    assert (cast.lead.user.formal_name, "Added an incident", f"Incident no. {incident.number}") in lines
    assert cast.teacher.user.formal_name in [who for who, *_ in lines]
    assert "Started monitoring" in [what for _, what, _ in lines]
    assert (cast.lead.user.formal_name, "Opened the audit report of a student", "") in report(cast.lead)


def test_nothing_of_another_pupil_stands_in_it(cast, add, report, students_a):
    other = add("Behaviour", student_id=students_a[1].pk)
    assert f"Incident no. {other.number}" not in [about for *_, about in report(cast.lead)]


def test_events_of_records_that_are_not_open_are_not_there(cast, add, report):
    incident = add("Child Protection", alert_user_ids=[cast.deputy.user.pk])
    shown = report(cast.lead)
    assert f"Incident no. {incident.number}" in [about for *_, about in shown]
    assert "Alerted staff" in [what for _, what, _ in shown]
    seen = report(cast.teacher)
    assert not [line for line in seen if "incident" in line[1].lower() or "lert" in line[1]]
    assert "Started monitoring" not in [what for _, what, _ in seen]


@pytest.mark.spec("EDT-09")
def test_deleted_records_stand_there_for_editors_only(cast, add, report):
    from tenant_apps.incidents.services import delete_incident

    incident = add("Behaviour")
    name = f"Incident no. {incident.number}"
    assert name in [about for *_, about in report(cast.teacher)]
    delete_incident(incident_id=incident.pk, reason="The wrong child.", by=cast.lead.access)
    assert (cast.lead.user.formal_name, "Deleted an incident", name) in report(cast.lead)
    gone = report(cast.teacher)
    assert name not in [about for *_, about in gone]
    assert not [what for _, what, _ in gone if "incident" in what.lower()]


@pytest.mark.spec("SAF-25")
def test_a_moved_incident_stands_in_the_reports_of_both(cast, add, report, students_a):
    """The former pupil's log says nothing any more; their report says who moved what."""
    from tenant_apps.incidents.services import move_incident

    told = []
    for origin, target in ((0, 1), (1, 0)):
        incident = add("Behaviour", student_id=students_a[origin].pk)
        move_incident(
            incident_id=incident.pk, student_id=students_a[target].pk, reason="Twins.", by=cast.head.access
        )
        told.append(
            (
                cast.head.user.formal_name,
                "Moved an incident to another student",
                f"Incident no. {incident.number}",
            )
        )
    assert set(told) <= set(report(cast.lead))


@pytest.mark.attack("A32")
def test_the_last_day_there_is_breaks_nothing(report, cast):
    assert report(cast.lead, "?since=0001-01-01&until=9999-12-31") is not None


@pytest.mark.spec("TRN-08", "STU-20")
def test_what_went_with_training_mode_is_nobodys(cast, add, report):
    from tenant_apps.training.services import begin_training, end_training

    begin_training(by=cast.head.access)
    incident = add("Behaviour", is_practice=True)
    end_training(ticked=[incident.pk], shown=[incident.pk], by=cast.head.access)
    for person in (cast.lead, cast.head, cast.teacher):
        told = report(person)
        assert not [line for line in told if "incident" in line[1].lower() or line[2]], told


def test_blocks_are_known_to_those_alone_who_set_them(cast, add, report, students_a):
    from tenant_apps.incidents.services import block_incident_reader
    from tenant_apps.students.services import block_student_reader

    incident = add("Behaviour")
    block_incident_reader(incident_id=incident.pk, user_id=cast.support.user.pk, by=cast.lead.access)
    block_student_reader(student_id=students_a[0].pk, user_id=cast.support.user.pk, by=cast.lead.access)
    assert len([what for _, what, _ in report(cast.lead) if what.startswith("Kept somebody")]) == 2
    assert not [what for _, what, _ in report(cast.teacher) if what.startswith("Kept somebody")]


def test_it_needs_a_key_and_the_pupil(client_for, cast, students_a, in_class):
    path = f"/students/{students_a[0].pk}/audit-report/"
    assert client_for(cast.lead, elevated=False).get(path).status_code == 403
    assert (
        client_for(cast.lead).get(path.replace(str(students_a[0].pk), str(cast.lead.user.pk))).status_code
        == 404
    )


def test_pages_continue_by_the_last_line(client_for, cast, students_a, in_class, report):
    for _ in range(27):
        client_for(cast.head).get(f"/students/{students_a[0].pk}/")
    first = client_for(cast.lead).get(f"/students/{students_a[0].pk}/audit-report/").content.decode()
    assert first.count('<td class="nowrap">') == 25
    older = unescape(re.search(r'rel="next" href="([^"]+)"', first)[1])
    assert len(report(cast.lead, older)) >= 2
    oldest = report(cast.lead, "?oldest=on")
    assert oldest[-1][1] == "Opened a student's profile"


def test_filters_and_csv_hold_the_same_lines(client_for, cast, add, students_a, report):
    from core.audit.models import AuditEvent

    incident = add("Behaviour")
    add("Child Protection")
    chosen = report(cast.teacher, "?event=incident.added")
    assert [about for *_, about in chosen] == [f"Incident no. {incident.number}"]
    answer = client_for(cast.teacher).get(
        f"/students/{students_a[0].pk}/audit-report/csv/?event=incident.added"
    )
    rows = list(csv.reader(StringIO(b"".join(answer).decode("utf-8-sig"))))
    assert [row[3] for row in rows[1:]] == [f"Incident no. {incident.number}"]
    event = AuditEvent.objects.get(event="audit_report.exported")
    assert event.student_ids == [students_a[0].pk]


def test_queries_do_not_grow_with_the_lines(client_for, cast, add, students_a):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client, path = client_for(cast.lead), f"/students/{students_a[0].pk}/audit-report/"
    counts = []
    add("Behaviour")
    client.get(path)
    for _ in (1, 2):
        add("Behaviour")
        with CaptureQueriesContext(connection) as asked:
            client.get(path)
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_hidden_names_stay_hidden(client_for, cast, add, students_a):
    add("Behaviour")
    client = client_for(cast.lead)
    client.post("/hide-names/", {"names": "hide", "next": "/"})
    page = client.get(f"/students/{students_a[0].pk}/audit-report/").content.decode()
    assert students_a[0].legal_surname not in unescape(page)
