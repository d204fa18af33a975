"""Setting a password by the link: once, until midnight, STRONG, and nobody is signed in by it."""

from datetime import timedelta

import pytest
from django_otp.plugins.otp_totp.models import TOTPDevice

from core.db.clock import now
from shared_apps.people import selectors, services
from shared_apps.people.models import PasswordLink, User

NEW = "Copper!Lantern-58"


@pytest.mark.spec("ACC-02", "ACC-18")
def test_saving_leads_to_the_login_page_not_signed_in(visitor, keyless, reset_link, session, says):
    answer = visitor.post(reset_link(keyless.user.email), {"password": NEW}, follow=True)

    assert answer.redirect_chain == [("/login/?saved=1", 302)]
    assert "Your password is saved." in says(answer)
    assert not session.signed_in(visitor)
    visitor.post("/login/", {"email": keyless.user.email, "password": NEW})
    assert session.signed_in(visitor)


@pytest.mark.spec("ACC-19")
def test_the_old_password_and_open_sessions_end_and_keys_stay(
    keyed, elevated, reset_link, client_for, session
):
    assert session.elevated(elevated)
    browser = client_for(None)

    browser.post(reset_link(keyed.user.email), {"password": NEW})

    assert not session.signed_in(elevated)
    assert browser.post("/login/", keyed.credentials()).status_code == 422
    answer = browser.post("/login/", {"email": keyed.user.email, "password": NEW})
    assert answer["Location"] == "/key/"
    assert TOTPDevice.objects.filter(user=keyed.user, name="My Phone").exists()


@pytest.mark.attack("A26")
@pytest.mark.spec("ACC-10")
def test_a_used_link_is_dead(visitor, keyless, reset_link, says):
    link = reset_link(keyless.user.email)
    visitor.post(link, {"password": NEW})
    saved = User.objects.get(pk=keyless.user.pk).password

    answer = visitor.post(link, {"password": "Another!Kestrel-44"})

    assert "This link has expired" in says(answer)
    assert User.objects.get(pk=keyless.user.pk).password == saved


@pytest.mark.spec("ACC-10")
def test_a_newer_link_makes_the_older_useless(visitor, keyless, reset_link, mailbox, says):
    older = reset_link(keyless.user.email)
    mailbox.clear()
    newer = reset_link(keyless.user.email)

    assert older != newer
    assert "This link has expired" in says(visitor.get(older))
    assert 'name="password"' in visitor.get(newer).content.decode()


@pytest.mark.spec("ACC-08", "ACC-09")
def test_after_midnight_the_link_leads_to_asking_for_a_new_one(visitor, keyless, reset_link, says):
    link = reset_link(keyless.user.email)
    PasswordLink.objects.filter(user=keyless.user).update(expires_at=now())

    page = visitor.get(link)
    answer = visitor.post(link, {"password": NEW})

    for shown in (page, answer):
        html = shown.content.decode()
        assert "This link has expired" in says(shown)
        assert 'href="/reset/"' in html
        assert 'name="password"' not in html
    assert User.objects.get(pk=keyless.user.pk).check_password(keyless.password)


@pytest.mark.spec("ACC-08")
def test_a_minute_before_midnight_the_link_still_works(keyless, reset_link):
    token = reset_link(keyless.user.email).split("/")[2]
    link = PasswordLink.objects.get(user=keyless.user)

    almost = link.expires_at - timedelta(minutes=1)
    assert selectors.get_user_of_link(services.digest_of(token), at=almost) == keyless.user
    with pytest.raises(selectors.LinkExpiredError):
        selectors.get_user_of_link(services.digest_of(token), at=link.expires_at)


def test_a_made_up_link_looks_like_an_expired_one(visitor, says):
    assert "This link has expired" in says(visitor.get("/reset/made-up-token/"))


def test_a_link_of_one_school_is_dead_at_another(keyless, reset_link, client_for, school_b, says):
    link = reset_link(keyless.user.email)

    assert "This link has expired" in says(client_for(None, school=school_b).get(link))


def test_a_changed_address_makes_the_link_to_the_old_one_useless(visitor, keyless, cast, reset_link, says):
    link = reset_link(keyless.user.email)

    services.update_user(user_id=keyless.user.pk, by=cast.head.access, email="moved@x.example")

    assert "This link has expired" in says(visitor.get(link))


@pytest.mark.spec("ACC-17")
@pytest.mark.parametrize("weak", ["short-Kx9", "password1234", "sunflowerboat", "aaaaaaaaaaaa"])
def test_a_password_below_strong_is_refused(visitor, keyless, reset_link, says, weak):
    link = reset_link(keyless.user.email)

    answer = visitor.post(link, {"password": weak})

    assert answer.status_code == 422
    assert "This password is rated" in says(answer)
    user = User.objects.get(pk=keyless.user.pk)
    assert not user.check_password(weak)
    assert user.check_password(keyless.password)
    assert PasswordLink.objects.get(user=user).used_at is None


@pytest.mark.spec("ACC-17")
def test_names_address_and_school_are_refused_in_a_password(visitor, keyless, reset_link, school_a, says):
    user = keyless.user
    link = reset_link(user.email)
    longest = max(school_a.name.replace("'", "").replace("’", "").split(), key=len)

    for part in (user.last_name, user.email.split("@")[0], longest):
        answer = visitor.post(link, {"password": f"Copper!{part}-5813-lantern"})
        assert "Leave out your name" in says(answer), part


def test_the_password_stands_in_no_answer(visitor, keyless, reset_link):
    answer = visitor.post(reset_link(keyless.user.email), {"password": "weak-Planted1"})

    assert "weak-Planted1" not in answer.content.decode()


def test_a_new_password_ends_the_pause(visitor, keyless, reset_link, session, client_for):
    for _ in range(5):
        client_for(None).post("/login/", {**keyless.credentials(), "password": "wrong"})

    visitor.post(reset_link(keyless.user.email), {"password": NEW})
    visitor.post("/login/", {"email": keyless.user.email, "password": NEW})

    assert session.signed_in(visitor)


@pytest.mark.spec("SAF-59")
def test_the_person_and_administrators_are_told(
    visitor, keyless, cast, reset_link, mailbox, run_outbox, monkeypatch
):
    from shared_apps.people.adapters.school import school_side

    monkeypatch.setattr(school_side, "administrators", lambda: [cast.head.user.pk])
    link = reset_link(keyless.user.email)
    mailbox.clear()

    visitor.post(link, {"password": NEW})
    run_outbox()

    mails = {mail.recipient: mail.message for mail in mailbox.messages()}
    assert set(mails) == {keyless.user.email, cast.head.user.email}
    own = mails[keyless.user.email]
    assert own["Subject"] == "CPOMS: a change to your account"
    assert own.get_body(("plain",)).get_content().startswith("Your password was changed on ")
    other = mails[cast.head.user.email].get_body(("plain",)).get_content()
    assert other.startswith(f"{keyless.user.formal_name}’s password was changed on ")


@pytest.mark.spec("ACC-15")
def test_the_page_rates_while_one_types(visitor, keyless, reset_link, says):
    link = reset_link(keyless.user.email)

    html = visitor.get(link).content.decode()

    assert f'hx-post="{link}strength/"' in html
    assert "STRONG" in says(visitor.post(f"{link}strength/", {"password": "Sunflowerboat7"}))
    assert "WEAK" in says(visitor.post(f"{link}strength/", {"password": "sunflower"}))


def test_nobody_rates_passwords_without_a_link(visitor):
    assert visitor.post("/reset/made-up-token/strength/", {"password": NEW}).status_code == 404
