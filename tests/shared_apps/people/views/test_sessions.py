"""Where one is signed in: what is listed, and what ending a session does on the server."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session

from core.audit.models import AuditEvent
from core.db.clock import now
from core.tenancy import in_school
from shared_apps.people.models import KnownDevice, SignedInSession
from shared_apps.people.services import deactivate, end_sessions, reactivate
from shared_apps.people.services.agents import in_words

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture(autouse=True)
def _school(in_a):
    """Questions of the tests are about Ashgrove School."""


def log_in(client_for, person, **more):
    browser = client_for()
    assert browser.post("/login/", person.credentials(), **more).status_code == 302
    return browser


def test_list_says_when_where_and_by_what(client_for, keyless, says):
    browser = log_in(client_for, keyless, HTTP_USER_AGENT=FIREFOX, REMOTE_ADDR="192.0.2.7")

    text = says(browser.get("/account/sessions/", REMOTE_ADDR="192.0.2.7"))

    for words in ("Where you are signed in", "Firefox on Windows", "192.0.2.7", "This session", "last seen"):
        assert words in text
    assert "End all others" not in text


def test_no_session_id_is_kept(client_for, keyless):
    browser = log_in(client_for, keyless)

    stored = str(list(SignedInSession.objects.values()))
    assert browser.cookies["session"].value not in stored
    assert FIREFOX not in stored


@pytest.mark.attack("A27")
def test_ended_session_is_over_at_once(client_for, keyless, session):
    here, there = log_in(client_for, keyless), log_in(client_for, keyless)
    # Its copy lies in Valkey.
    assert session.signed_in(there)
    row = SignedInSession.objects.order_by("-created_at").first()

    assert here.post(f"/account/sessions/{row.pk}/end/").status_code == 302

    assert not session.signed_in(there)
    assert session.signed_in(here)
    assert not Session.objects.filter(session_key=there.cookies["session"].value).exists()
    assert AuditEvent.objects.filter(event="sessions.ended").count() == 1


def test_all_others_are_ended(client_for, keyless, session):
    here, *others = (log_in(client_for, keyless) for _ in range(3))

    here.post("/account/sessions/end-others/")

    assert session.signed_in(here)
    assert not any(session.signed_in(other) for other in others)


def test_session_of_somebody_else_is_not_found(client_for, keyless, cast, session):
    mine = log_in(client_for, keyless)
    row = SignedInSession.objects.get(user=keyless.user)

    assert client_for(cast.head).post(f"/account/sessions/{row.pk}/end/").status_code == 404
    assert session.signed_in(mine)


def test_session_under_a_new_id_stays_listed(client_for, keyed, session, says):
    browser = log_in(client_for, keyed)
    browser.post("/key/", {"code": keyed.code()})

    page = says(browser.get("/account/sessions/"))

    assert "This session" in page
    assert "With a key" in page
    assert SignedInSession.objects.filter(user=keyed.user).count() == 1


def test_logging_out_takes_the_session_off_the_list(client_for, keyless, says):
    here, there = log_in(client_for, keyless), log_in(client_for, keyless)
    there.post("/logout/")

    assert "End this session" not in says(here.get("/account/sessions/"))


def test_last_seen_is_written_once_a_minute(client_for, keyless, django_assert_max_num_queries):
    browser = log_in(client_for, keyless)
    browser.get("/account/sessions/")
    store = browser.session
    store["seen_at"] -= 61
    store.save()
    SignedInSession.objects.update(last_seen_at=now() - timedelta(minutes=5))

    browser.get("/account/")
    seen = SignedInSession.objects.get().last_seen_at
    browser.get("/account/")

    assert now() - seen < timedelta(minutes=1)
    assert SignedInSession.objects.get().last_seen_at == seen


def test_row_that_ended_ends_a_copy_left_behind(client_for, keyless, session):
    browser = log_in(client_for, keyless)
    SignedInSession.objects.update(ended_at=now())
    assert session.signed_in(browser)
    store = browser.session
    store["seen_at"] -= 61
    store.save()

    assert not session.signed_in(browser)


@pytest.mark.attack("A16")
def test_leavers_sessions_end_and_do_not_come_back(client_for, keyless, cast, session):
    browser = log_in(client_for, keyless)

    deactivate(user_id=keyless.user.pk, by=cast.head.access)
    assert not session.signed_in(browser)
    reactivate(user_id=keyless.user.pk, by=cast.head.access)

    assert not session.signed_in(browser)
    assert session.signed_in(log_in(client_for, keyless))


@pytest.mark.attack("A1")
def test_ending_sessions_here_touches_no_other_school(client_for, keyless, cast_b, session):
    there = client_for(cast_b.support)
    with in_school(cast_b.support.school):
        theirs = cast_b.support.user.pk
    assert end_sessions(user_id=theirs) == 0

    assert session.signed_in(there)


def test_sessions_page_takes_the_same_queries_for_many(client_for, keyless):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counts = []
    for _ in range(2):
        browser = log_in(client_for, keyless)
        with CaptureQueriesContext(connection) as caught:
            browser.get("/account/sessions/")
        counts.append(len(caught))
        log_in(client_for, keyless)
    assert counts[0] == counts[1]


def test_new_device_is_told_but_the_first_one_is_not(client_for, keyless, run_outbox, mailbox):
    first = log_in(client_for, keyless, HTTP_USER_AGENT=FIREFOX)
    run_outbox()
    assert mailbox.messages() == []
    first.post("/logout/")
    assert first.post("/login/", keyless.credentials()).status_code == 302
    run_outbox()
    assert mailbox.messages() == []

    log_in(client_for, keyless, HTTP_USER_AGENT=FIREFOX, REMOTE_ADDR="192.0.2.9")
    run_outbox()

    (mail,) = mailbox.messages()
    assert mail.recipient == keyless.user.email
    body = mail.message.get_content()
    assert "Firefox on Windows" in body
    assert "192.0.2.9" in body


def test_device_cookie_is_signed_kept_as_digest_and_good_in_one_school(client_for, keyless, cast_b, school_b):
    browser = log_in(client_for, keyless)
    cookie = browser.cookies["device"]

    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert not cookie["domain"]
    assert cookie.value.partition(":")[0] not in str(list(KnownDevice.objects.values()))
    from django.test import RequestFactory

    from shared_apps.people.services.devices import digest_of_device

    request = RequestFactory().get("/")
    request.COOKIES["device"] = cookie.value
    assert KnownDevice.objects.get().digest == digest_of_device(request)
    with in_school(school_b):
        assert digest_of_device(request) == ""
    request.COOKIES["device"] = f"x{cookie.value}"
    assert digest_of_device(request) == ""


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (FIREFOX, "Firefox on Windows"),
        ("Mozilla/5.0 (Macintosh) AppleWebKit/605 Version/18 Safari/605", "Safari on macOS"),
        ("Mozilla/5.0 (X11; CrOS x86_64) Chrome/140 Safari/537", "Chrome on ChromeOS"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/140 Safari/537 Edg/140", "Edge on Windows"),
        ("Mozilla/5.0 (iPhone) CriOS/140 Safari/604", "Chrome on iPhone"),
        ("<script>alert(1)</script>", "An unknown browser"),
        ("", "An unknown browser"),
    ],
)
def test_browsers_in_words(agent, words):
    assert in_words(agent) == words
