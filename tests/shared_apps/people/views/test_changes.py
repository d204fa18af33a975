"""Password, address and keys are changed by their owner, who is asked again, and told; other sessions end."""

import re

import pytest
from django_otp.plugins.otp_totp.models import TOTPDevice

from core.audit.models import AuditEvent
from shared_apps.people.adapters.school import school_side
from shared_apps.people.enums import ELEVATED_AT
from shared_apps.people.models import RecoveryCode
from tests.shared_apps.people.conftest import NEW_PASSWORD
from tests.shared_apps.people.software_key import SoftwareKey
from tests.shared_apps.people.views.test_u2f import ask, origin_of, register


@pytest.fixture(autouse=True)
def _school(in_a):
    """Questions of the tests are about Ashgrove School."""


def confirm(browser, person, **more):
    sent = {"password": person.password}
    if person.key is not None and not more:
        sent["code"] = person.code()
    return browser.post("/account/confirm/", sent | more)


def path_of_key(person):
    return f"/account/security-keys/soft/{TOTPDevice.objects.get(user=person.user).pk}/"


@pytest.mark.parametrize("path", ["/account/password/", "/account/email/"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_every_change_asks_again_first(elevated, keyed, path, method):
    before = keyed.user.password

    answer = getattr(elevated, method)(path, {"password": NEW_PASSWORD, "email": "new@ashgrove.sch.example"})

    assert answer["Location"].startswith("/account/confirm/")
    keyed.user.refresh_from_db()
    assert (keyed.user.password, keyed.user.email) == (before, keyed.credentials()["email"])


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"password": "wrong", "code": "123456"}, "not your password"),
        ({"code": "000000"}, "Incorrect or out of date code"),
        ({"code": ""}, "Enter the 6-digit number"),
        ({"answer": "{}"}, "Unable to verify your U2F key"),
    ],
)
def test_wrong_password_or_key_confirms_nothing(elevated, keyed, says, sent, words):
    refused = elevated.post("/account/confirm/", {"password": keyed.password} | sent)

    assert refused.status_code == 422
    assert words in says(refused)
    assert elevated.get("/account/password/").status_code == 302


@pytest.mark.attack("A24")
def test_wrong_passwords_there_pause_the_account(elevated, keyed, client_for):
    for _ in range(5):
        last = elevated.post("/account/confirm/", {"password": "wrong", "code": "123456"})

    assert last.status_code == 429
    assert confirm(elevated, keyed).status_code == 429


@pytest.mark.attack("A25")
def test_number_that_confirmed_is_used_up(elevated, keyed, client_for):
    assert confirm(elevated, keyed).status_code == 302

    other = client_for(keyed.user, elevated=True)
    assert confirm(other, keyed).status_code == 422


def test_password_is_changed_and_all_other_sessions_end(
    elevated, keyed, client_for, session, says, run_outbox, mailbox
):
    other = client_for(keyed.user, elevated=True)
    confirm(elevated, keyed)
    assert "Save password" in says(elevated.get("/account/password/"))

    done = elevated.post("/account/password/", {"password": NEW_PASSWORD})

    assert done["Location"] == "/account/"
    assert session.elevated(elevated)
    assert not session.signed_in(other)
    assert client_for().post("/login/", keyed.credentials()).status_code == 422
    assert client_for().post("/login/", keyed.credentials() | {"password": NEW_PASSWORD}).status_code == 302
    # It asks again for the next change.
    assert elevated.get("/account/password/").status_code == 302
    assert AuditEvent.objects.filter(event="user.password_changed").count() == 1
    run_outbox()
    mails = [mail for mail in mailbox.messages() if mail.recipient == keyed.user.email]
    assert any("password was changed" in mail.message.get_content() for mail in mails)
    assert all(NEW_PASSWORD not in mail.message.as_string() for mail in mailbox.messages())


@pytest.mark.spec("ACC-15", "ACC-17")
def test_weak_password_is_rated_and_refused(elevated, keyed, says):
    confirm(elevated, keyed)

    rated = elevated.post("/account/password/strength/", {"password": "password1"})
    refused = elevated.post("/account/password/", {"password": "password1"})

    assert "WEAK" in says(rated)
    assert refused.status_code == 422
    keyed.user.refresh_from_db()
    assert keyed.user.check_password(keyed.password)


def test_new_address_is_told_to_the_old_one_and_the_new(
    elevated, keyed, client_for, session, run_outbox, mailbox
):
    old, new = keyed.user.email, "m.new@ashgrove.sch.example"
    other = client_for(keyed.user, elevated=True)
    confirm(elevated, keyed)

    done = elevated.post("/account/email/", {"email": new})

    assert done["Location"] == "/account/"
    keyed.user.refresh_from_db()
    assert keyed.user.email == new
    assert session.signed_in(elevated)
    assert not session.signed_in(other)
    run_outbox()
    told = [mail.recipient for mail in mailbox.messages() if "email was changed" in str(mail.message)]
    assert {old, new} <= set(told)


def test_address_outside_the_whitelist_or_in_use_is_refused(elevated, keyed, cast, says, monkeypatch):
    confirm(elevated, keyed)
    outside = elevated.post("/account/email/", {"email": "m@elsewhere.example"})
    taken = elevated.post("/account/email/", {"email": cast.teacher.user.email.upper()})

    assert (outside.status_code, taken.status_code) == (422, 422)
    assert "own domains only" in says(outside)
    assert "Another account has this address" in says(taken)
    monkeypatch.setattr(school_side, "accepts_email", lambda email: True)
    assert elevated.post("/account/email/", {"email": "m@elsewhere.example"}).status_code == 302


def test_own_key_is_renamed_after_asking_again(elevated, keyed, says):
    path = path_of_key(keyed)
    asked = elevated.get(path)
    assert asked["Location"] == f"/account/confirm/?next={path.replace('/', '%2F')}"
    assert elevated.post(f"{path}rename/", {"name": "Tablet"}).status_code == 302
    assert TOTPDevice.objects.get(user=keyed.user).name == "My Phone"
    confirm(elevated, keyed)

    assert "Save name" in says(elevated.get(path))
    elevated.post(f"{path}rename/", {"name": "Tablet"})

    assert "Tablet" in says(elevated.get("/account/security-keys/"))
    assert elevated.get(path).status_code == 302


def test_own_key_is_removed_after_asking_again(elevated, keyed, client_for, session, run_outbox, mailbox):
    path = path_of_key(keyed)
    register(elevated, name="Blue")
    other = client_for(keyed.user, elevated=True)
    assert elevated.post(f"{path}remove/").status_code == 302
    assert TOTPDevice.objects.filter(user=keyed.user).exists()
    confirm(elevated, keyed)

    elevated.post(f"{path}remove/")

    assert not TOTPDevice.objects.filter(user=keyed.user).exists()
    assert not session.signed_in(other)
    # The key of this session is gone, and its elevation with it; the other key is still asked for.
    assert not session.elevated(elevated)
    assert elevated.get("/account/security-keys/").status_code == 403
    run_outbox()
    assert any(mail.recipient == keyed.user.email for mail in mailbox.messages())


@pytest.mark.attack("A25")
def test_a_session_left_open_makes_no_recovery_codes_without_asking_again(elevated, keyed):
    path = "/account/security-keys/recovery-codes/"
    session = elevated.session
    session[ELEVATED_AT] -= 11 * 60
    session.save()

    assert elevated.post(path)["Location"].startswith("/account/confirm/")
    assert not RecoveryCode.objects.filter(user=keyed.user).exists()

    confirm(elevated, keyed)
    assert elevated.post(path).status_code == 200
    assert RecoveryCode.objects.filter(user=keyed.user).count() == 8
    # One confirmation, one change.
    assert elevated.post(path)["Location"].startswith("/account/confirm/")


def test_recovery_codes_go_with_the_last_key(elevated, keyed, client_for):
    elevated.post("/account/security-keys/recovery-codes/")
    assert RecoveryCode.objects.filter(user=keyed.user).count() == 8
    confirm(elevated, keyed)

    elevated.post(f"{path_of_key(keyed)}remove/")

    assert not RecoveryCode.objects.filter(user=keyed.user).exists()
    assert client_for().post("/login/", keyed.credentials())["Location"] == "/"


@pytest.mark.spec("KEY-02")
def test_nobody_reaches_anothers_key(elevated, keyed, cast, client_for):
    path = path_of_key(keyed)
    stranger = client_for(cast.teacher, elevated=True)

    assert stranger.get(path).status_code == 404
    assert stranger.post(f"{path}rename/", {"name": "Mine"}).status_code == 404
    assert stranger.post(f"{path}remove/").status_code == 404
    assert TOTPDevice.objects.get(user=keyed.user).name == "My Phone"


def test_u2f_key_confirms_a_change(elevated, keyed):
    key, _ = register(elevated, SoftwareKey(), name="Blue")
    answer = key.get(ask(elevated), origin=origin_of(elevated))

    assert confirm(elevated, keyed, answer=answer).status_code == 302
    assert elevated.get("/account/email/").status_code == 200


def test_key_is_added_without_asking_only_right_after_the_login(elevated, keyed):
    assert elevated.get("/account/security-keys/add/").status_code == 200
    store = elevated.session
    store["elevated_at"] -= 11 * 60
    store.save()

    assert elevated.get("/account/security-keys/add/")["Location"].startswith("/account/confirm/")
    assert elevated.post("/account/security-keys/u2f/question/").status_code == 403
    page = elevated.get("/account/security-keys/").content.decode()
    assert "u2f-dialog" not in page
    assert re.search(r'href="/account/confirm/[^>]*>.*?Register a new U2F key', page, re.DOTALL)
    confirm(elevated, keyed)
    assert elevated.get("/account/security-keys/add/").status_code == 200
