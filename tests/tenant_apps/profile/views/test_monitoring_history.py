"""The "Monitoring History" tab: who began and ended what, when and why, for those who may see it."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.access import SYSTEM
from core.db.clock import now
from core.db.keys import uuid7
from tenant_apps.categories.selectors import all_categories
from tenant_apps.incidents.services import add_incident
from tenant_apps.monitoring.services import end, start
from tenant_apps.profile.selectors import monitoring_lines, timeline
from tenant_apps.students.selectors import get_student

MONDAY = datetime(2026, 11, 16, 12, 5, tzinfo=UTC)
TUESDAY = datetime(2026, 11, 17, 13, 10, tzinfo=UTC)


def category(name):
    return next(one.id for one in all_categories() if one.name == name)


def by_hand(student, name, by, at=MONDAY):
    start(student_ids=[student.pk], category_ids=[category(name)], by=by, source=("hand", None), at=at)


def page_of(browser, student):
    return browser.get(reverse("profile:monitoring", args=[student.pk]))


def incident(student, by, *names):
    return add_incident(
        incident_id=uuid7(),
        student_id=student.pk,
        text="Pushed in the corridor.",
        category_ids=[category(name) for name in names],
        happened_at=now() - timedelta(hours=1),
        alert_user_ids=[by.user_id],
        by=by,
    )


@pytest.mark.spec("MON-11", "STU-01")
def test_each_start_and_end_stands_with_date_time_person_and_reason(classes, cast, client_for):
    amelia, lead = classes.amelia, cast.lead
    by_hand(amelia, "SEND", lead.access)
    end(student_ids=[amelia.pk], category_ids=[category("SEND")], by=cast.deputy.access, at=TUESDAY)
    by_hand(amelia, "SEND", cast.deputy.access, at=TUESDAY + timedelta(hours=1))
    began = incident(amelia, cast.pastoral.access, "Bullying")
    page = page_of(client_for(lead), amelia).content.decode()
    assert 'aria-current="page">Monitoring History</a>' in page
    table = page.partition("<tbody>")[2]
    assert table.count("<tr>") == 4
    assert "16/11/2026, 12:05" in table
    assert "17/11/2026, 13:10" in table
    assert f"by {lead.user.full_name}" in table
    assert f"by {cast.deputy.user.full_name}" in table
    assert table.count("Monitored now") == 3
    assert table.count("By hand") == 2
    assert f"Incident no. {began.number}" in table
    assert reverse("incidents:entry", args=[began.pk]) in table
    assert f"by {cast.pastoral.user.full_name}" in table


@pytest.mark.spec("MON-11", "CAT-06", "SAF-10")
def test_categories_without_view_students_are_not_told(classes, cast, client_for):
    incident(classes.amelia, cast.lead.access, "Neglect", "Bullying")
    lead = page_of(client_for(cast.lead), classes.amelia).content.decode()
    assert "Neglect" in lead
    teacher = page_of(client_for(cast.teacher), classes.amelia)
    assert teacher.status_code == 200
    page = teacher.content.decode()
    assert "Bullying" in page
    for hidden in ("Neglect", "Child Protection"):
        assert hidden not in page
    # The incident is Child Protection's too: neither its number nor who wrote it is told.
    assert "Incident no." not in page
    assert cast.lead.user.full_name not in page


@pytest.mark.spec("MON-11", "SAF-06", "GRP-08")
def test_pupil_outside_ones_classes_is_not_found(classes, cast, client_for, limit_to_8b):
    by_hand(classes.amelia, "Behaviour", cast.lead.access)
    limit_to_8b(cast.teacher.user)
    answer = page_of(client_for(cast.teacher), classes.amelia)
    assert answer.status_code == 404
    assert "Behaviour" not in answer.content.decode()
    assert page_of(client_for(cast.support), classes.amelia).status_code == 403


@pytest.mark.spec("MON-12")
def test_timeline_spans_the_school_life_and_places_each_stretch(classes, cast, client_for):
    amelia, lead = classes.amelia, cast.lead.access
    type(amelia).objects.filter(pk=amelia.pk).update(start_date="2025-01-01", leaving_date="2025-12-31")
    type(amelia).objects.filter(pk=amelia.pk).update(archived_at=TUESDAY)
    middle = datetime(2025, 7, 2, 12, tzinfo=UTC)
    by_hand(amelia, "SEND", lead, at=datetime(2025, 1, 1, 12, tzinfo=UTC))
    end(student_ids=[amelia.pk], category_ids=[category("SEND")], by=lead, at=middle)
    by_hand(amelia, "SEND", lead, at=datetime(2025, 12, 31, 8, tzinfo=UTC))
    end(
        student_ids=[amelia.pk],
        category_ids=[category("SEND")],
        by=lead,
        at=datetime(2025, 12, 31, 12, tzinfo=UTC),
    )
    student = get_student(lead, amelia.pk)
    shown = timeline(monitoring_lines(lead, amelia.pk), student)
    assert (str(shown.first), str(shown.last)) == ("2025-01-01", "2025-12-31")
    assert [row.category.name for row in shown.rows] == ["SEND"]
    spans = sorted((bar.start, bar.width) for bar in shown.rows[0].bars)
    assert spans[0][0] == 0
    assert 495 <= spans[0][1] <= 505
    assert spans[1][0] >= 995
    # 1 September is two thirds of the way.
    assert 660 <= shown.years[0] <= 670
    page = page_of(client_for(cast.lead), amelia).content.decode()
    assert page.count('fill="var(--k)"') == 2
    assert "01/01/2025 to 02/07/2025" in page
    assert "style=" not in page


@pytest.mark.spec("MON-12")
def test_open_stretch_goes_on_to_today_and_an_empty_history_says_so(classes, cast, client_for):
    browser = client_for(cast.lead)
    empty = page_of(browser, classes.jakub).content.decode()
    assert "1 September" not in empty
    assert 'viewBox="0 0 1000 14"' not in empty
    assert "Nothing stands here" in empty
    by_hand(classes.jakub, "SEND", cast.lead.access, at=now() - timedelta(days=20))
    lines = monitoring_lines(cast.lead.access, classes.jakub.pk)
    (row,) = timeline(lines, get_student(cast.lead.access, classes.jakub.pk)).rows
    (bar,) = row.bars
    assert 999 <= bar.start + bar.width <= 1001
    assert "to now" in page_of(browser, classes.jakub).content.decode()


def test_queries_do_not_grow_with_stretches(classes, cast, client_for):
    browser = client_for(cast.lead)
    counts = []
    page_of(browser, classes.oliver)
    for student, names in ((classes.amelia, ["SEND"]), (classes.jakub, ["SEND", "Bullying", "First Aid"])):
        for name in names:
            ids = [category(name)]
            start(student_ids=[student.pk], category_ids=ids, by=SYSTEM, source=("incident", uuid4()))
            end(student_ids=[student.pk], category_ids=ids, by=cast.lead.access)
        incident(student, cast.lead.access, *names)
        with CaptureQueriesContext(connection) as queries:
            page_of(browser, student)
        counts.append(len(queries))
    assert counts[0] == counts[1]
