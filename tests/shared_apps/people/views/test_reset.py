"""Asking for the link: the same answer for every address, the mail only to the account's own."""

import re
import time
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.audit.models import AuditEvent
from core.outbox.models import OutboxEntry
from shared_apps.people import services
from shared_apps.people.adapters.school import school_side
from shared_apps.people.models import PasswordLink, WrongTries

UNKNOWN = "nobody@elsewhere.example"


@pytest.mark.spec("ACC-05")
def test_the_prompt_opens_with_nothing_typed_on_the_login_page(visitor):
    html = visitor.get("/reset/").content.decode()

    assert 'name="email"' in html
    assert ">Reset Password</button>" in html


@pytest.mark.spec("ACC-02", "ACC-06", "ACC-07", "SAF-59")
def test_a_known_address_gets_one_mail_with_the_link(visitor, cast, mailbox, run_outbox, school_a):
    new = services.create_user(email="first.time@x.example", first_name="Ada", last_name="Quill", by=None)
    assert not new.has_usable_password()

    visitor.post("/reset/", {"email": "First.Time@x.example"})
    run_outbox()

    (mail,) = mailbox.messages()
    assert mail.recipient == "first.time@x.example"
    assert mail.message["Subject"] == "CPOMS: set your password"
    assert mail.message["Auto-Submitted"] == "auto-generated"
    html = mail.message.get_body(("html",)).get_content()
    assert ">Click here to reset your password</a>" in html
    assert f"{school_a.subdomain}.localhost" in html
    for body in (html, mail.message.get_body(("plain",)).get_content()):
        assert "Click here to reset your password" in body
        assert "The link works until midnight tonight (" in body
        assert "24:00" in body


@pytest.mark.spec("ACC-11")
def test_asking_for_somebody_else_mails_them(restricted, keyless, mailbox, run_outbox):
    restricted.post("/reset/", {"email": keyless.user.email})
    run_outbox()

    assert [mail.recipient for mail in mailbox.messages()] == [keyless.user.email]


@pytest.mark.attack("A29")
@pytest.mark.spec("ACC-12", "ACC-13", "ACC-14")
def test_every_address_gets_the_same_answer(client_for, keyless, mailbox, run_outbox, says):
    pages = []
    for email in (keyless.user.email, UNKNOWN):
        answer = client_for(None).post("/reset/", {"email": email}, follow=True)
        pages.append(says(answer))
    run_outbox()

    assert pages[0] == pages[1]
    assert "If this address belongs to an account here, a link is on its way" in pages[0]
    assert "administrator" in pages[0]
    assert "“Admin” &gt; “Users”" in pages[0]
    assert [mail.recipient for mail in mailbox.messages()] == [keyless.user.email]


def test_known_and_unknown_addresses_do_the_same_work(visitor, keyless):
    work = []
    for email in (keyless.user.email, UNKNOWN):
        with CaptureQueriesContext(connection) as queries:
            visitor.post("/reset/", {"email": email})
        work.append([re.sub(r"'[^']*'|\b[sx]?\d\w*|NULL", "?", query["sql"]) for query in queries])

    assert len(work[0]) > 5
    assert [statement.split(" VALUES ")[0] for statement in work[0]] == [
        statement.split(" VALUES ")[0] for statement in work[1]
    ]


@pytest.mark.attack("A29")
def test_known_and_unknown_addresses_take_the_same_time(visitor, keyless):
    fastest = {keyless.user.email: 9.0, UNKNOWN: 9.0}
    for _ in range(9):
        for email, best in fastest.items():
            WrongTries.objects.all().delete()
            start = time.perf_counter()
            visitor.post("/reset/", {"email": email})
            fastest[email] = min(best, time.perf_counter() - start)

    # The fastest of each: other work on the machine only ever adds.
    assert 0.6 < fastest[UNKNOWN] / fastest[keyless.user.email] < 1.67


@pytest.mark.attack("A16")
@pytest.mark.spec("ACC-24")
def test_a_deactivated_account_gets_no_link(visitor, keyless, cast, mailbox, run_outbox):
    services.set_active(user_id=keyless.user.pk, is_active=False, by=cast.head.access)

    visitor.post("/reset/", {"email": keyless.user.email})
    run_outbox()

    assert mailbox.messages() == []


def test_an_account_deactivated_before_the_mail_was_made_gets_no_link(
    visitor, keyless, cast, mailbox, run_outbox
):
    visitor.post("/reset/", {"email": keyless.user.email})
    services.set_active(user_id=keyless.user.pk, is_active=False, by=cast.head.access)
    run_outbox()

    assert mailbox.messages() == []


@pytest.mark.spec("ACC-12", "ACC-13")
def test_a_school_may_say_that_an_address_is_unknown(
    visitor, keyless, monkeypatch, says, mailbox, run_outbox
):
    monkeypatch.setattr(school_side, "reveals_unknown_email", lambda: True)

    answer = visitor.post("/reset/", {"email": UNKNOWN})
    run_outbox()

    assert "The email address you entered does not exist" in says(answer)
    assert "“Admin” &gt; “Users”" in says(answer)
    assert mailbox.messages() == []
    assert visitor.post("/reset/", {"email": keyless.user.email}).status_code == 302


@pytest.mark.spec("ACC-13")
def test_an_address_of_another_school_is_unknown_here(keyless, client_for, school_b, mailbox, run_outbox):
    client_for(None, school=school_b).post("/reset/", {"email": keyless.user.email})
    run_outbox()

    assert mailbox.messages() == []


@pytest.mark.attack("A26")
def test_the_host_of_the_request_never_reaches_the_mail(client_for, keyless, mailbox, run_outbox, school_a):
    poisons = {
        "HTTP_X_FORWARDED_HOST": "evil.example",
        "HTTP_X_HOST": "evil.example",
        "HTTP_FORWARDED": "host=evil.example",
        "HTTP_REFERER": "https://evil.example/",
    }
    client_for(None).post("/reset/", {"email": keyless.user.email}, **poisons)
    answer = client_for(None).post("/reset/", {"email": keyless.user.email}, HTTP_HOST="evil.example")
    run_outbox()

    assert answer.status_code in {400, 404}
    (mail,) = mailbox.messages()
    assert "evil" not in mail.message.as_string()
    assert f"//{school_a.subdomain}.localhost" in mail.message.get_body(("plain",)).get_content()


def test_the_token_lies_in_no_table(visitor, keyless, reset_link):
    token = reset_link(keyless.user.email).split("/")[2]

    link = PasswordLink.objects.get(user=keyless.user)
    stored = [*OutboxEntry.objects.values(), *AuditEvent.objects.values(), *PasswordLink.objects.values()]
    assert len(token) >= 43
    assert link.digest == services.digest_of(token)
    assert token not in str(stored)
    assert keyless.user.email not in str(stored)


def test_a_mail_tried_twice_holds_the_same_link(keyless, reset_link, mailbox):
    first = reset_link(keyless.user.email)
    link = PasswordLink.objects.get(user=keyless.user)

    again = services.issue_link(link_id=link.pk)

    assert again is not None
    assert first == f"/reset/{again[1]}/"


def test_after_five_requests_no_more_mail_is_owed(visitor, keyless, mailbox, run_outbox):
    answers = [visitor.post("/reset/", {"email": keyless.user.email}) for _ in range(7)]
    run_outbox()

    assert {answer["Location"] for answer in answers} == {"/reset/sent/"}
    assert PasswordLink.objects.filter(user=keyless.user).count() == 5
    # Only the newest link is worth a mail.
    assert len(mailbox.messages()) == 1


@pytest.mark.parametrize(
    ("asked", "ends"),
    [
        ("2026-11-20T09:00:00+00:00", "2026-11-21T00:00:00+00:00"),
        ("2026-11-20T23:50:00+00:00", "2026-11-21T00:00:00+00:00"),
        # In summer the school's midnight is an hour before that of UTC.
        ("2026-07-10T22:50:00+00:00", "2026-07-10T23:00:00+00:00"),
        ("2026-07-10T23:10:00+00:00", "2026-07-11T23:00:00+00:00"),
    ],
)
@pytest.mark.spec("ACC-08")
def test_the_link_is_good_until_the_schools_midnight(keyless, asked, ends):
    at = datetime.fromisoformat(asked)
    services.request_reset(email=keyless.user.email, at=at)
    link = PasswordLink.objects.get(user=keyless.user)

    issued = services.issue_link(link_id=link.pk, at=at)

    assert issued is not None
    assert issued[0].expires_at == datetime.fromisoformat(ends)
    assert issued[0].expires_at - at <= timedelta(days=1)
