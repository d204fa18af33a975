"""U2F keys: registered by their owner, good for one address, one origin, one answer."""

import re

import pytest

from core.audit.models import AuditEvent
from shared_apps.people.models import RecoveryCode, WebAuthnKey
from shared_apps.people.services.keys import remove_all_keys
from tests.shared_apps.people.software_key import SoftwareKey

REFUSED = "Unable to verify your U2F key"
REGISTER = "/account/security-keys/u2f/register/"


@pytest.fixture(autouse=True)
def _school(in_a):
    """Questions of the tests are about Ashgrove School."""


def origin_of(browser):
    return f"http://{browser.defaults['HTTP_HOST']}"


def ask(browser, path="/key/question/"):
    answer = browser.post(path)
    assert answer.status_code == 200
    return answer.json()


def register(browser, key=None, *, name="Blue key", **more):
    key = key or SoftwareKey()
    question = ask(browser, "/account/security-keys/u2f/question/")
    answer = key.create(question, **{"origin": origin_of(browser), **more})
    return key, browser.post(REGISTER, {"name": name, "answer": answer})


@pytest.fixture
def newcomer(keyless, client_for):
    """The browser of somebody without a key, just logged in."""
    return client_for(keyless.user, elevated=False)


@pytest.fixture
def holder(keyless, client_for):
    """Somebody with a U2F key only: (person, key)."""
    key, saved = register(client_for(keyless.user, elevated=False))
    assert saved.status_code == 200
    return keyless, key


@pytest.fixture
def prompted(holder, client_for):
    """The holder's browser after the password, at the key prompt."""
    browser = client_for()
    assert browser.post("/login/", holder[0].credentials())["Location"] == "/key/"
    return browser


@pytest.mark.spec("KEY-01", "KEY-36", "KEY-37", "KEY-45", "KEY-46", "KEY-43")
def test_page_offers_registration_with_the_words_of_the_guide(newcomer, says, settings):
    settings.KEY_PRICE = "£31 + VAT"
    page = newcomer.get("/account/security-keys/")

    html, text = page.content.decode(), says(page)
    assert re.search(r"<h2[^>]*>U2F Keys</h2>", html)
    assert re.search(r"<dialog[^>]*id=\"u2f-dialog\"", html)
    assert 'data-opens="u2f-dialog"' in html
    for words in (
        "Register a new U2F key",
        "Device Name",
        "Start Registration",
        "press its gold disc",
        "Successfully added new U2F key. You can now close this window",
        "55 or higher, or with 7",
        "ordered by form, sent by email",
        "£31 + VAT",
        "Chrome and Firefox",
        "Internet Explorer",
    ):
        assert words in text, words
    assert re.search(r"data-u2f-unsupported hidden", html)


@pytest.mark.spec("KEY-02", "KEY-36", "KEY-37", "KEY-17")
def test_first_key_is_listed_marked_and_brings_recovery_codes(newcomer, keyless, says, client_for):
    _, saved = register(newcomer, name="Blue key")

    assert len(set(saved.json()["codes"])) == 8
    device = WebAuthnKey.objects.get()
    assert (device.user, device.name, device.rp_id) == (
        keyless.user,
        "Blue key",
        newcomer.defaults["HTTP_HOST"].partition(":")[0],
    )
    # The session has not used it.
    assert newcomer.get("/account/security-keys/").status_code == 403
    assert 'href="/elevate/"' in newcomer.get("/").content.decode()


@pytest.mark.spec("KEY-38", "KEY-17", "ACC-21")
def test_login_with_the_key_opens_the_higher_level(prompted, holder, session, says):
    page = prompted.get("/key/")
    assert "Press the gold circle" in says(page)
    assert "steady green light" in says(page)
    answer = holder[1].get(ask(prompted), origin=origin_of(prompted))

    done = prompted.post("/key/", {"answer": answer})

    assert done["Location"] == "/"
    assert session.elevated(prompted)
    listed = prompted.get("/account/security-keys/")
    assert "Blue key" in says(listed)
    assert not re.search(r"tag warn[^>]*>Not yet used", listed.content.decode())


@pytest.mark.spec("KEY-31")
def test_elevating_with_the_key_by_steps_on_the_screen(holder, client_for, session, says):
    person, key = holder
    browser = client_for(person.user, elevated=False)
    assert not session.elevated(browser)
    assert "Insert your key" in says(browser.get("/elevate/"))

    browser.post("/elevate/", {"answer": key.get(ask(browser), origin=origin_of(browser))})

    assert session.elevated(browser)


@pytest.mark.attack("A25")
@pytest.mark.spec("KEY-39", "KEY-40", "KEY-41", "KEY-42")
@pytest.mark.parametrize(
    "how",
    [
        lambda origin: {"origin": origin.replace("http", "https")},
        lambda origin: {"origin": f"{origin}:8443"},
        lambda origin: {"origin": "http://localhost"},
        lambda origin: {"origin": origin.replace("http://", "http://x.")},
        lambda origin: {"origin": "https://ashgrove.evil.example"},
        lambda origin: {"origin": origin, "rp_id": "localhost"},
        lambda origin: {"origin": origin, "rp_id": "birchwood.localhost"},
        lambda origin: {"origin": origin, "flags": 0},
    ],
    ids=[
        "scheme",
        "port",
        "parent",
        "child",
        "stranger",
        "parent rpId",
        "other school's rpId",
        "nobody there",
    ],
)
def test_answer_of_another_origin_opens_nothing(prompted, holder, session, says, how):
    answer = holder[1].get(ask(prompted), **how(origin_of(prompted)))

    refused = prompted.post("/key/", {"answer": answer})

    assert refused.status_code == 422
    text = says(refused)
    assert REFUSED in text
    assert "belongs to someone else" in text
    assert "address for which it was registered" in text
    assert "No key is assigned to this account" in text
    assert "Caps Lock" in text
    assert not session.elevated(prompted)
    assert AuditEvent.objects.filter(event="key.refused").count() == 1


@pytest.mark.attack("A25")
def test_answer_is_taken_once(prompted, holder, client_for, session):
    question = ask(prompted)
    answer = holder[1].get(question, origin=origin_of(prompted))
    assert prompted.post("/key/", {"answer": answer}).status_code == 302
    other = client_for(holder[0].user, elevated=False)
    ask(other)

    replayed = other.post("/elevate/", {"answer": answer})
    # The challenge planted again, as two requests at once would both see it.
    store = other.session
    store["ceremony"] = {"kind": "check", "challenge": question["challenge"], "at": store["signed_in_at"]}
    store.save()
    planted = other.post("/elevate/", {"answer": answer})

    assert (replayed.status_code, planted.status_code) == (422, 422)
    assert not session.elevated(other)


@pytest.mark.attack("A25")
def test_challenge_is_used_up_by_a_wrong_answer(prompted, holder, session):
    question = ask(prompted)
    prompted.post("/key/", {"answer": holder[1].get(question, origin="http://evil.example")})

    late = prompted.post("/key/", {"answer": holder[1].get(question, origin=origin_of(prompted))})

    assert late.status_code == 422
    assert not session.elevated(prompted)


@pytest.mark.attack("A25")
def test_challenge_of_a_registration_proves_no_login(holder, client_for, session, keyless):
    browser = client_for(keyless.user, elevated=False)
    question = ask(browser)
    store = browser.session
    store["ceremony"] = store["ceremony"] | {"kind": "register"}
    store.save()

    answer = holder[1].get(question, origin=origin_of(browser))

    assert browser.post("/elevate/", {"answer": answer}).status_code == 422
    assert not session.elevated(browser)


@pytest.mark.spec("KEY-40")
def test_other_persons_key_opens_nothing(holder, elevated, keyed, client_for, session):
    mine, _ = register(elevated, name="Mine")
    restricted = client_for(keyed.user, elevated=False)
    question = ask(restricted)

    refused = restricted.post("/elevate/", {"answer": holder[1].get(question, origin=origin_of(restricted))})

    assert refused.status_code == 422
    assert not session.elevated(restricted)
    assert mine.credential_id != holder[1].credential_id


@pytest.mark.spec("KEY-41")
@pytest.mark.attack("A1")
def test_key_of_one_school_opens_nothing_at_the_other(holder, client_for, cast_b, session, says):
    there = client_for(cast_b.lead, elevated=False)

    question = ask(there)
    answer = holder[1].get(question, origin=origin_of(there))

    assert question["allowCredentials"] == []
    assert question["rpId"] == there.defaults["HTTP_HOST"].partition(":")[0]
    assert REFUSED in says(there.post("/elevate/", {"answer": answer}))
    assert not session.elevated(there)


@pytest.mark.attack("A25")
def test_cloned_key_is_refused_and_said(prompted, holder, client_for, session):
    person, key = holder
    clone = key.copy()
    for _ in range(2):
        browser = client_for(person.user, elevated=False)
        answer = key.get(ask(browser), origin=origin_of(browser))
        assert browser.post("/elevate/", {"answer": answer}).status_code == 302

    refused = prompted.post("/key/", {"answer": clone.get(ask(prompted), origin=origin_of(prompted))})

    assert refused.status_code == 422
    assert not session.elevated(prompted)
    assert AuditEvent.objects.filter(event="key.copied").count() == 1


@pytest.mark.parametrize("answer", ["", "{}", "[]", "x", '{"rawId": "AA", "response": {}}', "9" * 25_000])
def test_nonsense_is_refused_and_not_a_fault(prompted, session, answer):
    ask(prompted)

    assert prompted.post("/key/", {"answer": answer}).status_code == 422
    assert not session.elevated(prompted)


def test_wrong_answers_pause_the_account(prompted, holder, session):
    for _ in range(5):
        last = prompted.post("/key/", {"answer": "{}"})

    right = prompted.post("/key/", {"answer": holder[1].get(ask(prompted), origin=origin_of(prompted))})

    assert (last.status_code, right.status_code) == (429, 429)
    assert not session.elevated(prompted)


@pytest.mark.parametrize("more", [{"origin": "http://evil.example"}, {"rp_id": "localhost"}])
def test_registration_from_elsewhere_saves_nothing(newcomer, more):
    _, refused = register(newcomer, **more)

    assert refused.status_code == 422
    assert refused.json() == {"error": REFUSED}
    assert not WebAuthnKey.objects.exists()


def test_registration_is_taken_once(newcomer, client_for, cast):
    question = ask(newcomer, "/account/security-keys/u2f/question/")
    body = {"name": "Blue", "answer": SoftwareKey().create(question, origin=origin_of(newcomer))}
    assert newcomer.post(REGISTER, body).status_code == 200

    assert newcomer.post(REGISTER, body).status_code == 403
    assert WebAuthnKey.objects.count() == 1


def test_registration_needs_a_name(newcomer):
    refused = newcomer.post(REGISTER, {"name": " ", "answer": "{}"})

    assert refused.status_code == 422
    assert refused.json()["error"] == "Give the key a name."


@pytest.mark.spec("KEY-04", "KEY-05")
def test_key_cannot_be_added_while_one_is_unused(restricted):
    assert restricted.post("/account/security-keys/u2f/question/").status_code == 403
    assert restricted.post(REGISTER, {"name": "x", "answer": "{}"}).status_code == 403


@pytest.mark.spec("KEY-44", "KEY-49", "KEY-50")
def test_key_passes_to_a_new_holder_by_removal(holder, client_for, cast, session):
    person, key = holder
    signed_in = client_for(person.user, elevated=False)
    successor = client_for(cast.teacher.user, elevated=True)
    named = ask(successor, "/account/security-keys/u2f/question/")["excludeCredentials"]
    assert len(named) == 1

    removed = remove_all_keys(user_id=person.user.pk, by=cast.head.access)

    assert removed == 1
    assert not RecoveryCode.objects.filter(user=person.user).exists()
    assert not session.signed_in(signed_in)
    assert ask(successor, "/account/security-keys/u2f/question/")["excludeCredentials"] == []
    assert register(successor, key, name="Passed on")[1].status_code == 200
    assert WebAuthnKey.objects.get().user == cast.teacher.user
    # As if it were the first: no key is asked for, and a new one brings codes again.
    again = client_for()
    assert again.post("/login/", person.credentials())["Location"] == "/"
    assert len(register(again)[1].json()["codes"]) == 8


def test_queries_do_not_grow_with_keys(elevated, keyed):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counts = []
    for number in (1, 2):
        register(elevated, name=f"Key {number}")
        with CaptureQueriesContext(connection) as caught:
            elevated.get("/account/security-keys/")
        counts.append(len(caught))
    assert counts[0] == counts[1]
