"""Import health counts school nights by the calendar, and its turns are mailed once."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.data.extracts import on_a_full_roll, small_extract

# A Friday evening in term.
FRIDAY = "2026-11-20T22:05:00+00:00"
APPLIED = datetime(2026, 11, 20, 22, 10, tzinfo=UTC)


def health(day: int, hour: int = 8, month: int = 11, year: int = 2026) -> str:
    from tenant_apps.imports.selectors import import_health

    return str(import_health(at=datetime(year, month, day, hour, tzinfo=UTC)).level)


@pytest.mark.spec("SAF-45", "IMP-05")
def test_nights_of_school_days_count_and_weekends_do_not(bring):
    bring(small_extract(generated_at=FRIDAY), at=APPLIED)
    assert health(21) == health(22) == health(23) == "green"
    # Monday's night is missing once Tuesday begins, not before.
    assert health(24, hour=6) == "green"
    assert health(24, hour=7) == "amber"
    assert health(25, hour=6) == "amber"
    assert health(25, hour=7) == "red"


@pytest.mark.spec("SAF-45")
def test_closures_are_no_school_nights(bring):
    from tenant_apps.school_settings.models import Closure

    bring(small_extract(generated_at=FRIDAY), at=APPLIED)
    for day in (23, 24, 25):
        Closure.objects.create(date=f"2026-11-{day}", name="Snow")
    assert health(26) == "green"
    assert health(27) == "amber"


@pytest.mark.spec("SAF-45")
def test_a_calendar_that_ended_does_not_make_all_look_well(bring):
    bring(small_extract(generated_at=FRIDAY), at=APPLIED)
    assert health(15, month=9, year=2027) == "red"


def test_an_extract_made_after_midnight_is_of_the_night_before(bring):
    bring(small_extract(generated_at="2026-11-24T02:00:00+00:00"))
    assert health(24) == "green"
    assert health(25) == "amber"


@pytest.mark.spec("SAF-45", "IMP-05")
def test_held_is_amber_and_refused_is_red_with_failing(bring, cast, client_for):
    from tenant_apps.imports.selectors import import_health

    bring(on_a_full_roll(small_extract(generated_at=FRIDAY)))
    held = bring(small_extract(generated_at="2026-11-20T23:05:00+00:00"))
    assert held.state == "held"
    assert health(21) == "amber"
    faulty = small_extract(generated_at="2026-11-20T23:15:00+00:00")
    faulty.files["pupils.csv"][0]["date_of_birth"] = "?"
    bring(faulty)
    assert health(21) == "red"
    assert "failing" in import_health().word
    told = client_for(cast.head).get(reverse("imports:home")).content.decode()
    assert "Red: failing" in told
    assert "Contact Support" in told


def test_never_imported_is_amber_and_told_to_nobody(in_a, run_outbox, mailbox):
    from tenant_apps.imports.services import note_health

    assert health(23) == "amber"
    assert note_health() is not None
    run_outbox()
    assert mailbox.messages() == []


@pytest.mark.spec("IMP-06", "SAF-45")
def test_each_turn_is_mailed_once_to_each_administrator(bring, cast, run_outbox, mailbox):
    from core.audit.models import AuditEvent
    from tenant_apps.imports.services import note_health
    from tenant_apps.staff.selectors import administrators

    def at(day: int) -> datetime:
        return datetime(2026, 11, day, 8, tzinfo=UTC)

    bring(small_extract(generated_at=FRIDAY), at=APPLIED)
    note_health(at=at(21))
    run_outbox()
    assert mailbox.messages() == []
    for _ in range(3):
        note_health(at=at(25))
    run_outbox()
    mails = mailbox.messages()
    assert len(mails) == len(administrators()) > 0
    assert {mail.recipient for mail in mails} == {cast.head.user.email, cast.data.user.email}
    text = mails[0].message.as_string()
    assert "red" in text
    assert "Amelia" not in text
    assert AuditEvent.objects.filter(event="import_health.turned").count() == 2

    bring(small_extract(generated_at="2026-11-24T22:05:00+00:00"))
    note_health(at=at(25))
    run_outbox()
    assert len(mailbox.messages()) == 2 * len(administrators())


@pytest.mark.spec("DSH-19", "IMP-04", "IMP-05", "IMP-06", "SAF-45")
def test_red_amber_and_green_in_words_on_both_pages_and_a_mail_at_each_turn(
    bring, cast, client_for, run_outbox, mailbox
):
    from tenant_apps.imports.handlers import watch_health
    from tenant_apps.imports.selectors import import_health
    from tenant_apps.staff.selectors import administrators

    pages = [(client_for(cast.lead), "/"), (client_for(cast.head), reverse("imports:home"))]
    told = {
        "red": ("Red: failing", "danger", "Contact Support"),
        "amber": ("Amber", "warn", "The extract of one school night has not come."),
        "green": ("Green", "ok", "Every school night has brought its extract."),
    }
    seen: list[str] = []
    # From two months ago to now: holidays may hide a night, but not all of them.
    for days in (60, *range(14, -1, -1)):
        made = timezone.now() - timedelta(days=days)
        assert bring(small_extract(generated_at=made.isoformat())).state == "applied"
        level = str(import_health().level)
        if level in seen:
            continue
        seen.append(level)
        for client, address in pages:
            page = client.get(address).content.decode()
            word, kind, sentence = told[level]
            assert f'<span class="tag {kind}">{word}</span>' in page
            assert sentence in page
            assert not [other for other in told if other != level and f">{told[other][0]}</span>" in page]
        before = len(mailbox.messages())
        for _ in range(2):
            watch_health()
            run_outbox()
        mails = mailbox.messages()[before:]
        assert {mail.recipient for mail in mails} == {cast.head.user.email, cast.data.user.email}
        assert len(mails) == len(administrators())
        assert all(f"import health is {level}" in mail.message["Subject"] for mail in mails)
    assert seen == ["red", "amber", "green"]


@pytest.mark.spec("DSH-19", "IMP-05")
def test_dashboard_shows_it_to_key_users_and_to_nobody_else(bring, cast, client_for):
    bring(small_extract(generated_at="2026-01-01T22:05:00+00:00"))
    told = client_for(cast.lead).get("/").content.decode()
    assert "Import health" in told
    assert "Red: failing" in told
    assert "Import health" not in client_for(cast.support).get("/").content.decode()
    assert "Import health" not in client_for(cast.lead, elevated=False).get("/").content.decode()
