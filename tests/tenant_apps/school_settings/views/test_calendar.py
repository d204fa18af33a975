import re
from datetime import date
from html import unescape

import pytest


def text(response):
    return unescape(re.sub(r"\s+", " ", response.content.decode()))


@pytest.fixture
def head(in_a, client_for, cast):
    browser = client_for(cast.head)
    year = {"year_start": "2026-09-02", "year_end": "2027-07-30"}
    assert browser.post("/admin/calendar/", year).status_code == 302
    return browser


@pytest.mark.spec("ADM-19")
def test_year_is_changed_and_rules_the_counts(head, client_for, cast):
    from tenant_apps.attendance.models import Mark
    from tests.data.pupils import make_group, make_pupil

    pupil = make_pupil("Amelia", "Smith", make_group("tutor", "7A"))
    for day, code in ((date(2026, 9, 7), "O"), (date(2026, 11, 2), "/"), (date(2026, 11, 3), "/")):
        Mark.objects.create(student=pupil, date=day, session="AM", code=code)
    page = text(client_for(cast.lead).get(f"/students/{pupil.pk}/"))
    assert "66.7" in page
    head.post("/admin/calendar/", {"year_start": "2026-10-01", "year_end": "2027-07-30"})
    page = text(client_for(cast.lead).get(f"/students/{pupil.pk}/"))
    assert "66.7" not in page
    assert "100" in page


@pytest.mark.spec("ADM-19")
@pytest.mark.parametrize(
    ("start", "end", "sentence"),
    [
        ("2027-07-30", "2026-09-02", "The end of the year must be after its start."),
        ("2026-09-02", "2028-07-30", "three to thirteen months"),
        ("2026-09-02", "2026-09-20", "three to thirteen months"),
        ("soon", "2027-07-30", "Give a date as day, month and year."),
        ("", "2027-07-30", "Give a date."),
    ],
)
def test_impossible_year_is_refused_in_words(head, start, end, sentence):
    from tenant_apps.school_settings.selectors import get_settings

    response = head.post("/admin/calendar/", {"year_start": start, "year_end": end})
    assert response.status_code == 422
    assert sentence in text(response)
    assert get_settings().year_start == date(2026, 9, 2)


@pytest.mark.spec("ADM-19")
def test_closures_are_added_shown_and_removed(head):
    from core.audit.models import AuditEvent
    from tenant_apps.school_settings.selectors import closures, is_school_day

    sent = {"date": "2026-12-21", "until": "2027-01-01", "name": "Christmas"}
    assert head.post("/admin/calendar/closures/", sent).status_code == 302
    assert len(closures()) == 10
    assert not is_school_day(date(2026, 12, 22))
    assert is_school_day(date(2027, 1, 4))
    page = text(head.get("/admin/calendar/"))
    assert "Mon 21 December 2026" in page
    assert "Christmas" in page
    first = closures()[0]
    assert head.post(f"/admin/calendar/closures/{first.pk}/remove/").status_code == 302
    assert is_school_day(date(2026, 12, 21))
    assert AuditEvent.objects.filter(event="closure.removed", record_id=first.pk).exists()
    assert head.post(f"/admin/calendar/closures/{first.pk}/remove/").status_code == 404


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"date": "2026-12-19", "name": "Fair"}, "The school is closed at weekends anyway."),
        ({"date": "2026-12-21", "until": "2026-12-01", "name": "x"}, "The last day is before the first day."),
        (
            {"date": "2028-12-21", "name": "x"},
            "The day is outside the academic year, 02/09/2026 to 30/07/2027.",
        ),
        ({"date": "2026-12-21", "until": "2028-01-01", "name": "x"}, "outside the academic year"),
        ({"date": "2026-12-21", "name": " "}, "Give the reason in a word or two."),
        ({"date": "", "name": "x"}, "Give a date."),
    ],
)
@pytest.mark.spec("ADM-19")
def test_impossible_closure_is_refused_in_words(head, sent, sentence):
    from tenant_apps.school_settings.selectors import closures

    response = head.post("/admin/calendar/closures/", sent)
    assert response.status_code == 422
    assert sentence in text(response)
    assert closures() == []


def test_day_is_closed_once(head):
    sent = {"date": "2026-12-21", "name": "Training day"}
    head.post("/admin/calendar/closures/", sent)
    assert "closed then already" in text(head.post("/admin/calendar/closures/", sent))


def test_school_days_before_a_day_leave_out_weekends_and_closures(head):
    from core.access import SYSTEM
    from tenant_apps.school_settings.selectors import school_days_before
    from tenant_apps.school_settings.services import add_closure

    add_closure(date=date(2026, 11, 20), name="Training day", by=SYSTEM)
    assert school_days_before(date(2026, 11, 24), count=3) == [
        date(2026, 11, 23),
        date(2026, 11, 19),
        date(2026, 11, 18),
    ]
    assert school_days_before(date(2026, 9, 3), count=3) == [date(2026, 9, 2)]


@pytest.mark.parametrize("closed", [1, 3])
def test_calendar_takes_as_many_queries_for_one_closure_as_for_three(
    head, closed, django_assert_max_num_queries
):
    for day in range(closed):
        head.post("/admin/calendar/closures/", {"date": f"2026-12-0{day + 1}", "name": "x"})
    head.get("/admin/calendar/")
    with django_assert_max_num_queries(10):
        head.get("/admin/calendar/")


@pytest.mark.attack("A30")
def test_script_as_a_reason_is_shown_as_text(head):
    head.post("/admin/calendar/closures/", {"date": "2026-12-21", "name": "<script>alert(1)</script>"})
    assert "<script>alert(1)" not in head.get("/admin/calendar/").content.decode()
