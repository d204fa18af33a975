"""Setting up keys: one's own only, proved by a code, closed while a key is unused."""

import re

import pytest
from django_otp.oath import totp
from django_otp.plugins.otp_totp.models import TOTPDevice

from core.db.clock import now
from shared_apps.people.models import RecoveryCode

WRONG = "Incorrect or out of date code"


@pytest.fixture
def newcomer(keyless, client_for):
    """The browser of somebody without a key."""
    return client_for(keyless.user, elevated=False)


def secret_on(page):
    found = re.search(r"<code>([A-Z2-7 ]+)</code>", page.content.decode())
    assert found
    return found[1].replace(" ", "")


def code_of(secret):
    import base64

    return f"{totp(base64.b32decode(secret)):06d}"


def add_device(newcomer, name="My Phone"):
    secret = secret_on(newcomer.get("/account/security-keys/add/"))
    return newcomer.post("/account/security-keys/save/", {"name": name, "code": code_of(secret)}), secret


@pytest.mark.spec("KEY-02", "KEY-03")
def test_keys_stand_under_account_settings(newcomer, says):
    account = newcomer.get("/account/")
    page = newcomer.get("/account/security-keys/")

    assert 'href="/account/security-keys/"' in account.content.decode()
    assert "CPOMS Authenticator" in says(page)
    assert "Add new device" in says(page)


def test_the_brand_names_the_authenticator(newcomer, settings, says):
    settings.BRAND = "Harbour"

    assert "Harbour Authenticator" in says(newcomer.get("/account/security-keys/"))


@pytest.mark.spec("KEY-10", "KEY-13")
def test_the_page_has_the_code_to_scan_and_the_fields(newcomer, says):
    page = newcomer.get("/account/security-keys/add/")

    html = page.content.decode()
    assert "<svg" in html.split('class="qr')[0][-200:] or 'class="qr"' in html
    assert 'name="name"' in html
    assert 'name="code"' in html
    assert ">Save this device</button>" in html
    assert html.index('class="qr"') < html.index('name="name"') < html.index(">Save this device<")
    assert "“iPad” or “My Phone”" in says(page)
    assert "Scan this code from inside the app" in says(page)
    assert not re.search(r"\sstyle=", html)


@pytest.mark.spec("KEY-10", "KEY-16", "KEY-02")
def test_a_saved_device_is_listed_by_name_for_its_owner(newcomer, keyless, cast, client_for, says):
    add_device(newcomer, "iPad of mine")

    device = TOTPDevice.objects.get(name="iPad of mine")
    assert device.user == keyless.user
    own = client_for(keyless.user, elevated=True).get("/account/security-keys/")
    assert "iPad of mine" in says(own)
    other = client_for(cast.teacher.user, elevated=True).get("/account/security-keys/")
    assert other.status_code == 200
    assert "iPad of mine" not in says(other)


@pytest.mark.spec("KEY-17")
def test_a_new_device_is_marked_as_not_yet_used(elevated, says):
    page = elevated.get("/account/security-keys/")

    assert "My Phone" in says(page)
    assert re.search(r'class="tag warn[^"]*">\s*Not yet used', page.content.decode())


@pytest.mark.spec("KEY-14")
@pytest.mark.parametrize("code", ["000000", "12345", "abcdef", "1234567"])
def test_a_wrong_code_saves_nothing(newcomer, keyless, says, code):
    secret = secret_on(newcomer.get("/account/security-keys/add/"))
    if code == code_of(secret):
        pytest.skip("the drawn secret shows just this number")

    answer = newcomer.post("/account/security-keys/save/", {"name": "My Phone", "code": code})

    assert WRONG in says(answer)
    assert not TOTPDevice.objects.filter(user=keyless.user).exists()
    assert secret_on(answer) == secret


@pytest.mark.spec("KEY-15")
def test_scanning_alone_registers_nothing(newcomer, keyless, session):
    newcomer.get("/account/security-keys/add/")
    newcomer.get("/account/security-keys/add/")

    assert not TOTPDevice.objects.filter(user=keyless.user).exists()
    assert "Elevate Your Access" not in newcomer.get("/account/").content.decode()


@pytest.mark.spec("KEY-07", "KEY-29")
def test_a_saved_key_elevates_only_once_it_is_used(newcomer, keyless, session):
    answer, secret = add_device(newcomer)

    assert answer.status_code == 200
    assert not session.elevated(newcomer)
    assert 'href="/elevate/"' in newcomer.get("/").content.decode()
    # The number that proved the device is used up.
    newcomer.post("/elevate/", {"code": code_of(secret)})
    assert not session.elevated(newcomer)


def test_the_first_key_brings_eight_recovery_codes_shown_once(newcomer, keyless):
    answer, _ = add_device(newcomer)

    codes = re.findall(r"<li><code>([A-Z2-7-]+)</code></li>", answer.content.decode())
    assert len(set(codes)) == 8
    stored = str(list(RecoveryCode.objects.filter(user=keyless.user).values()))
    for code in codes:
        assert code not in stored
        assert code.replace("-", "") not in stored
        assert code not in newcomer.get("/").content.decode()


def test_a_recovery_code_stands_in_for_the_key_once(newcomer, keyless, client_for, session, says):
    answer, _ = add_device(newcomer)
    code = re.findall(r"<li><code>([A-Z2-7-]+)</code></li>", answer.content.decode())[0]

    first, second = client_for(None), client_for(None)
    for one in (first, second):
        one.post("/login/", keyless.credentials())
    first.post("/key/", {"code": code.lower().replace("-", " ")})
    refused = second.post("/elevate/", {"code": code})

    assert session.elevated(first)
    assert WRONG in says(refused)
    assert not session.elevated(second)


def test_somebody_elses_recovery_code_is_refused(newcomer, keyed, restricted, session):
    answer, _ = add_device(newcomer)
    code = re.findall(r"<li><code>([A-Z2-7-]+)</code></li>", answer.content.decode())[0]

    restricted.post("/elevate/", {"code": code})

    assert not session.elevated(restricted)


def test_new_recovery_codes_make_the_old_ones_useless(keyed, elevated, restricted, session):
    first = elevated.post("/account/security-keys/recovery-codes/")
    old = re.findall(r"<li><code>([A-Z2-7-]+)</code></li>", first.content.decode())[0]
    elevated.post("/account/security-keys/recovery-codes/")

    restricted.post("/elevate/", {"code": old})

    assert not session.elevated(restricted)
    assert RecoveryCode.objects.filter(user=keyed.user, used_at=None).count() == 8


def test_new_recovery_codes_need_the_key(restricted, keyed):
    assert restricted.post("/account/security-keys/recovery-codes/").status_code == 403
    assert not RecoveryCode.objects.filter(user=keyed.user).exists()


@pytest.mark.spec("KEY-05", "KEY-06")
def test_keys_are_closed_while_the_key_is_unused(restricted, says):
    page = restricted.get("/account/security-keys/")

    assert page.status_code == 403
    assert "My Phone" not in says(page)
    assert 'href="/elevate/?next=/account/security-keys/"' in page.content.decode()
    assert "administrator to remove it" in says(page)


@pytest.mark.spec("KEY-04", "KEY-05")
def test_no_further_key_is_added_without_the_old_one(restricted, keyed):
    pending = restricted.session
    pending["pending_key"] = "A" * 32
    pending.save()

    page = restricted.get("/account/security-keys/add/")
    answer = restricted.post("/account/security-keys/save/", {"name": "Thief's", "code": code_of("A" * 32)})

    assert (page.status_code, answer.status_code) == (403, 403)
    assert "A" * 32 not in page.content.decode().replace(" ", "")
    assert TOTPDevice.objects.filter(user=keyed.user).count() == 1


@pytest.mark.spec("KEY-04")
def test_a_further_key_is_added_with_the_old_one(elevated, keyed):
    answer, _ = add_device(elevated, "iPad")

    assert answer["Location"] == "/account/security-keys/"
    assert set(TOTPDevice.objects.filter(user=keyed.user).values_list("name", flat=True)) == {
        "My Phone",
        "iPad",
    }


@pytest.mark.attack("A14")
def test_extra_fields_set_up_no_key_for_another(newcomer, keyless, cast):
    secret = secret_on(newcomer.get("/account/security-keys/add/"))
    data = {
        "name": "x",
        "code": code_of(secret),
        "user": str(cast.head.user.pk),
        "secret": "A" * 32,
        "key": "0" * 40,
    }

    newcomer.post("/account/security-keys/save/", data)

    device = TOTPDevice.objects.get(name="x")
    assert device.user == keyless.user
    assert device.key != "0" * 40


@pytest.mark.spec("SAF-59")
def test_the_person_is_told_of_a_new_key(newcomer, keyless, mailbox, run_outbox):
    add_device(newcomer)
    run_outbox()

    (mail,) = [mail for mail in mailbox.messages() if mail.recipient == keyless.user.email]
    assert mail.message["Subject"] == "CPOMS: a change to your account"
    assert "Your keys were changed on" in mail.message.get_body(("plain",)).get_content()
    assert f"{now().year}" in mail.message.get_body(("plain",)).get_content()


def test_no_secret_stands_in_audit_or_outbox(newcomer):
    from core.audit.models import AuditEvent
    from core.outbox.models import OutboxEntry

    _, secret = add_device(newcomer, "Planted name")

    stored = str([*AuditEvent.objects.values(), *OutboxEntry.objects.values()])
    assert "key.added" in stored
    assert secret not in stored
    assert "Planted" not in stored
