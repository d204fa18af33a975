"""An alert whose mail does not arrive: the record shows it, and somebody is asked to tell the person."""

import io
from datetime import timedelta
from email.message import EmailMessage

import pytest
from django.core.management import call_command

from core.audit.models import AuditEvent
from tenant_apps.alerts.models import Alert
from tenant_apps.alerts.services import mark_read

pytestmark = pytest.mark.django_db

SUBJECT = "CPOMS: a mail was not delivered"


@pytest.fixture(autouse=True)
def _slow(settings):
    """One try in a test: the next would come in an hour."""
    settings.OUTBOX_BACKOFF = (timedelta(hours=1),)


@pytest.fixture
def incident(in_a, cast, students_a):
    """Somebody without a key tells a teacher; the default alert group is not among those told."""
    from core.db.clock import now
    from core.db.keys import uuid7
    from tenant_apps.categories.selectors import all_categories
    from tenant_apps.incidents.services import add_incident

    named = {view.name: view.id for view in all_categories()}
    return add_incident(
        incident_id=uuid7(),
        student_id=students_a[0].pk,
        text="Marrowdusk was seen by the gate.",
        category_ids=[named["Behaviour"]],
        happened_at=now() - timedelta(hours=1),
        alert_user_ids=[cast.teacher.user.pk, cast.pastoral.user.pk],
        by=cast.support.access,
    )


def team(cast):
    from shared_apps.people.models import User
    from tenant_apps.staff.selectors import default_alert_group, members_of

    ids = members_of([default_alert_group().id])
    return set(User.objects.filter(pk__in=ids).values_list("email", flat=True))


def told(mailbox):
    return [mail for mail in mailbox.messages() if mail.message["Subject"] == SUBJECT]


def state_of(person):
    return Alert.objects.get(recipient=person.user).mail_state


@pytest.mark.spec("SAF-22")
def test_refused_mail_is_shown_and_told_at_the_first_try(incident, cast, mailbox, run_outbox, client_for):
    mailbox.refuse(550, recipient=cast.teacher.email)
    run_outbox()
    assert (state_of(cast.teacher), state_of(cast.pastoral)) == ("failed", "sent")
    mails = told(mailbox)
    assert {mail.recipient for mail in mails} == team(cast) | {cast.support.email}
    assert len(mails) == len(team(cast)) + 1
    for mail in mails:
        text = " ".join(mail.message.get_body(["plain"]).get_content().split())
        assert text.startswith("The mail about an alert sent at ")
        assert "did not reach Mr Ellery. The alert is on their dashboard. Please tell them in person." in text
        assert "Marrowdusk" not in str(mail.message)
    page = client_for(cast.lead).get(f"/incidents/{incident.pk}/", follow=True).content.decode()
    assert "Mr Ellery: mail not delivered" in page
    assert "not delivered" in client_for(cast.support).get("/").content.decode()
    assert AuditEvent.objects.filter(event="alert.mail_failed").count() == 1


@pytest.mark.spec("SAF-22")
def test_told_once_however_often_it_is_refused_and_corrected_when_it_arrives(
    incident, cast, mailbox, run_outbox, settings
):
    settings.OUTBOX_BACKOFF = (timedelta(0),)
    mailbox.refuse(550, recipient=cast.teacher.email, times=3)
    run_outbox()
    assert state_of(cast.teacher) == "sent"
    # It arrived before anybody was told: then there is nothing to tell.
    assert len(told(mailbox)) in {0, len(team(cast)) + 1}
    assert AuditEvent.objects.filter(event="alert.mail_failed").count() == 1


@pytest.mark.spec("SAF-22")
def test_a_server_that_says_later_is_waited_for(incident, cast, mailbox, run_outbox):
    mailbox.refuse(451, recipient=cast.teacher.email)
    run_outbox()
    assert state_of(cast.teacher) == "owed"
    assert told(mailbox) == []


@pytest.mark.spec("SAF-22", "SAF-06")
def test_whom_a_block_keeps_from_the_record_is_told_nothing(incident, cast, mailbox, run_outbox):
    from tenant_apps.incidents.services import block_incident_reader

    block_incident_reader(incident_id=incident.pk, user_id=cast.deputy.user.pk, by=cast.head.access)
    assert cast.deputy.email in team(cast)
    mailbox.refuse(550, recipient=cast.teacher.email)
    run_outbox()
    assert {mail.recipient for mail in told(mailbox)} == (team(cast) | {cast.support.email}) - {
        cast.deputy.email
    }


def returned(mail, *, action="failed", recipient=""):
    """A delivery status notification as RFC 3464 has it, about a mail that was sent."""
    notification = EmailMessage()
    notification["Subject"] = "Undelivered Mail Returned to Sender"
    notification.set_content("I'm sorry to have to inform you that your message could not be delivered.")
    text = notification.as_string().partition("\n\n")[2]
    return (
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\nMIME-Version: 1.0\n'
        "Subject: Undelivered Mail Returned to Sender\n\n"
        f"--b\nContent-Type: text/plain\n\n{text}\n"
        "--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mail.example\n\n"
        f"Final-Recipient: rfc822; {recipient or mail.recipient}\nAction: {action}\nStatus: 5.1.1\n\n"
        f"--b\nContent-Type: text/rfc822-headers\n\nMessage-ID: {mail.message['Message-ID']}\n"
        f"Subject: {mail.message['Subject']}\n\n--b--\n"
    ).encode()


@pytest.fixture
def pipe(monkeypatch):
    def run(content):
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(content)))
        said = io.StringIO()
        call_command("take_bounce", stdout=said)
        return said.getvalue().strip()

    return run


def mail_to(person, mailbox):
    return next(mail for mail in mailbox.messages() if mail.recipient == person.email)


@pytest.mark.spec("SAF-22")
def test_mail_that_comes_back_later_is_taken_by_the_command(incident, cast, mailbox, run_outbox, pipe):
    run_outbox()
    assert state_of(cast.teacher) == "sent"
    notification = returned(mail_to(cast.teacher, mailbox))
    assert pipe(notification) == "1 taken"
    assert (state_of(cast.teacher), state_of(cast.pastoral)) == ("failed", "sent")
    run_outbox()
    assert {mail.recipient for mail in told(mailbox)} == team(cast) | {cast.support.email}
    pipe(notification)
    run_outbox()
    assert len(told(mailbox)) == len(team(cast)) + 1


@pytest.mark.spec("SAF-22")
def test_what_is_forged_late_or_about_something_else_changes_nothing(
    incident, cast, mailbox, run_outbox, pipe, school_b
):
    run_outbox()
    mail = mail_to(cast.teacher, mailbox)
    assert pipe(returned(mail, action="delayed")) == "0 taken"
    assert pipe(returned(mail, recipient=cast.pastoral.email)) == "0 taken"
    assert pipe(returned(mail, recipient="n.obody@school.example")) == "0 taken"
    assert pipe(b"From: somebody\n\nHello.") == "0 taken"
    assert pipe(b"") == "0 taken"
    assert (state_of(cast.teacher), state_of(cast.pastoral)) == ("sent", "sent")


@pytest.mark.spec("SAF-22")
def test_nobody_is_told_of_an_alert_that_was_read_meanwhile(incident, cast, mailbox, run_outbox, pipe):
    run_outbox()
    mark_read(root_id=incident.pk, by=cast.teacher.access)
    pipe(returned(mail_to(cast.teacher, mailbox)))
    run_outbox()
    assert state_of(cast.teacher) == "failed"
    assert told(mailbox) == []


@pytest.mark.spec("SAF-22", "TEN-10")
def test_other_school_is_told_nothing(incident, cast, mailbox, run_outbox, school_b):
    mailbox.refuse(550, recipient=cast.teacher.email)
    run_outbox()
    run_outbox(school_b)
    assert not any("birchwood" in mail.recipient for mail in told(mailbox))
