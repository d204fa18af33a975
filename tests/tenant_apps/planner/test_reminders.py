"""Reminders: set, prompted, mailed once, put off and done."""

from datetime import UTC, datetime, timedelta

import pytest
from django.http import Http404

from core.access import SYSTEM
from core.audit.models import AuditEvent
from core.db.clock import now
from core.outbox.models import OutboxEntry
from tenant_apps.planner.models import Reminder
from tenant_apps.planner.selectors import choices, next_school_day, own_reminders
from tenant_apps.planner.services import finish_reminder, put_off_reminder, set_reminder
from tenant_apps.school_settings.models import Closure, Settings

TEXT = "Ring Amelia's mother"


@pytest.fixture(autouse=True)
def _school(in_a):
    """All of it is about Ashgrove School."""


@pytest.fixture
def due(cast):
    """A reminder of the lead's whose time has just come."""
    return set_reminder(text=TEXT, due_at=now() - timedelta(minutes=1), by=cast.lead.access)


def owed():
    return OutboxEntry.objects.filter(topic="planner.reminder", done_at=None)


@pytest.mark.spec("EXT-01")
def test_reminder_is_set_for_an_hour_and_stands_under_alert(client_for, cast):
    browser = client_for(cast.lead)
    answer = browser.post(
        "/remind-me/", {"text": TEXT, "kind": "records", "when": "hour", "next": "/account/"}
    )
    assert (answer.status_code, answer["Location"]) == (302, "/account/")
    reminder = Reminder.objects.get()
    assert abs(reminder.due_at - now() - timedelta(hours=1)) < timedelta(minutes=1)
    assert reminder.kind == "records"
    page = browser.get("/").content.decode()
    assert "Ring Amelia&#x27;s mother" in page
    assert "Remind me again in" not in page
    event = AuditEvent.objects.get(event="reminder.set")
    assert event.record_id == reminder.pk
    assert TEXT not in str(event.detail)


@pytest.mark.spec("EXT-01")
def test_time_of_ones_own_is_the_schools(client_for, cast):
    browser = client_for(cast.lead)
    day = (now() + timedelta(days=400)).year
    sent = {"text": TEXT, "kind": "personal", "when": "at", "date": f"{day}-07-01", "time": "14:05"}
    assert browser.post("/remind-me/", sent).status_code == 302
    assert Reminder.objects.get().due_at == datetime(day, 7, 1, 13, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"text": " "}, "Write what to be reminded of."),
        ({"when": "at"}, "Give the date."),
        ({"when": "at", "date": "2020-01-01", "time": "10:00"}, "in the past"),
        ({"when": "soon"}, "Select a valid choice"),
        ({"kind": "other"}, "Select a valid choice"),
    ],
)
def test_incomplete_reminder_is_asked_again_in_the_dialog_too(client_for, cast, change, words):
    browser = client_for(cast.lead)
    sent = {"text": TEXT, "kind": "personal", "when": "hour"} | change
    for headers in ({}, {"HX-Request": "true"}):
        answer = browser.post("/remind-me/", sent, headers=headers)
        assert answer.status_code == 422
        assert words in answer.content.decode()
    assert not Reminder.objects.exists()


def test_dialog_is_a_fragment(client_for, cast):
    browser = client_for(cast.lead)
    assert "<html" not in browser.get("/remind-me/", headers={"HX-Request": "true"}).content.decode()
    sent = {"text": TEXT, "kind": "personal", "when": "tomorrow"}
    said = browser.post("/remind-me/", sent, headers={"HX-Request": "true"}).content.decode()
    assert "You will be reminded" in said
    assert "at 08:30" in said


@pytest.mark.spec("EXT-01", "EXT-02")
def test_button_is_there_for_key_users_with_a_planner_only(client_for, cast):
    def shown(browser):
        return "Remind Me" in browser.get("/account/").content.decode()

    assert shown(client_for(cast.lead))
    assert not shown(client_for(cast.lead, elevated=False))
    assert not shown(client_for(cast.support))
    assert not shown(client_for(cast.data))


@pytest.mark.spec("EXT-02")
def test_other_tools_are_there_without_key(client_for, cast):
    page = client_for(cast.support).get("/account/").content.decode()
    assert "Blank Screen" in page
    assert "Contact Support" in page


@pytest.mark.spec("DSH-18", "DSH-11", "PLN-11")
def test_reminder_whose_time_has_come_prompts_on_the_dashboard(client_for, cast, due):
    set_reminder(text="Later", due_at=now() + timedelta(days=1), by=cast.lead.access)
    browser = client_for(cast.lead)
    page = browser.get("/").content.decode()
    assert page.count("<strong>Reminder:</strong>") == 1
    assert "Later" in page
    assert browser.post(f"/planner/reminders/{due.pk}/again/", {"minutes": "15"}).status_code == 302
    assert "<strong>Reminder:</strong>" not in browser.get("/").content.decode()
    assert browser.post(f"/planner/reminders/{due.pk}/done/").status_code == 302
    assert "Ring Amelia" not in browser.get("/").content.decode()


def test_reminders_are_their_owners_alone(client_for, cast, due):
    browser = client_for(cast.deputy)
    assert "Ring Amelia" not in browser.get("/").content.decode()
    for path in ("done", "again"):
        sent = {"minutes": "15"}
        assert browser.post(f"/planner/reminders/{due.pk}/{path}/", sent).status_code == 404
    with pytest.raises(Http404):
        finish_reminder(reminder_id=due.pk, by=cast.deputy.access)
    assert own_reminders(cast.deputy.access) == []
    assert [one.text for one in own_reminders(cast.lead.access)] == [TEXT]


def test_session_without_key_shows_none(client_for, cast, due):
    assert "Ring Amelia" not in client_for(cast.lead, elevated=False).get("/").content.decode()


@pytest.mark.spec("PLN-11", "PLN-12", "OP-30")
def test_mail_goes_out_once_at_its_time_and_says_nothing_of_what(cast, due, run_outbox, mailbox):
    set_reminder(text="Later", due_at=now() + timedelta(days=1), by=cast.lead.access)
    run_outbox()
    run_outbox()
    mails = mailbox.messages()
    assert [mail.recipient for mail in mails] == [cast.lead.email]
    message = mails[0].message
    whole = str(message["Subject"]) + "".join(
        part.get_content() for part in message.walk() if part.get_content_maintype() == "text"
    )
    assert "A reminder that you have set is due." in whole
    assert "/login/" in whole
    assert "Amelia" not in whole
    due.refresh_from_db()
    assert due.mailed_at is not None
    assert owed().count() == 1


@pytest.mark.fault("F4")
def test_mail_that_is_tried_again_has_one_message_id(cast, due, run_outbox, mailbox):
    """As after a worker killed between sending and COMMIT: the mail's mark and the entry's are undone."""
    run_outbox()
    Reminder.objects.update(mailed_at=None)
    OutboxEntry.objects.filter(topic="planner.reminder").update(done_at=None, due_at=now())
    run_outbox()
    assert len({delivery["Message-ID"] for delivery in (mail.message for mail in mailbox.messages())}) == 1


@pytest.mark.spec("PLN-11")
def test_reminder_put_off_or_done_before_its_mail_sends_none_for_then(cast, due, run_outbox, mailbox):
    again = put_off_reminder(reminder_id=due.pk, minutes=60, by=cast.lead.access)
    run_outbox()
    assert mailbox.messages() == []
    entry = owed().get()
    assert entry.due_at == again.due_at
    Reminder.objects.update(due_at=now() - timedelta(minutes=1))
    entry.due_at = now()
    entry.save()
    run_outbox()
    assert len(mailbox.messages()) == 1

    other = set_reminder(text="Done early", due_at=now() - timedelta(minutes=1), by=cast.lead.access)
    finish_reminder(reminder_id=other.pk, by=cast.lead.access)
    run_outbox()
    assert len(mailbox.messages()) == 1


def test_leaver_is_not_written_to(cast, due, run_outbox, mailbox):
    from shared_apps.people.services import set_active

    set_active(user_id=cast.lead.user.pk, is_active=False, by=SYSTEM)
    mailbox.clear()
    run_outbox()
    assert not [mail for mail in mailbox.messages() if "reminder is due" in str(mail.message["Subject"])]


@pytest.mark.fault("F6")
def test_reminder_is_kept_while_valkey_is_away(cast, settings):
    settings.VALKEY_URL = "redis://127.0.0.1:1/0"
    set_reminder(text=TEXT, due_at=now(), by=cast.lead.access)
    assert owed().count() == 1


def test_quick_choices_know_the_calendar():
    """A Friday before a closed Monday: the next school day is Tuesday."""
    Settings.objects.update(year_start="2026-09-01", year_end="2027-07-20")
    Closure.objects.create(date="2026-11-23", name="Training day")
    friday = datetime(2026, 11, 20, 12, tzinfo=UTC)
    found = {choice.value: choice.due_at for choice in choices(at=friday)}
    assert found["hour"] == friday + timedelta(hours=1)
    assert found["tomorrow"] == datetime(2026, 11, 21, 8, 30, tzinfo=UTC)
    assert found["school-day"] == datetime(2026, 11, 24, 8, 30, tzinfo=UTC)
    assert found["at"] is None
    assert "school-day" not in {choice.value for choice in choices(at=datetime(2026, 11, 24, 12, tzinfo=UTC))}
    assert next_school_day(datetime(2027, 7, 20, tzinfo=UTC).date()) is None


def test_dashboard_asks_the_same_of_the_database_for_one_and_for_three(
    client_for, cast, django_assert_num_queries
):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    browser = client_for(cast.lead)
    counts = []
    for number in (1, 2):
        for each in range(number):
            set_reminder(text=f"{number} {each}", due_at=now(), by=cast.lead.access)
        browser.get("/")
        with CaptureQueriesContext(connection) as queries:
            browser.get("/")
        counts.append(len(queries))
    assert counts[0] == counts[1]


@pytest.mark.spec("EXT-04")
def test_reminder_names_nobody_while_names_are_hidden(client_for, cast, students_a, due):
    from tenant_apps.students.models import Student

    Student.objects.filter(pk=students_a[0].pk).update(legal_forename="Amelia", preferred_forename="")
    browser = client_for(cast.lead)
    browser.post("/hide-names/", {})
    page = browser.get("/").content.decode()
    assert "Ring A****" in page
    assert "Amelia" not in page
