"""Alerts are mailed in training mode too, and say so; and who is asked to end it."""

from datetime import date, datetime, time, timedelta

import pytest
from django.utils import timezone

pytestmark = pytest.mark.django_db


def mails_to(mailbox, person):
    return [mail.message for mail in mailbox.messages() if mail.recipient == person.user.email]


def first_line(mail):
    return mail.get_body(("plain",)).get_content().strip().splitlines()[0]


@pytest.mark.spec("TRN-04", "SAF-33")
def test_alert_and_assignment_say_that_training_mode_is_on(cast, training, add, mailbox, run_outbox):
    chosen = {"alert_user_ids": [cast.teacher.user.pk], "assignee_id": cast.pastoral.user.pk}
    add("Behaviour", is_practice=True, **chosen)
    run_outbox()
    for person in (cast.teacher, cast.pastoral):
        [mail] = mails_to(mailbox, person)
        assert mail["Subject"].startswith("[TRAINING] ")
        assert first_line(mail) == "Training mode is on. This may be practice."


@pytest.mark.spec("TRN-04")
def test_automatic_alerts_are_sent_even_so(cast, training, add, mailbox, run_outbox, category):
    from tenant_apps.alerts.services import set_rules_of

    wanted = {("category", category("Behaviour")): False}
    set_rules_of(user_id=cast.teacher.user.pk, wanted=wanted, by=cast.head.access)
    add("Behaviour", is_practice=True)
    run_outbox()
    assert [mail["Subject"].startswith("[TRAINING] ") for mail in mails_to(mailbox, cast.teacher)] == [True]


def test_a_real_entry_is_not_taken_for_practice(cast, training, add, mailbox, run_outbox):
    add("Behaviour", alert_user_ids=[cast.teacher.user.pk])
    run_outbox()
    [mail] = mails_to(mailbox, cast.teacher)
    assert mail["Subject"].startswith("[TRAINING] ")
    assert first_line(mail) == "Training mode is on, but this is not practice."


def test_without_it_no_mail_speaks_of_training(cast, add, mailbox, run_outbox):
    add("Behaviour", alert_user_ids=[cast.teacher.user.pk])
    run_outbox()
    [mail] = mails_to(mailbox, cast.teacher)
    assert "TRAINING" not in mail["Subject"]
    assert "raining" not in mail.get_body(("plain",)).get_content()


@pytest.fixture
def began(in_a, cast):
    """Training mode was switched on at two in the afternoon."""
    from tenant_apps.training.services import begin_training

    began = timezone.make_aware(datetime.combine(date(2026, 11, 19), time(14)))
    begin_training(by=cast.head.access, at=began)
    return began


@pytest.mark.spec("SAF-33")
def test_administrators_are_asked_at_six_and_once(cast, began, mailbox, run_outbox):
    from tenant_apps.training.services import ask_to_end

    assert ask_to_end(at=began + timedelta(hours=3, minutes=59)) == 0
    asked = ask_to_end(at=began + timedelta(hours=4, minutes=3))
    assert asked >= 2
    assert ask_to_end(at=began + timedelta(hours=4, minutes=13)) == 0
    assert ask_to_end(at=began + timedelta(hours=28, minutes=1)) == asked
    run_outbox()
    subjects = [mail["Subject"] for mail in mails_to(mailbox, cast.head)]
    assert subjects == ["CPOMS: training mode is still on at Ashgrove School"] * 2
    assert mails_to(mailbox, cast.teacher) == []


@pytest.mark.spec("SAF-33")
def test_dashboard_of_administrators_asks_from_then_on(client_for, cast, began):
    asks = "If the training is over"
    assert asks in client_for(cast.head).get("/").content.decode()
    assert asks not in client_for(cast.lead).get("/").content.decode()


def test_nobody_is_asked_once_it_has_ended(cast, began, end, mailbox, run_outbox):
    from tenant_apps.training.services import ask_to_end

    assert ask_to_end(at=began + timedelta(hours=5)) > 0
    end()
    assert ask_to_end(at=began + timedelta(hours=29)) == 0
    run_outbox()
    assert mails_to(mailbox, cast.head) == []


def test_evening_training_is_asked_about_the_next_day(in_a):
    from tenant_apps.training.selectors import last_due

    began = timezone.make_aware(datetime.combine(date(2026, 11, 19), time(19)))
    assert last_due(began, at=began + timedelta(hours=22)) is None
    assert last_due(began, at=began + timedelta(hours=23, minutes=1)) is not None
