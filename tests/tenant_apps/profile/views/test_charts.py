"""The charts of "Overview": over what the reader may see listed, with a table under each."""

import re
from datetime import timedelta
from html import unescape

import pytest

from tests.tenant_apps import conftest as incidents

pytestmark = pytest.mark.django_db

add, category, in_class, moment = incidents.add, incidents.category, incidents.in_class, incidents.moment


@pytest.fixture
def section(client_for, students_a):
    """One chart's section of the page as a person sees it, or nothing."""

    def read(person, heading):
        page = unescape(client_for(person).get(f"/students/{students_a[0].pk}/").content.decode())
        parts = [part for part in page.split("<section") if f">{heading}</h2>" in part]
        return parts[0].split("</section>")[0] if parts else ""

    return read


def rows_of(part):
    found = re.findall(r'<tr><th scope="row">.*?<button[^>]*>(.*?)</button>.*?<td>(\d+)</td>', part)
    return {re.sub("<[^>]+>", "", name).split(":")[0]: int(count) for name, count in found}


@pytest.mark.spec("STU-06")
def test_pie_counts_incidents_by_category(cast, add, section):
    add("Behaviour")
    add("Behaviour")
    add("Bullying")
    add("Attendance", "Behaviour")
    part = section(cast.lead, "Incidents by category")
    assert rows_of(part) == {"Behaviour": 3, "Bullying": 1, "Attendance": 1}
    assert part.count("<path") == 3
    assert "4 incidents about this student" in part
    assert "style=" not in part


@pytest.mark.spec("STU-06", "STU-07")
def test_charts_hold_only_what_the_reader_may_see(cast, add, section, client_for):
    from tenant_apps.incidents.services import delete_incident

    add("Behaviour")
    add("Child Protection", "Behaviour")
    deleted = add("Attendance")
    delete_incident(incident_id=deleted.pk, reason="The wrong child.", by=cast.lead.access)
    lead, teacher = (section(person, "Incidents by category") for person in (cast.lead, cast.teacher))
    assert rows_of(lead) == {"Behaviour": 2, "Child Protection": 1}
    assert rows_of(teacher) == {"Behaviour": 1}
    assert "Child Protection" not in teacher
    assert list(rows_of(section(cast.teacher, "Timeline of incidents")).values()) == [1]


@pytest.mark.spec("STU-07")
def test_timeline_counts_by_month_of_the_school(cast, add, section, moment):
    add("Behaviour")
    add("Behaviour", happened_at=moment - timedelta(days=70))
    part = section(cast.lead, "Timeline of incidents")
    assert list(rows_of(part).values()) == [1, 1]
    assert part.count('fill="var(--brand)"') == 2
    assert f"{moment:%B %Y}" in part


@pytest.mark.spec("STU-06", "STU-07")
def test_rows_lead_to_that_part_of_the_log(client_for, cast, add, section, moment):
    add("Behaviour")
    add("Attendance", happened_at=moment - timedelta(days=70), text="Late by the bus.")
    for heading in ("Incidents by category", "Timeline of incidents"):
        forms = section(cast.lead, heading).split("<form")[1:]
        pages = []
        for form in forms:
            sent = dict(re.findall(r'name="(categories|since|until)" value="([^"]+)"', form))
            address = re.search('action="([^"]+)"', form)[1]
            pages.append(client_for(cast.lead).post(address, sent, follow=True))
        assert [page.status_code for page in pages] == [200, 200]
        words = [page.content.decode() for page in pages]
        assert sorted("Late by the bus." in one for one in words) == [False, True]
        assert sorted("corridor by the hall" in one for one in words) == [False, True]


def test_without_incidents_there_is_no_chart(cast, section, in_class):
    assert section(cast.lead, "Incidents by category") == ""


def test_linked_students_are_not_counted(cast, add, section, students_a):
    from tenant_apps.incidents.services import LinkedStudent

    add("Behaviour", student_id=students_a[1].pk, linked=[LinkedStudent(students_a[0].pk)])
    assert section(cast.lead, "Incidents by category") == ""


@pytest.mark.spec("TRN-03")
def test_counts_say_how_much_is_practice(cast, add, section):
    from tenant_apps.training.services import begin_training

    begin_training(by=cast.head.access)
    add("Behaviour", is_practice=True)
    add("Behaviour")
    part = section(cast.lead, "Incidents by category")
    assert "2 incidents about this student that you may see, 1 of them practice in training mode" in part


def test_queries_do_not_grow_with_the_incidents(client_for, cast, add, students_a):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client, counts = client_for(cast.lead), []
    add("Behaviour")
    client.get(f"/students/{students_a[0].pk}/")
    for _ in (1, 2):
        add("Attendance")
        with CaptureQueriesContext(connection) as asked:
            client.get(f"/students/{students_a[0].pk}/")
        counts.append(len(asked))
    assert counts[0] == counts[1]
