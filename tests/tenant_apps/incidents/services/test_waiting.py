"""Drafts that wait: whom they are told to, when, how often, and that nothing of them stands in a mail."""

from datetime import datetime

import pytest
from django.utils import timezone

from core.access import SYSTEM
from core.db.keys import uuid7
from tenant_apps.incidents import services
from tenant_apps.incidents.models import Draft

pytestmark = pytest.mark.django_db

WORDS = "Marrowdusk said her stepfather came home."


def at(day, clock):
    return datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=timezone.get_current_timezone())


@pytest.fixture
def draft(in_a, cast, students_a):
    """Begun and saved for the last time on Thursday, 15:11, without a key, about the first pupil."""

    def make(begun="2026-11-19", clock="15:11", by=cast.support, **content):
        moment = at(begun, clock)
        content = {"text": [WORDS], "student": [str(students_a[0].pk)]} | content
        return services.save_draft(draft_id=uuid7(), content=content, by=by.access, at=moment)

    return make


@pytest.fixture(autouse=True)
def _calendar(in_a):
    from tenant_apps.school_settings.models import Settings

    Settings.objects.update(year_start="2026-09-01", year_end="2027-07-20")


@pytest.fixture
def tell(mailbox, run_outbox):
    """Runs the job at a moment and sends what it owes; who got a mail, and the mails."""

    def run(day, clock):
        before = len(mailbox.messages())
        services.tell_of_drafts(by=SYSTEM, at=at(day, clock))
        run_outbox()
        return mailbox.messages()[before:]

    return run


def default_team(cast):
    from shared_apps.people.models import User
    from tenant_apps.staff.selectors import default_alert_group, members_of

    ids = members_of([default_alert_group().id])
    return set(User.objects.filter(pk__in=ids).values_list("email", flat=True))


@pytest.mark.spec("SAF-21")
def test_author_is_reminded_after_half_an_hour_and_once(draft, tell, cast, students_a):
    draft()
    assert tell("2026-11-19", "15:40") == []
    (mail,) = tell("2026-11-19", "15:41")
    assert mail.recipient == cast.support.email
    assert str(mail.message["Subject"]).endswith("something unfinished at Ashgrove School")
    text = mail.message.get_body(("plain",)).get_content()
    assert "You began an incident at 15:11" in text
    assert "so nobody has been told" in text
    assert "speak to the safeguarding team now" in text
    assert tell("2026-11-19", "15:46") == []


@pytest.mark.spec("SAF-21")
def test_half_an_hour_begins_with_the_last_word_saved(draft, tell, cast):
    made = draft(clock="14:00")
    services.save_draft(
        draft_id=made.pk, content={"text": [WORDS]}, by=cast.support.access, at=at("2026-11-19", "14:50")
    )
    assert tell("2026-11-19", "15:15") == []
    assert len(tell("2026-11-19", "15:21")) == 1


@pytest.mark.spec("SAF-21")
def test_author_is_reminded_at_four_on_a_school_day(draft, tell):
    draft(clock="15:50")
    assert tell("2026-11-19", "15:59") == []
    assert len(tell("2026-11-19", "16:00")) == 1
    assert tell("2026-11-19", "16:05") == []
    # What is begun in the evening waits for the next afternoon; Saturday has none.
    evening = draft(begun="2026-11-20", clock="18:00")
    for day, is_reminded in (("2026-11-20", False), ("2026-11-21", False), ("2026-11-23", True)):
        tell(day, "18:10")
        evening.refresh_from_db()
        assert bool(evening.afternoon_at) is is_reminded


@pytest.mark.spec("SAF-21")
def test_default_group_learns_on_the_next_school_day(draft, tell, cast):
    from tenant_apps.school_settings.services import add_closure

    draft(begun="2026-11-13", clock="15:11")
    add_closure(date=at("2026-11-16", "00:00").date(), name="Training day", by=SYSTEM)
    tell("2026-11-13", "16:00")
    assert tell("2026-11-14", "09:00") == []
    assert tell("2026-11-16", "12:00") == []
    assert tell("2026-11-17", "07:55") == []
    mails = tell("2026-11-17", "08:00")
    assert {mail.recipient for mail in mails} == default_team(cast)
    for mail in mails:
        text = mail.message.get_body(("plain",)).get_content()
        assert (
            f"{cast.support.title} {cast.support.last_name} began an incident on Friday 13 November" in text
        )
    assert tell("2026-11-17", "08:05") == []
    assert tell("2026-11-18", "08:00") == []


@pytest.mark.spec("SAF-21", "SAF-11")
def test_no_mail_holds_a_word_of_the_draft_or_the_pupil(draft, tell, students_a):
    draft()
    mails = [*tell("2026-11-19", "16:00"), *tell("2026-11-20", "08:00")]
    assert len(mails) > 2
    for mail in mails:
        words = str(mail.message) + "".join(part.get_content() for part in mail.message.iter_parts())
        assert "Marrowdusk" not in words
        assert "stepfather" not in words
        assert students_a[0].legal_surname not in words
        assert students_a[0].legal_forename not in words


@pytest.mark.spec("SAF-21")
@pytest.mark.parametrize("ending", ["added", "put away", "emptied"])
def test_what_waits_no_more_is_not_told_of(draft, tell, cast, ending):
    made = draft()
    if ending == "added":
        Draft.objects.update(sent_at=at("2026-11-19", "15:20"))
    elif ending == "put away":
        services.discard_draft(draft_id=made.pk, by=cast.support.access)
    else:
        services.save_draft(
            draft_id=made.pk, content={}, by=cast.support.access, at=at("2026-11-19", "15:12")
        )
    assert tell("2026-11-19", "16:00") == []
    assert tell("2026-11-20", "08:00") == []


@pytest.mark.spec("SAF-21")
def test_put_away_between_owing_and_sending_it_is_not_told_of(draft, cast, mailbox, run_outbox):
    made = draft()
    assert services.tell_of_drafts(by=SYSTEM, at=at("2026-11-20", "08:00")) == 2
    services.discard_draft(draft_id=made.pk, by=cast.support.access)
    run_outbox()
    assert mailbox.messages() == []


@pytest.mark.spec("SAF-21", "SAF-06")
def test_who_is_kept_from_the_pupil_learns_nothing(draft, tell, cast, students_a):
    from tenant_apps.students.services import block_student_reader

    block_student_reader(student_id=students_a[0].pk, user_id=cast.deputy.user.pk, by=cast.head.access)
    draft()
    tell("2026-11-19", "16:00")
    told = {mail.recipient for mail in tell("2026-11-20", "08:00")}
    assert cast.deputy.email in default_team(cast)
    assert told == default_team(cast) - {cast.deputy.email}


@pytest.mark.spec("SAF-21")
def test_the_author_is_not_told_of_their_own_draft_as_one_of_the_group(draft, tell, cast):
    draft(by=cast.lead)
    tell("2026-11-19", "16:00")
    assert cast.lead.email not in {mail.recipient for mail in tell("2026-11-20", "08:00")}


@pytest.mark.spec("SAF-21")
def test_where_the_calendar_ends_weekdays_count(draft, tell, cast):
    from tenant_apps.school_settings.models import Settings

    Settings.objects.update(year_start="2025-09-01", year_end="2026-07-20")
    draft(begun="2026-11-13")
    tell("2026-11-13", "16:00")
    assert {mail.recipient for mail in tell("2026-11-16", "08:00")} == default_team(cast)


def test_telling_is_audited_without_words(draft, tell):
    from core.audit.models import AuditEvent

    draft()
    tell("2026-11-20", "08:00")
    events = AuditEvent.objects.filter(event="draft.waits")
    assert {event.detail["told"] for event in events} == {"lay_idle_at", "team_told_at"}
    assert "Marrowdusk" not in str([event.detail for event in events])


def test_the_scheduler_runs_it():
    from core.outbox.registry import periodic_functions

    assert any(one.name == "tenant_apps.incidents.handlers.tell_of_drafts" for one in periodic_functions())
