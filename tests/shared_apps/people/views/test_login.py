"""The login page: what it shows, whom it lets in, and that it tells nobody apart."""

import time
from datetime import timedelta

import pytest
from django.contrib.auth.hashers import identify_hasher
from django.test import Client
from django.utils.html import escape

from core.db.clock import now
from shared_apps.people import services
from shared_apps.people.models import User, WrongTries
from shared_apps.people.services.tries import account_digest


@pytest.mark.spec("ACC-03", "ACC-04")
def test_the_page_has_email_password_login_and_the_one_link(visitor, says, school_a):
    page = visitor.get("/login/")

    assert page.status_code == 200
    html = page.content.decode()
    assert 'name="email"' in html
    assert 'type="password"' in html
    assert 'name="password"' in html
    assert ">Login</button>" in html
    assert "Forgotten your password or using CPOMS for the first time?" in says(page)
    assert 'href="/reset/"' in html
    assert escape(school_a.name) in html


@pytest.mark.spec("ACC-20", "ACC-25")
def test_an_account_without_a_key_comes_to_the_dashboard_restricted(visitor, keyless, session):
    answer = visitor.post("/login/", keyless.credentials())

    assert answer.status_code == 302
    assert answer["Location"] == "/"
    assert session.signed_in(visitor)
    assert not session.elevated(visitor)


@pytest.mark.spec("ACC-21", "KEY-01")
def test_an_account_with_a_key_comes_to_the_key_prompt(visitor, keyed):
    answer = visitor.post("/login/", keyed.credentials())

    assert answer["Location"] == "/key/"
    assert 'name="code"' in visitor.get("/key/").content.decode()


@pytest.mark.spec("ACC-22", "KEY-07")
def test_a_right_password_alone_leaves_a_key_users_session_restricted(visitor, keyed, session):
    visitor.post("/login/", keyed.credentials())

    assert session.signed_in(visitor)
    assert not session.elevated(visitor)


def test_the_address_may_be_typed_in_any_case(visitor, keyless, session):
    visitor.post("/login/", {"email": f" {keyless.user.email.upper()} ", "password": keyless.password})

    assert session.signed_in(visitor)


@pytest.mark.attack("A29")
@pytest.mark.spec("ACC-23")
def test_wrong_password_and_unknown_address_get_one_answer(client_for, keyless, says):
    unknown = {"email": "nobody@elsewhere.example", "password": keyless.password}
    wrong = {"email": keyless.user.email, "password": "wrong"}
    answers = [says(client_for(None).post("/login/", data)) for data in (unknown, wrong)]

    assert "The email address or the password is not right." in answers[0]
    assert answers[0].replace(unknown["email"], "") == answers[1].replace(wrong["email"], "")


@pytest.mark.spec("ACC-24")
def test_a_deactivated_account_gets_the_same_answer(client_for, keyless, cast, says, session):
    wrong = says(client_for(None).post("/login/", {**keyless.credentials(), "password": "wrong"}))
    services.set_active(user_id=keyless.user.pk, is_active=False, by=cast.head.access)
    browser = client_for(None)

    answer = browser.post("/login/", keyless.credentials())

    assert answer.status_code == 422
    assert says(answer) == wrong
    assert not session.signed_in(browser)


@pytest.mark.attack("A16")
def test_a_leavers_open_session_ends_with_the_account(visitor, keyless, cast, session):
    visitor.post("/login/", keyless.credentials())
    assert session.signed_in(visitor)

    services.set_active(user_id=keyless.user.pk, is_active=False, by=cast.head.access)

    assert not session.signed_in(visitor)


@pytest.mark.attack("A29")
def test_unknown_addresses_take_the_time_of_known_ones(visitor, keyless, settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    keyless.user.set_password(keyless.password)
    keyless.user.save()
    assert identify_hasher(keyless.user.password).algorithm == "argon2"
    unset = services.create_user(email="new@x.example", first_name="New", last_name="Person", by=None)

    fastest = dict.fromkeys([keyless.user.email, "nobody@elsewhere.example", unset.email], 9.0)
    for _ in range(7):
        for email, best in fastest.items():
            WrongTries.objects.update(times=[])
            start = time.perf_counter()
            visitor.post("/login/", {"email": email, "password": "wrong"})
            fastest[email] = min(best, time.perf_counter() - start)

    # The fastest of each: other work on the machine only ever adds.
    known = fastest.pop(keyless.user.email)
    for seconds in fastest.values():
        assert 0.6 < seconds / known < 1.67


@pytest.mark.attack("A24")
def test_five_wrong_tries_pause_the_account_for_the_right_password_too(client_for, keyless, says, session):
    for _ in range(5):
        client_for(None).post("/login/", {**keyless.credentials(), "password": "wrong"})
    browser = client_for(None)

    answer = browser.post("/login/", keyless.credentials())

    assert answer.status_code == 429
    assert "Wait 15 minutes" in says(answer)
    assert not session.signed_in(browser)


def test_the_pause_comes_to_unknown_addresses_alike(client_for, says):
    data = {"email": "nobody@elsewhere.example", "password": "wrong"}
    statuses = [client_for(None).post("/login/", data).status_code for _ in range(6)]

    assert statuses == [422, 422, 422, 422, 429, 429]


def test_the_pause_ends_after_fifteen_minutes(visitor, keyless, session):
    tries = [now() - timedelta(minutes=15, seconds=1)] * 5
    WrongTries.objects.create(kind="password", digest=account_digest(keyless.user.email), times=tries)

    visitor.post("/login/", keyless.credentials())

    assert session.signed_in(visitor)


def test_a_right_password_forgives_earlier_wrong_ones(client_for, keyless):
    for password in ["wrong"] * 4 + [keyless.password] + ["wrong"] * 3:
        answer = client_for(None).post("/login/", {"email": keyless.user.email, "password": password})

    assert answer.status_code == 422


def test_no_address_is_kept_with_the_wrong_tries(visitor):
    visitor.post("/login/", {"email": "planted.name@elsewhere.example", "password": "wrong"})

    row = WrongTries.objects.get()
    assert "planted" not in row.digest
    assert len(row.digest) == 64


@pytest.mark.attack("A24")
def test_one_address_trying_many_accounts_is_slowed(client_for, monkeypatch):
    monkeypatch.setattr("shared_apps.people.views.signing_in.NETWORK_LOGINS", 3)

    statuses = [
        client_for(None).post("/login/", {"email": f"p{n}@x.example", "password": "Spring2026!"}).status_code
        for n in range(5)
    ]

    assert statuses == [422, 422, 422, 429, 429]


@pytest.mark.attack("A27")
def test_signing_in_gives_the_session_a_new_id(visitor, keyless):
    visitor.get("/login/")
    store = visitor.session
    store["planted"] = True
    store.save()
    planted = visitor.cookies["session"].value

    visitor.post("/login/", keyless.credentials())

    assert visitor.cookies["session"].value != planted
    assert "planted" not in visitor.session


def test_signing_in_again_drops_an_elevation_left_in_the_browser(elevated, keyed, session):
    assert session.elevated(elevated)

    elevated.post("/login/", keyed.credentials())

    assert not session.elevated(elevated)


@pytest.mark.attack("A28")
@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "javascript:alert(1)",
        "http:evil.example",
    ],
)
def test_next_leads_to_no_other_host(visitor, keyless, target):
    answer = visitor.post(f"/login/?next={target}", {**keyless.credentials(), "next": target})

    assert answer["Location"] == "/"


def test_next_leads_back_to_the_page_that_was_asked_for(visitor, keyed):
    answer = visitor.post("/login/", {**keyed.credentials(), "next": "/account/"})

    assert answer["Location"] == "/key/?next=%2Faccount%2F"


@pytest.mark.attack("A14")
def test_extra_fields_of_the_form_change_nothing(visitor, keyless, session):
    extras = {"is_verified": "1", "otp_device_id": "x", "is_admin": "1", "group": "Admin", "is_active": "1"}
    before = User.objects.values().get(pk=keyless.user.pk)

    visitor.post("/login/", {**keyless.credentials(), **extras})

    after = User.objects.values().get(pk=keyless.user.pk)
    assert not session.elevated(visitor)
    assert {**before, "last_login": None} == {**after, "last_login": None}


@pytest.mark.attack("A1")
def test_a_session_of_one_school_opens_nothing_at_another(visitor, keyless, client_for, school_b, session):
    visitor.post("/login/", keyless.credentials())
    other = client_for(None, school=school_b)
    other.cookies["session"] = visitor.cookies["session"].value

    assert session.signed_in(visitor)
    assert not session.signed_in(other)


def test_the_session_hash_names_the_school(keyless, school_b):
    from core.tenancy import in_school

    here = keyless.user.get_session_auth_hash()
    with in_school(school_b):
        there = keyless.user.get_session_auth_hash()

    assert here != there


def test_a_post_without_the_forms_token_is_refused(school_a, keyless):
    strict = Client(enforce_csrf_checks=True, HTTP_HOST=f"{school_a.subdomain}.localhost")

    assert strict.post("/login/", keyless.credentials()).status_code == 403


@pytest.mark.spec("ACC-26")
def test_the_page_needs_no_script_and_fits_small_screens(visitor):
    html = visitor.get("/login/").content.decode()

    assert '<meta name="viewport" content="width=device-width, initial-scale=1">' in html
    assert '<form method="post"' in html


def test_the_session_ends_twelve_hours_after_it_began(visitor, keyless, session):
    visitor.post("/login/", keyless.credentials())
    store = visitor.session
    store["signed_in_at"] -= 12 * 60 * 60 - 60
    store.save()
    assert session.signed_in(visitor)

    store["signed_in_at"] -= 61
    store.save()

    assert not session.signed_in(visitor)


def test_the_cookie_ends_with_the_browser_and_stays_on_this_host(visitor, keyless):
    cookie = visitor.post("/login/", keyless.credentials()).cookies["session"]

    assert (cookie["max-age"], cookie["expires"], cookie["domain"]) == ("", "", "")
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
