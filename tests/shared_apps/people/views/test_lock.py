"""The idle lock, by its pages: 423 until the password, and after an hour the key."""

import re
from uuid import uuid4

import pytest
from django.urls import resolve, reverse

from core.access.checks import routes_of
from core.access.decorators import rule_of
from core.audit.models import AuditEvent
from core.outbox.jobs import valkey
from shared_apps.people.middleware import WAYS_OUT
from shared_apps.people.services import lock
from tenant_apps.school_settings.models import Settings

FETCH = {"X-Requested-With": "fetch"}
SECRET = "Amelia"


def idle(browser, minutes, *, valkey_too=True):
    """Let the last activity of the browser's session lie so many minutes back."""
    session = browser.session
    before = session["active_at"] - 60 * minutes
    session["active_at"] = before
    session.save()
    key = lock._key(session)
    if valkey_too and valkey().exists(key):
        valkey().set(key, before)


def events(*names):
    return list(AuditEvent.objects.filter(event__in=names).order_by("pk").values_list("event", flat=True))


@pytest.fixture(autouse=True)
def _school(in_a):
    """Questions of the tests are about Ashgrove School."""


@pytest.mark.spec("EXT-06")
def test_session_locks_after_fifteen_idle_minutes_and_says_nothing_of_the_page(elevated, students_a, says):
    page = "/students/search/?q=Ame"
    assert SECRET in elevated.get(page).content.decode()
    idle(elevated, 14.8)
    assert elevated.get("/account/").status_code == 200
    idle(elevated, 15.1)
    response = elevated.get("/account/?x=1")
    assert response.status_code == 423
    assert "This screen is locked" in says(response)
    assert 'name="next" value="/account/?x=1"' in response.content.decode()
    assert response["Cache-Control"] == "no-store"
    assert SECRET not in elevated.get(page).content.decode()
    assert events("session.locked") == ["session.locked"]


@pytest.mark.spec("EXT-06")
def test_every_route_of_the_school_is_locked_but_the_ways_out(elevated):
    idle(elevated, 16)
    open_ones = set()
    for name, pattern, _ in routes_of("config.urls_school"):
        kwargs = {
            name_of: uuid4() if kind == "uuid" else 1 if kind == "int" else "x"
            for kind, name_of in re.findall(r"<(\w+):(\w+)>", str(pattern))
        }
        path = reverse(name, urlconf="config.urls_school", kwargs=kwargs)
        view = resolve(path, urlconf="config.urls_school").func
        if rule_of(view).kind == "public":
            continue
        if name not in WAYS_OUT and {elevated.post(path).status_code, elevated.get(path).status_code} != {
            423
        }:
            open_ones.add(name)
    assert open_ones == set()


@pytest.mark.spec("SAF-46")
def test_school_may_not_wait_longer_than_thirty_minutes_or_fifteen_without_key(elevated, keyless, client_for):
    Settings.objects.update(idle_timeout_minutes=120)
    plain = client_for(keyless.user)
    for browser, longest in ((elevated, 30), (plain, 15)):
        idle(browser, longest - 0.2)
        assert browser.get("/account/").status_code == 200
        idle(browser, longest + 0.1)
        assert browser.get("/account/").status_code == 423


@pytest.mark.spec("EXT-06")
def test_setting_shortens_the_wait(elevated):
    Settings.objects.update(idle_timeout_minutes=2)
    idle(elevated, 2.1)
    assert elevated.get("/account/").status_code == 423


@pytest.mark.spec("EXT-06", "OP-41")
def test_password_unlocks_and_leads_back(elevated, keyed):
    idle(elevated, 20)
    elevated.get("/account/")
    response = elevated.post("/unlock/", {"password": keyed.password, "next": "/account/"})
    assert (response.status_code, response["Location"]) == (302, "/account/")
    assert elevated.get("/account/").status_code == 200
    assert events("session.locked", "session.unlocked") == ["session.locked", "session.unlocked"]


def test_unlocked_session_keeps_its_id_its_key_and_its_tokens(elevated, keyed, session):
    before = elevated.session.session_key
    idle(elevated, 20)
    elevated.post("/unlock/", {"password": keyed.password})
    assert elevated.session.session_key == before
    assert session.elevated(elevated)


def test_unlocking_leads_to_no_other_host(elevated, keyed):
    idle(elevated, 20)
    response = elevated.post("/unlock/", {"password": keyed.password, "next": "//elsewhere.example/"})
    assert response["Location"] == "/"


@pytest.mark.attack("A24")
def test_wrong_passwords_count_and_pause(elevated, keyed, says):
    idle(elevated, 20)
    for _ in range(4):
        response = elevated.post("/unlock/", {"password": "wrong"})
        assert response.status_code == 422
        assert "The password is not right." in says(response)
    assert elevated.post("/unlock/", {"password": "wrong"}).status_code == 429
    assert elevated.post("/unlock/", {"password": keyed.password}).status_code == 429
    assert elevated.get("/account/").status_code == 423


def test_another_persons_password_does_not_unlock(elevated, keyless):
    keyless.user.set_password("Another-Kestrel-17")
    keyless.user.save()
    idle(elevated, 20)
    assert elevated.post("/unlock/", {"password": "Another-Kestrel-17"}).status_code == 422
    assert elevated.get("/account/").status_code == 423


@pytest.mark.spec("EXT-06")
def test_after_an_hour_the_key_is_asked_for_too(elevated, keyed, session, says):
    idle(elevated, 61)
    assert "6-digit number" in says(elevated.get("/account/"))
    assert elevated.post("/unlock/", {"password": keyed.password}).status_code == 422
    refused = elevated.post("/unlock/", {"password": keyed.password, "code": "000000"})
    assert "Incorrect or out of date code" in says(refused)
    assert elevated.get("/account/").status_code == 423
    assert elevated.post("/unlock/", {"password": keyed.password, "code": keyed.code()}).status_code == 302
    assert session.elevated(elevated)


@pytest.mark.spec("EXT-06")
def test_after_an_hour_without_the_key_the_session_has_none(elevated, keyed, session):
    idle(elevated, 61)
    answer = elevated.post("/unlock/", {"password": keyed.password, "without_key": "on", "next": "/account/"})
    assert answer["Location"] == "/key/?next=%2Faccount%2F"
    assert session.signed_in(elevated)
    assert not session.elevated(elevated)


def test_session_without_key_is_not_asked_for_one(restricted, keyed, says):
    idle(restricted, 61)
    assert "6-digit number" not in says(restricted.get("/account/"))
    assert restricted.post("/unlock/", {"password": keyed.password}).status_code == 302


def test_lock_page_logs_out(elevated, says, session):
    idle(elevated, 20)
    assert "Log out, keep the draft" in says(elevated.get("/account/"))
    assert elevated.post("/logout/").status_code == 302
    assert not session.signed_in(elevated)


def test_forgotten_password_can_be_reset_from_a_locked_browser(elevated):
    idle(elevated, 20)
    assert elevated.get("/reset/").status_code == 200


@pytest.mark.spec("EXT-06")
def test_saving_a_draft_is_activity_and_polling_is_none(elevated):
    from core.db.keys import uuid7

    idle(elevated, 14)
    assert elevated.get("/account/", headers={"X-Poll": "true"}).status_code == 200
    idle(elevated, 0.5)
    assert elevated.post(f"/incidents/drafts/{uuid7()}/", {"text": "Seen."}, headers=FETCH).status_code == 200
    idle(elevated, 14)
    assert elevated.get("/account/", headers={"X-Poll": "true"}).status_code == 200
    idle(elevated, 1.1)
    assert elevated.get("/account/", headers={"X-Poll": "true"}).status_code == 423


def test_reading_without_asking_anything_is_activity(elevated):
    idle(elevated, 14)
    assert elevated.post("/here/", headers=FETCH).status_code == 204
    idle(elevated, 14)
    assert elevated.get("/account/").status_code == 200


@pytest.mark.parametrize("headers", [FETCH, {"HX-Request": "true"}, {"Sec-Fetch-Mode": "cors"}])
def test_script_gets_the_status_and_no_form(elevated, headers):
    idle(elevated, 20)
    response = elevated.get("/account/", headers=headers)
    assert response.status_code == 423
    assert "<form" not in response.content.decode()


def test_script_learns_how_the_session_stands_and_unlocks(elevated, keyed):
    assert elevated.get("/unlock/", headers=FETCH).json()["screen"] == "open"
    idle(elevated, 10)
    state = elevated.get("/unlock/", headers=FETCH).json()
    assert 4 * 60 < state["left"] <= 5 * 60 + 1
    idle(elevated, 55)
    assert elevated.get("/unlock/", headers=FETCH).json() == {"screen": "locked", "left": 0, "asks_key": True}
    wrong = elevated.post("/unlock/", {"password": "wrong", "code": "1"}, headers=FETCH)
    assert wrong.status_code == 422
    assert wrong.json()["errors"] == {"password": "The password is not right."}
    right = elevated.post("/unlock/", {"password": keyed.password, "code": keyed.code()}, headers=FETCH)
    assert right.json() == {"screen": "open", "go": ""}


def test_asking_how_it_stands_is_no_activity(elevated):
    idle(elevated, 14)
    elevated.get("/unlock/", headers=FETCH)
    idle(elevated, 1.1)
    assert elevated.get("/account/").status_code == 423


@pytest.mark.spec("SAF-46", "EXT-05")
def test_cover_set_by_hand_asks_for_the_password_after_two_minutes(elevated, keyed, later):
    def cover_lies_back(seconds):
        session = elevated.session
        session["covered_at"] -= seconds
        session.save()

    assert elevated.post("/blank/", {"screen": "covered"}, headers=FETCH).status_code == 204
    cover_lies_back(118)
    assert elevated.get("/unlock/", headers=FETCH).json()["screen"] == "covered"
    assert elevated.post("/blank/", {"screen": "shown"}, headers=FETCH).status_code == 204
    assert "covered_at" not in elevated.session

    elevated.post("/blank/", {"screen": "covered"}, headers=FETCH)
    cover_lies_back(100)
    elevated.post("/blank/", {"screen": "covered"}, headers=FETCH)
    cover_lies_back(21)
    assert elevated.post("/blank/", {"screen": "shown"}, headers=FETCH).status_code == 423
    assert elevated.get("/account/").status_code == 423
    assert AuditEvent.objects.get(event="session.locked").detail == {"cause": "cover"}
    assert elevated.post("/unlock/", {"password": keyed.password}).status_code == 302
    assert elevated.get("/account/").status_code == 200


@pytest.mark.spec("OP-41")
def test_covered_screen_is_left_by_one_click_and_without_script_has_a_page(elevated, says):
    response = elevated.post("/blank/", {"screen": "covered", "next": "/account/"})
    assert response["Location"] == "/blank/?next=%2Faccount%2F"
    assert "Screen covered" in says(elevated.get(response["Location"]))
    assert "covered_at" in elevated.session
    shown = elevated.post("/blank/", {"screen": "shown", "next": "/account/"})
    assert shown["Location"] == "/account/"
    assert elevated.get("/account/").status_code == 200


def test_reloading_the_page_uncovers_and_a_script_does_not(elevated):
    elevated.post("/blank/", {"screen": "covered"}, headers=FETCH)
    elevated.get("/account/", headers=FETCH)
    assert "covered_at" in elevated.session
    elevated.get("/account/")
    assert "covered_at" not in elevated.session


@pytest.mark.fault("F5")
def test_valkey_that_lost_the_time_locks_the_session(elevated, keyed):
    valkey().flushdb()
    assert elevated.get("/account/").status_code == 423
    assert elevated.post("/unlock/", {"password": keyed.password}).status_code == 302
    assert elevated.get("/account/").status_code == 200


@pytest.mark.fault("F6")
def test_while_valkey_is_away_the_row_of_the_session_counts(elevated, settings):
    settings.VALKEY_URL = "redis://127.0.0.1:1/0"
    assert elevated.get("/account/").status_code == 200
    for _ in range(3):
        idle(elevated, 14, valkey_too=False)
        assert elevated.get("/account/").status_code == 200
    idle(elevated, 16, valkey_too=False)
    assert elevated.get("/account/").status_code == 423


def test_row_of_the_session_is_written_once_a_minute(elevated):
    elevated.get("/account/")
    begun = elevated.session["active_at"]
    idle(elevated, 0.5)
    elevated.get("/account/")
    assert elevated.session["active_at"] == begun - 30
    idle(elevated, 0.6)
    elevated.get("/account/")
    assert elevated.session["active_at"] > begun


def test_session_locked_stays_locked_when_the_school_waits_longer(elevated):
    Settings.objects.update(idle_timeout_minutes=5)
    idle(elevated, 6)
    assert elevated.get("/account/").status_code == 423
    Settings.objects.update(idle_timeout_minutes=15)
    assert elevated.get("/account/").status_code == 423


def test_valkey_holds_no_name_of_a_session(elevated):
    elevated.get("/account/")
    keys = b" ".join(valkey().scan_iter("*activity*")).decode()
    assert keys
    assert elevated.session["activity"] not in keys
    assert elevated.session.session_key not in keys
