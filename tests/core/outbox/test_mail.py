from contextlib import suppress
from datetime import timedelta
from email.utils import parseaddr

import pytest
from django.utils import timezone

from core.outbox.mail import message_id, send_mail
from core.outbox.models import OutboxEntry
from core.outbox.services import MAX_TRIES, deliver_owed, owe

TO = "s.okafor@school.example"


@pytest.fixture
def owed_mail(in_a, handlers):
    """One mail owed to one person."""

    @handlers.handles("test.mail")
    def send(payload, entry):
        send_mail(to=TO, subject="A new alert", text="Log in to read it.", message_id_key=entry.key)

    owe("test.mail", key="alert-1", payload={})


def owed():
    return OutboxEntry.objects.filter(topic__startswith="test.")


def make_due():
    owed().filter(done_at=None, dead_at=None).update(due_at=timezone.now())


def test_mail_comes_from_brand_and_school_and_says_it_is_automatic(in_a, school_a, mailbox, settings):
    send_mail(to=TO, subject="A new alert", text="Text", html="<p>Text</p>", message_id_key="k")
    (mail,) = mailbox.messages()
    assert mail.recipient == TO
    assert parseaddr(str(mail.message["From"])) == (
        f"{settings.BRAND}, {school_a.name}",
        parseaddr(settings.DEFAULT_FROM_EMAIL)[1],
    )
    assert mail.message["Auto-Submitted"] == "auto-generated"
    assert [part.get_content_type() for part in mail.message.iter_parts()] == ["text/plain", "text/html"]


def test_message_id_is_stable_and_tells_nothing(in_a, mailbox):
    for _ in range(2):
        send_mail(to=TO, subject="x", text="x", message_id_key="alert-1")
    assert len({delivery["message_id"] for delivery in mailbox.deliveries()}) == 1
    assert len(mailbox.messages()) == 1
    one = message_id("s_a", "alert-1", TO)
    assert one != message_id("s_b", "alert-1", TO)
    assert one != message_id("s_a", "alert-2", TO)
    assert one != message_id("s_a", "alert-1", "other@school.example")
    assert "okafor" not in one


@pytest.mark.attack("A33")
@pytest.mark.parametrize("break_", ["\r\n", "\n", "\r", "\u2028", "\x0b", "\x00"])
def test_line_breaks_add_no_header(in_a, school_a, mailbox, break_, monkeypatch):
    """A33."""
    monkeypatch.setattr(school_a, "name", f"St George's{break_}Bcc: thief@evil.example")
    from core.tenancy import in_school

    with in_school(school_a):
        send_mail(to=TO, subject=f"Alert{break_}Bcc: thief@evil.example", text="Text", message_id_key="k")
    (mail,) = mailbox.messages()
    assert mail.message["Bcc"] is None
    assert str(mail.message["Subject"]) == "Alert Bcc: thief@evil.example"
    assert [delivery["recipient"] for delivery in mailbox.deliveries()] == [TO]


@pytest.mark.attack("A33")
@pytest.mark.parametrize("to", ["a@b.example\r\nBcc: thief@evil.example", "a@b.example, thief@evil.example"])
def test_odd_recipient_reaches_nobody_else(in_a, mailbox, to):
    """A33."""
    with suppress(Exception):  # refusing is as good as sending to the one
        send_mail(to=to, subject="x", text="x", message_id_key="k")
    assert all(delivery["recipient"] != "thief@evil.example" for delivery in mailbox.deliveries())


@pytest.mark.fault("F14")
def test_silent_mail_server_gets_the_same_mail_again(owed_mail, mailbox, settings):
    """F14: silent after DATA, so nobody knows whether it was taken."""
    settings.EMAIL_TIMEOUT = 1
    mailbox.fall_silent(times=1)
    deliver_owed()
    entry = owed().get()
    assert entry.done_at is None
    make_due()
    deliver_owed()
    assert owed().get().done_at is not None
    deliveries = mailbox.deliveries()
    assert len(deliveries) == 2
    assert len({delivery["message_id"] for delivery in deliveries}) == 1
    assert len(mailbox.messages()) == 1


@pytest.mark.fault("F15")
@pytest.mark.parametrize("code", [451, 550])
def test_refused_mail_is_backed_off_then_a_dead_letter(owed_mail, mailbox, code):
    """F15."""
    mailbox.refuse(code)
    before = timezone.now()
    deliver_owed()
    entry = owed().get()
    assert entry.due_at > before + timedelta(seconds=50)
    assert entry.last_error == f"SMTPRecipientsRefused {code}"
    for _ in range(MAX_TRIES):
        make_due()
        deliver_owed()
    entry.refresh_from_db()
    assert entry.dead_at is not None
    assert entry.tries == MAX_TRIES
    assert mailbox.messages() == []


@pytest.mark.fault("F15")
def test_refused_mail_goes_out_once_the_server_takes_it(owed_mail, mailbox):
    """F15."""
    mailbox.refuse(451, times=2)
    for _ in range(3):
        make_due()
        deliver_owed()
    assert owed().get().done_at is not None
    assert len(mailbox.messages()) == 1
