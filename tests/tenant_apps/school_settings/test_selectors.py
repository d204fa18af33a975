from datetime import date

import pytest
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from core.access import SYSTEM
from core.audit.context import answering
from core.tenancy import in_school
from core.web.frame import Frame
from shared_apps.people.services import update_user
from tenant_apps.school_settings import selectors
from tenant_apps.school_settings.services import add_closure, update_settings
from tenant_apps.staff.selectors import form_notices


@pytest.mark.spec(
    "SAF-49",
    "ADM-05",
    "ADM-06",
    "ADM-07",
    "ADM-08",
    "ADM-09",
    "ADM-12",
    "ADM-13",
    "ADM-14",
    "ADM-15",
    "ADM-17",
)
def test_first_settings_are_those_of_the_guide(in_a):
    settings = selectors.get_settings()
    assert settings.idle_timeout_minutes == 15
    assert settings.non_key_library
    assert not settings.use_legal_names
    assert settings.dashboard_group_type == "tutor"
    assert settings.main_group_type == "year"
    assert settings.student_name_format == "first_last"
    assert settings.use_email_whitelist
    assert settings.disable_missing_users
    assert (settings.attendance_trend_short_days, settings.attendance_trend_long_days) == (10, 30)
    assert settings.allow_student_search
    assert settings.enforce_alert
    assert not settings.plain_alerts
    assert not settings.reveal_unknown_email


@pytest.mark.spec("SAF-49", "ADM-16")
def test_whitelist_starts_with_the_domains_of_the_staff_sheet(in_a):
    assert selectors.get_settings().email_whitelist == ["ashgrove.sch.example"]


@pytest.mark.spec("ADM-19")
def test_first_academic_year_holds_the_day_of_provisioning(in_a):
    settings = selectors.get_settings()
    assert settings.year_start <= in_a.created_at.date() <= settings.year_end


@pytest.mark.spec("ADM-04")
def test_security_message_stands_in_the_frame_of_its_own_school_only(in_a, school_b):
    request = RequestFactory().get("/")
    request.school = in_a
    assert Frame(request).security_message == (
        "It is your responsibility to logout and protect the security of student information"
    )
    update_settings(by=SYSTEM, security_message="Ashgrove: lock your screen")
    assert Frame(request).security_message == "Ashgrove: lock your screen"
    request.school = school_b
    with in_school(school_b):
        assert "Ashgrove" not in Frame(request).security_message
    request.school = None
    assert Frame(request).security_message == ""


@pytest.mark.spec("SAF-27")
def test_notices_read_well_before_anybody_entered_a_number(in_a):
    notices = form_notices()
    assert notices.immediate_danger == (
        "If a child is in immediate danger, call 999 first. If a child has told you something today, tell a"
        " member of the safeguarding team in person or by phone now, before the child goes home, then write"
        " it here. Ms Nair, Mr Okafor · out of hours ask the safeguarding team beforehand for the number."
        " An alert is not the same as telling someone."
    )
    assert notices.adult_concern == (
        "Is it about an adult who works or volunteers here? Do not write it here. Tell the headteacher; if it"
        " is about the headteacher, the chair of governors; or the local authority designated officer (ask"
        " the school office for the number)."
    )
    assert notices.incident_hint.startswith("What you saw and heard, in the child's own words")
    assert notices.files_hint.startswith("Never take, copy, forward or upload a nude or semi-nude image")
    assert selectors.missing_notice_fields() == [
        "Headteacher",
        "Chair of governors",
        "Out-of-hours number",
        "Local authority designated officer (LADO) number",
        "Safeguarding line",
    ]


@pytest.mark.spec("SAF-27")
def test_notices_name_people_extensions_and_numbers(in_a, cast):
    update_user(user_id=cast.lead.user.pk, extension="204", by=SYSTEM)
    update_settings(
        by=SYSTEM,
        head_name="Dr Coleman",
        chair_of_governors="Mrs Ames",
        out_of_hours_number="01632 960200",
        lado_number="01632 960300",
        safeguarding_line="01632 960400",
    )
    notices = form_notices()
    assert "Ms Nair, Mr Okafor (ext. 204) · safeguarding line 01632 960400" in notices.immediate_danger
    assert "out of hours 01632 960200" in notices.immediate_danger
    assert "Tell Dr Coleman; if it is about the headteacher, Mrs Ames" in notices.adult_concern
    assert "officer 01632 960300" in notices.adult_concern
    assert selectors.missing_notice_fields() == []


@pytest.mark.spec("SAF-27")
def test_notice_that_was_emptied_stands_as_on_the_first_day(in_a):
    update_settings(by=SYSTEM, immediate_danger_text="  ", files_hint="")
    notices = form_notices()
    assert notices.immediate_danger.startswith("If a child is in immediate danger, call 999 first.")
    assert notices.files_hint.startswith("Never take")


@pytest.mark.spec("SAF-27")
def test_notice_can_be_edited_and_keeps_braces_it_does_not_know(in_a):
    update_settings(by=SYSTEM, adult_concern_text="Ring {headteacher} {today} about {lado_number}")
    assert form_notices().adult_concern == (
        "Ring the headteacher {today} about (ask the school office for the number)"
    )


def test_settings_are_read_once_a_request_and_anew_after_a_change(in_a, school_b):
    with answering(RequestFactory().get("/"), request_id="one"):
        selectors.get_settings()
        with CaptureQueriesContext(connection) as queries:
            selectors.get_settings()
        assert len(queries) == 0
        update_settings(by=SYSTEM, idle_timeout_minutes=7)
        assert selectors.get_settings().idle_timeout_minutes == 7
        with in_school(school_b):
            assert selectors.get_settings().idle_timeout_minutes == 15


@pytest.mark.parametrize(
    ("day", "first", "last"),
    [
        (date(2026, 9, 1), date(2026, 9, 1), date(2027, 8, 31)),
        (date(2026, 8, 31), date(2025, 9, 1), date(2026, 8, 31)),
        (date(2026, 1, 1), date(2025, 9, 1), date(2026, 8, 31)),
    ],
)
def test_academic_year_runs_from_september_to_august(day, first, last):
    assert selectors.academic_year_of(day) == (first, last)


def test_school_day_is_a_weekday_in_the_year_that_is_no_closure(in_a):
    update_settings(by=SYSTEM, year_start=date(2026, 9, 1), year_end=date(2027, 8, 31))
    add_closure(date=date(2026, 11, 23), name="Training day", by=SYSTEM)
    assert selectors.is_school_day(date(2026, 11, 20))
    assert not selectors.is_school_day(date(2026, 11, 21))
    assert not selectors.is_school_day(date(2026, 11, 23))
    assert not selectors.is_school_day(date(2026, 8, 28))
