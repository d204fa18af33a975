"""The tab "Attendance"."""

from datetime import date

import pytest
from django.urls import reverse

from tenant_apps.attendance.models import Mark


def show(client, student, **query):
    return client.get(reverse("profile:attendance", args=[student.pk]), query)


@pytest.mark.spec("ATT-01", "ATT-02", "STU-01")
def test_tab_shows_figures_and_calendar_in_words(classes, cast, client_for):
    for day, code in ((7, "/"), (8, "O"), (9, "??")):
        Mark.objects.create(student=classes.amelia, date=date(2026, 9, day), session="AM", code=code)
    page = show(client_for(cast.teacher), classes.amelia).content.decode()
    tabs = page.partition('aria-label="Student record"')[2].partition("</nav>")[0]
    assert tabs.index(">Incidents<") < tabs.index(">Attendance<") < tabs.index(">Monitoring History<")
    assert 'aria-current="page">Attendance' in tabs
    assert "50.0 %" in page
    assert "September 2026" in page
    assert '<caption class="vh">Marks of September 2026</caption>' in page
    for words in (
        "AM: Present in the morning, code ",
        "AM: Absent in other or unknown circumstances, code ",
        "AM: Code not known here, code ",
    ):
        assert f'<span class="vh">{words}</span>' in page


@pytest.mark.spec("ATT-02")
def test_an_earlier_year_is_one_click_away(classes, cast, client_for):
    for year in (2025, 2026):
        Mark.objects.create(student=classes.amelia, date=date(year, 9, 7), session="AM", code="/")
    client = client_for(cast.lead)
    assert 'href="?year=2025"' in show(client, classes.amelia).content.decode()
    assert "September 2025</h2>" in show(client, classes.amelia, year="2025").content.decode()
    assert "September 2026</h2>" in show(client, classes.amelia, year="x").content.decode()


def test_a_student_outside_ones_classes_has_no_attendance(classes, cast, client_for, limit_to_8b):
    Mark.objects.create(student=classes.amelia, date=date(2026, 9, 7), session="AM", code="/")
    limit_to_8b(cast.teacher.user)
    answer = show(client_for(cast.teacher), classes.amelia)
    assert answer.status_code == 404
    assert "September 2026" not in answer.content.decode()


def test_a_year_of_marks_takes_as_many_queries_as_one_mark(classes, cast, client_for):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client, counts = client_for(cast.lead), []
    for number in (1, 20):
        for day in range(1, number + 1):
            Mark.objects.get_or_create(
                student=classes.amelia, date=date(2026, 10, day), session="AM", defaults={"code": "/"}
            )
        with CaptureQueriesContext(connection) as asked:
            show(client, classes.amelia)
        counts.append(len(asked))
    assert counts[0] == counts[1]
