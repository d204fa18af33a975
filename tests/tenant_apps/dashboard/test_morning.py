"""The morning sheet: each part holds what it should, for whom it should, and nothing else."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core.access import SYSTEM
from core.audit.models import AuditEvent
from core.db.clock import now
from core.db.keys import uuid7
from tenant_apps.attendance.models import Mark
from tenant_apps.categories.selectors import all_categories
from tenant_apps.dashboard.selectors import morning_sheet
from tenant_apps.incidents.services import (
    Unlisted,
    add_incident,
    change_status,
    delete_incident,
    mark_read,
)
from tenant_apps.monitoring.services import start
from tests import pdf_text

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _calendar(in_a):
    from tenant_apps.school_settings.models import Settings

    today = timezone.localdate()
    Settings.objects.update(year_start=today - timedelta(days=60), year_end=today + timedelta(days=60))


@pytest.fixture
def in_class(students_a):
    from tenant_apps.classes.models import StudentGroup
    from tenant_apps.students.models import Membership

    group = StudentGroup.objects.create(mis_id="T1", kind="tutor", name="7A", sort_key="7a")
    Membership.objects.bulk_create(
        Membership(student=student, group=group, start_date="2026-01-01") for student in students_a
    )


@pytest.fixture
def add(in_class, cast, students_a):
    named = {view.name: view.id for view in all_categories()}

    def make(*categories, **given):
        return add_incident(
            **{
                "incident_id": uuid7(),
                "student_id": students_a[0].pk,
                "text": "Marrowdusk was seen by the gate.",
                "category_ids": [named[name] for name in categories or ("Behaviour",)],
                "happened_at": now() - timedelta(hours=1),
                "alert_user_ids": [cast.deputy.user.pk],
                "by": cast.pastoral.access,
            }
            | given
        )

    return make


def ids(left):
    return [line.id for line in left.lines]


@pytest.mark.spec("SAF-24")
def test_active_and_unassigned(add, cast):
    free, assigned, closed, gone = (add() for _ in range(4))
    by = cast.lead.access
    change_status(incident_id=assigned.pk, status="active", assignee_id=cast.lead.user.pk, by=by)
    change_status(incident_id=closed.pk, status="closed", assignee_id=None, by=by)
    delete_incident(incident_id=gone.pk, reason="Twice.", by=cast.head.access)
    left = morning_sheet(cast.lead.access).unassigned
    assert (left.count, ids(left)) == (1, [free.pk])


@pytest.mark.spec("SAF-24")
def test_opened_by_nobody(add, cast, client_for):
    unread, opened, read = (add(alert_user_ids=[cast.deputy.user.pk, cast.head.user.pk]) for _ in range(3))
    client_for(cast.deputy).get(f"/incidents/{opened.pk}/", follow=True)
    mark_read(incident_id=read.pk, by=cast.head.access)
    assert ids(morning_sheet(cast.lead.access).unread) == [unread.pk]


@pytest.mark.spec("SAF-24", "SAF-16")
def test_tray_and_own_reminders_that_are_due(add, cast):
    from tenant_apps.planner.models import Reminder
    from tenant_apps.planner.services import set_reminder

    waiting = add(student_id=None, unlisted=Unlisted("nobody"))
    for person, text in ((cast.lead, "Ring the nurse"), (cast.lead, "Later"), (cast.deputy, "Not yours")):
        set_reminder(text=text, due_at=now() + timedelta(hours=1), by=person.access)
    Reminder.objects.exclude(text="Later").update(due_at=now() - timedelta(hours=1))
    sheet = morning_sheet(cast.lead.access)
    assert [line.id for line in sheet.tray] == [waiting.pk]
    assert [one.text for one in sheet.reminders] == ["Ring the nurse"]


@pytest.mark.spec("SAF-24")
def test_monitored_students_without_a_mark_on_the_last_school_day(in_class, cast, students_a):
    named = {view.name: view.id for view in all_categories()}
    absent, there, secret, gone, free = students_a[:5]
    for student, category in (
        (absent, "Behaviour"),
        (there, "Behaviour"),
        (gone, "Behaviour"),
        (secret, "Child Protection"),
    ):
        start(student_ids=[student.pk], category_ids=[named[category]], by=SYSTEM, source=("hand", None))
    type(gone).objects.filter(pk=gone.pk).update(archived_at=now())
    sheet = morning_sheet(cast.lead.access)
    assert sheet.day
    assert sheet.day < timezone.localdate()
    assert sheet.day.weekday() < 5
    # Nothing came of that day: that says nothing about one child.
    assert sheet.without_mark is None
    for student in (there, free):
        Mark.objects.create(student=student, date=sheet.day, session="AM", code="/")
    rows = morning_sheet(cast.lead.access).without_mark
    assert {row.student.id for row in rows} == {absent.pk, secret.pk}
    assert [view.name for row in rows if row.student.id == absent.pk for view in row.categories] == [
        "Behaviour"
    ]
    # Who may not see the category under monitoring does not learn of the child by this.
    assert {row.student.id for row in morning_sheet(cast.teacher.access).without_mark} <= {absent.pk}


@pytest.mark.spec("SAF-24")
def test_each_sees_only_what_is_open_to_them(add, cast, client_for):
    secret = add("Child Protection", by=cast.lead.access)
    add(
        student_id=None,
        unlisted=Unlisted("not_listed", "Quentin"),
        by=cast.lead.access,
        category_ids=[next(one.id for one in all_categories() if one.name == "Child Protection")],
    )
    assert secret.pk in ids(morning_sheet(cast.lead.access).unassigned)
    for person in (cast.teacher, cast.data):
        page = client_for(person).get("/morning/").content.decode()
        assert f"no. {secret.number}" not in page
        assert "Quentin" not in page
    sheet = morning_sheet(cast.support.access)
    assert (sheet.unassigned, sheet.unread, sheet.tray, sheet.without_mark) == (None, None, None, None)
    assert client_for(cast.support).get("/morning/").status_code == 403


@pytest.mark.spec("SAF-24", "SAF-06")
def test_block_keeps_it_out(add, cast):
    from tenant_apps.incidents.services import block_incident_reader

    incident = add()
    block_incident_reader(incident_id=incident.pk, user_id=cast.lead.user.pk, by=cast.head.access)
    sheet = morning_sheet(cast.lead.access)
    assert ids(sheet.unassigned) == ids(sheet.unread) == []
    assert ids(morning_sheet(cast.deputy.access).unread) == [incident.pk]


@pytest.mark.spec("SAF-24", "EXT-03")
def test_page_and_pdf_hold_no_words_hide_names_and_are_audited(add, cast, client_for, students_a):
    incident = add()
    add(student_id=None, unlisted=Unlisted("not_listed", "Quentin Thistlewick"))
    surname = students_a[0].legal_surname.split("-")[0]
    browser = client_for(cast.lead)
    page = browser.get("/morning/").content.decode()
    printed = pdf_text.words_of(browser.get("/morning/pdf/").content)
    for words in (page, printed):
        assert str(incident.number) in words
        assert "Thistlewick" in words
        assert "gate" not in words
        assert "Marrowdusk" not in words
    browser.post("/hide-names/", {})
    hidden = browser.get("/morning/").content.decode()
    block = pdf_text.words_of(browser.get("/morning/pdf/").content)
    assert "Thistlewick" not in hidden
    assert surname not in hidden
    assert "Thistlewick" not in block
    assert "█" in block
    for event in ("morning_sheet.viewed", "morning_sheet.printed"):
        assert AuditEvent.objects.filter(event=event).first().student_ids == [students_a[0].pk]


@pytest.mark.spec("SAF-24")
def test_queries_do_not_grow(add, cast, client_for, students_a):
    named = {view.name: view.id for view in all_categories()}
    browser = client_for(cast.lead)

    def one_more(student):
        add(student_id=student.pk)
        add(student_id=None, unlisted=Unlisted("nobody"))
        start(
            student_ids=[student.pk],
            category_ids=[named["Behaviour"]],
            by=SYSTEM,
            source=("hand", None),
        )

    def count():
        with CaptureQueriesContext(connection) as found:
            assert browser.get("/morning/").status_code == 200
        return len(found)

    day = morning_sheet(cast.lead.access).day
    Mark.objects.create(student=students_a[5], date=day, session="AM", code="/")
    one_more(students_a[0])
    count()
    first = count()
    for student in students_a[1:3]:
        one_more(student)
    assert count() == first
