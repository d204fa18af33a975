from datetime import timedelta
from uuid import uuid4

import pytest

from core.access import SYSTEM
from core.audit.models import AuditEvent
from core.outbox.models import OutboxEntry
from shared_apps.people.services import set_active, update_user
from tenant_apps.alerts.models import Alert
from tenant_apps.alerts.services import notify_assignment
from tenant_apps.school_settings.services import update_settings

LINK = "https://ashgrove.localhost/login/"
LAST = (
    "Open it only where pupils cannot see your screen. Nothing about the pupil is in this mail; please do not"
    " reply to it or forward it."
)


@pytest.fixture(autouse=True)
def _school_address(settings):
    settings.WEB_SCHEME, settings.WEB_PORT = "https", ""


def text_of(mail):
    return " ".join(mail.message.get_body(["plain"]).get_content().split())


def html_of(mail):
    return mail.message.get_body(["html"]).get_content()


def all_of(mail):
    return mail.path.read_text() + text_of(mail) + html_of(mail)


@pytest.mark.spec("INC-31", "INC-32", "INC-33", "SAF-59")
def test_mail_says_who_which_category_and_where_to_log_in_and_nothing_else(alert, cast, mailbox, run_outbox):
    record = alert(cast.lead, by=cast.teacher.access)
    run_outbox()
    (mail,) = mailbox.messages()
    assert mail.recipient == cast.lead.email
    assert mail.message["Subject"] == "CPOMS: you have an alert at Ashgrove School"
    assert mail.message["From"].startswith('"CPOMS, Ashgrove School" <')
    assert mail.message["Auto-Submitted"] == "auto-generated"
    assert text_of(mail) == (
        "Mr Ellery has alerted you to an incident in the category Behaviour, Bullying."
        f" Log in to read it: {LINK} {LAST}"
    )
    assert str(record) not in all_of(mail)
    assert html_of(mail).count("href") == 1
    assert f'href="{LINK}"' in html_of(mail)
    state = Alert.objects.values_list("mail_state", flat=True).get()
    assert state == "sent"


@pytest.mark.spec("INC-32")
def test_mail_about_an_action_says_so(alert, cast, mailbox, run_outbox):
    alert(cast.lead, kind="action", by=cast.teacher.access)
    run_outbox()
    assert text_of(mailbox.messages()[0]).startswith("Mr Ellery has alerted you to an action in the category")


@pytest.mark.spec("INC-32", "INC-33", "SAF-10")
def test_restricting_category_is_named_to_those_who_may_view_it_only(alert, cast, mailbox, run_outbox):
    alert(cast.lead, cast.teacher, by=cast.support.plain_access, names=("Self-harm", "Neglect"))
    run_outbox()
    mails = {mail.recipient: mail for mail in mailbox.messages()}
    lead, teacher = mails[cast.lead.email], mails[cast.teacher.email]
    assert "in the category Child Protection, Neglect, Mental Health, Self-harm." in text_of(lead)
    assert "in the category Mental Health." in text_of(teacher)
    for word in ("Self-harm", "Neglect", "Child Protection"):
        assert word not in all_of(teacher)


@pytest.mark.spec("INC-33", "SAF-10")
def test_mail_is_plain_when_no_category_may_be_named(alert, cast, mailbox, run_outbox):
    alert(cast.teacher, names=("Neglect",))
    run_outbox()
    (mail,) = mailbox.messages()
    assert text_of(mail) == f"You have a new alert. Log in to read it: {LINK} {LAST}"
    for word in ("Neglect", "Child Protection", "Webb"):
        assert word not in all_of(mail)


@pytest.mark.spec("INC-33")
def test_plain_alerts_name_nothing(alert, cast, mailbox, run_outbox):
    update_settings(by=SYSTEM, plain_alerts=True)
    alert(cast.lead)
    run_outbox()
    (mail,) = mailbox.messages()
    assert text_of(mail) == f"You have a new alert. Log in to read it: {LINK} {LAST}"
    assert "Bullying" not in all_of(mail)


@pytest.mark.spec("INC-24", "INC-31")
def test_each_person_gets_one_mail_at_the_address_on_record_now(alert, cast, mailbox, run_outbox):
    record = alert(cast.lead, cast.deputy)
    alert(cast.lead, record_id=record)
    update_user(user_id=cast.lead.user.pk, email="new@ashgrove.sch.example", by=SYSTEM)
    OutboxEntry.objects.exclude(topic="alerts.mail").update(done_at="2026-01-01T00:00Z")
    run_outbox()
    run_outbox()
    assert sorted(mail.recipient for mail in mailbox.messages()) == sorted(
        ["new@ashgrove.sch.example", cast.deputy.email]
    )


@pytest.mark.attack("A30")
def test_names_are_text_and_never_markup(alert, cast, mailbox, run_outbox):
    update_user(user_id=cast.teacher.user.pk, last_name="O'Neil <b>", by=SYSTEM)
    alert(cast.lead, by=cast.teacher.access)
    run_outbox()
    (mail,) = mailbox.messages()
    assert "Mr O'Neil <b> has alerted you" in text_of(mail)
    assert "<b>" not in html_of(mail)


@pytest.mark.spec("INC-35", "SAF-59")
def test_assignment_mail(in_a, cast, carrying, mailbox, run_outbox):
    notify_assignment(
        record_id=uuid4(),
        assignee_id=cast.lead.user.pk,
        category_ids=carrying("Disclosure"),
        by=cast.teacher.access,
    )
    run_outbox()
    (mail,) = mailbox.messages()
    assert mail.recipient == cast.lead.email
    assert mail.message["Subject"] == "CPOMS: something is assigned to you at Ashgrove School"
    assert text_of(mail) == (
        f"Mr Ellery has assigned an incident in the category Cause for Concern, Disclosure to you. {LINK}"
    )


@pytest.mark.fault("F15")
@pytest.mark.spec("SAF-17")
def test_mail_that_is_refused_is_tried_again_and_shown_as_undelivered_at_last(
    alert, cast, mailbox, run_outbox, settings
):
    """F15: backed off, then a dead letter; the alert stays and its list says the mail failed."""
    settings.OUTBOX_BACKOFF = (timedelta(0),)
    record = alert(cast.lead, cast.deputy)
    mailbox.refuse(550, recipient=cast.lead.email)
    run_outbox()
    states = dict(Alert.objects.filter(record_id=record).values_list("recipient_id", "mail_state"))
    assert states == {cast.lead.user.pk: "failed", cast.deputy.user.pk: "sent"}
    assert [mail.recipient for mail in mailbox.messages() if "alert at" in mail.message["Subject"]] == [
        cast.deputy.email
    ]
    dead = OutboxEntry.objects.get(topic="alerts.mail", dead_at__isnull=False)
    assert dead.tries == 10
    assert cast.lead.email not in dead.last_error
    failed = Alert.objects.get(recipient=cast.lead.user)
    assert failed.read_at is None
    assert AuditEvent.objects.filter(event="alert.mail_failed", record_id=failed.id).exists()


@pytest.mark.spec("INC-24")
def test_mail_refused_for_now_is_sent_once_later(alert, cast, mailbox, run_outbox, settings):
    settings.OUTBOX_BACKOFF = (timedelta(0),)
    alert(cast.lead)
    mailbox.refuse(451, times=2)
    run_outbox()
    assert [mail.recipient for mail in mailbox.messages()] == [cast.lead.email]
    assert Alert.objects.get().mail_state == "sent"


@pytest.mark.fault("F14")
@pytest.mark.spec("INC-24")
def test_server_silent_after_data_gets_the_same_message_id_again(alert, cast, mailbox, run_outbox, settings):
    """F14: nobody can know whether the first try arrived, so the second must be recognisable."""
    settings.OUTBOX_BACKOFF, settings.EMAIL_TIMEOUT = (timedelta(0),), 1
    alert(cast.lead)
    mailbox.fall_silent(times=1)
    run_outbox()
    ids = [one["message_id"] for one in mailbox.deliveries()]
    assert len(ids) == 2
    assert ids[0] == ids[1]
    assert len(mailbox.messages()) == 1
    assert Alert.objects.get().mail_state == "sent"


def test_withdrawn_alert_and_leaver_get_no_mail(alert, cast, mailbox, run_outbox):
    withdrawn = alert(cast.lead)
    Alert.objects.filter(record_id=withdrawn).update(withdrawn_at="2026-11-16T12:00Z")
    left = alert(cast.deputy)
    set_active(user_id=cast.deputy.user.pk, is_active=False, by=SYSTEM)
    run_outbox()
    assert mailbox.messages() == []
    assert Alert.objects.get(record_id=left).mail_state == "failed"


def test_school_b_is_told_nothing_of_a_s_alerts(alert, cast, mailbox, run_outbox, school_b):
    alert(cast.lead)
    run_outbox(school_b)
    assert [mail for mail in mailbox.messages() if "alert" in mail.message["Subject"]] == []
