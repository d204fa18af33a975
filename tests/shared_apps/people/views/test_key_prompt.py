"""The key at login: six digits, each once; wrong ones are counted; one may go on without."""

from datetime import timedelta

import pytest
from django_otp.plugins.otp_totp.models import TOTPDevice

from core.db.clock import now
from shared_apps.people.models import WrongTries

WRONG = "Incorrect or out of date code"


@pytest.fixture
def prompted(visitor, keyed):
    """The lead's browser at the key prompt."""
    visitor.post("/login/", keyed.credentials())
    return visitor


@pytest.mark.spec("ACC-22", "ACC-25", "KEY-01", "KEY-24")
def test_the_six_digits_open_full_access(prompted, keyed, session):
    answer = prompted.post("/key/", {"code": keyed.code()})

    assert answer["Location"] == "/"
    assert session.elevated(prompted)


def test_digits_may_be_typed_in_groups(prompted, keyed, session):
    code = keyed.code()

    prompted.post("/key/", {"code": f"{code[:3]} {code[3:]}"})

    assert session.elevated(prompted)


@pytest.mark.spec("KEY-26", "KEY-27")
def test_a_wrong_number_is_refused_with_help(prompted, keyed, says, session):
    wrong = f"{(int(keyed.code()) + 1) % 1_000_000:06d}"

    answer = prompted.post("/key/", {"code": wrong})

    assert WRONG in says(answer)
    assert "set its date and time to ‘set automatically’ and its time zone to “London GMT”" in says(answer)
    assert not session.elevated(prompted)


@pytest.mark.spec("KEY-26")
@pytest.mark.parametrize("steps", [-2, 2])
def test_a_stale_number_is_refused(prompted, keyed, says, session, steps):
    assert WRONG in says(prompted.post("/key/", {"code": keyed.code(steps=steps)}))
    assert not session.elevated(prompted)


@pytest.mark.parametrize("steps", [-1, 1])
def test_one_step_to_either_side_is_let_through(prompted, keyed, session, steps):
    prompted.post("/key/", {"code": keyed.code(steps=steps)})

    assert session.elevated(prompted)


@pytest.mark.attack("A25")
@pytest.mark.spec("KEY-26")
def test_the_same_digits_work_once(prompted, keyed, client_for, says, session):
    code = keyed.code()
    prompted.post("/key/", {"code": code})
    onlooker = client_for(None)
    onlooker.post("/login/", keyed.credentials())

    answer = onlooker.post("/key/", {"code": code})

    assert WRONG in says(answer)
    assert session.elevated(prompted)
    assert not session.elevated(onlooker)


@pytest.mark.spec("KEY-26")
def test_earlier_digits_are_refused_after_later_ones(prompted, keyed, says):
    prompted.post("/key/", {"code": keyed.code(steps=1)})
    prompted.post("/logout/")
    prompted.post("/login/", keyed.credentials())

    assert WRONG in says(prompted.post("/key/", {"code": keyed.code()}))


def test_somebody_elses_digits_are_refused(prompted, keyed, keyless, says):
    other = TOTPDevice.objects.create(user=keyless.user, name="Other")
    from django_otp.oath import totp

    assert WRONG in says(prompted.post("/key/", {"code": f"{totp(other.bin_key):06d}"}))


def test_five_wrong_numbers_pause_the_right_one(prompted, keyed, says, session):
    for _ in range(5):
        prompted.post("/key/", {"code": "not a number"})

    answer = prompted.post("/key/", {"code": keyed.code()})

    assert answer.status_code == 429
    assert "Wait 15 minutes" in says(answer)
    assert not session.elevated(prompted)


def test_a_right_password_does_not_end_the_pause_of_the_key(prompted, keyed, session):
    for _ in range(5):
        prompted.post("/key/", {"code": "000"})
    prompted.post("/logout/")
    prompted.post("/login/", keyed.credentials())

    prompted.post("/key/", {"code": keyed.code()})

    assert not session.elevated(prompted)


def test_the_pause_of_the_key_ends_after_fifteen_minutes(prompted, keyed, session):
    for _ in range(5):
        prompted.post("/key/", {"code": "000"})
    row = WrongTries.objects.get(kind="key")
    row.times = [time - timedelta(minutes=15) for time in row.times]
    row.save()

    prompted.post("/key/", {"code": keyed.code()})

    assert session.elevated(prompted)


@pytest.mark.spec("ACC-22")
def test_one_may_go_on_without_the_key(prompted, session):
    assert "Continue without the key" in prompted.get("/key/").content.decode()
    assert session.signed_in(prompted)
    assert not session.elevated(prompted)


@pytest.mark.spec("KEY-17")
def test_the_first_login_takes_the_marker_away(prompted, keyed, says):
    prompted.post("/key/", {"code": keyed.code()})

    page = says(prompted.get("/account/security-keys/"))
    assert "My Phone" in page
    assert "Not yet used" not in page.replace("“Not yet used”", "")


def test_the_session_gets_a_new_id_and_a_time(prompted, keyed):
    before = prompted.cookies["session"].value

    prompted.post("/key/", {"code": keyed.code()})

    assert prompted.cookies["session"].value != before
    assert abs(prompted.session["elevated_at"] - now().timestamp()) < 60


@pytest.mark.attack("A15")
def test_a_removed_key_ends_the_elevation_with_the_next_request(prompted, keyed, session):
    prompted.post("/key/", {"code": keyed.code()})
    assert session.elevated(prompted)

    TOTPDevice.objects.filter(user=keyed.user).delete()

    assert session.signed_in(prompted)
    assert not session.elevated(prompted)


def test_a_visitor_is_sent_to_the_login_page(visitor):
    assert visitor.get("/key/")["Location"].startswith("/login/")


@pytest.mark.attack("A28")
def test_next_leads_to_no_other_host(prompted, keyed):
    answer = prompted.post(
        "/key/?next=//evil.example/", {"code": keyed.code(), "next": "https://evil.example"}
    )

    assert answer["Location"] == "/"
