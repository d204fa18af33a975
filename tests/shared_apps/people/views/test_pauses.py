"""SAF-44: the pause holds per account and network, spares known devices, and is told once."""

from datetime import timedelta

import pytest

from shared_apps.people.models import WrongTries

HOME, SCHOOL, AWAY = "192.0.2.10", "198.51.100.20", "203.0.113.30"


@pytest.fixture(autouse=True)
def _school(in_a):
    """Questions of the tests are about Ashgrove School."""


def try_login(browser, person, password="wrong", network=AWAY):
    return browser.post("/login/", person.credentials() | {"password": password}, REMOTE_ADDR=network)


@pytest.mark.spec("SAF-44")
@pytest.mark.attack("A24")
def test_stranger_pauses_own_network_only(client_for, keyless):
    answers = [try_login(client_for(), keyless) for _ in range(5)]
    assert [answer.status_code for answer in answers] == [422] * 4 + [429]

    assert try_login(client_for(), keyless, keyless.password).status_code == 429
    # The whole range is one network.
    assert try_login(client_for(), keyless, keyless.password, "203.0.113.99").status_code == 429
    assert try_login(client_for(), keyless, keyless.password, HOME).status_code == 302


@pytest.mark.spec("SAF-44")
@pytest.mark.attack("A24")
def test_right_password_elsewhere_ends_no_strangers_pause(client_for, keyless):
    for _ in range(5):
        try_login(client_for(), keyless)
    try_login(client_for(), keyless, keyless.password, HOME)

    assert try_login(client_for(), keyless, keyless.password).status_code == 429


@pytest.mark.spec("SAF-44")
@pytest.mark.attack("A24")
def test_tries_from_many_networks_meet_a_second_limit(client_for, keyless):
    for number in range(50):
        assert try_login(client_for(), keyless, network=f"10.0.{number}.1").status_code == 422 or number == 49

    assert try_login(client_for(), keyless, keyless.password, HOME).status_code == 429


@pytest.mark.spec("SAF-44")
def test_device_that_used_a_key_lately_is_not_paused(client_for, keyed, later):
    own = client_for()
    try_login(own, keyed, keyed.password, SCHOOL)
    assert own.post("/key/", {"code": keyed.code()}, REMOTE_ADDR=SCHOOL).status_code == 302
    own.post("/logout/")
    for _ in range(6):
        last = try_login(client_for(), keyed, network=SCHOOL)
    assert last.status_code == 429

    assert try_login(client_for(), keyed, keyed.password, SCHOOL).status_code == 429
    for _ in range(6):
        assert try_login(own, keyed, network=SCHOOL).status_code == 422
    assert try_login(own, keyed, keyed.password, SCHOOL).status_code == 302


@pytest.mark.spec("SAF-44")
def test_device_without_a_recent_key_is_paused(client_for, keyed):
    from datetime import timedelta

    from core.db.clock import now
    from shared_apps.people.models import KnownDevice

    own = client_for()
    try_login(own, keyed, keyed.password, SCHOOL)
    own.post("/key/", {"code": keyed.code()}, REMOTE_ADDR=SCHOOL)
    KnownDevice.objects.update(last_key_use_at=now() - timedelta(days=31))
    own.post("/logout/")
    for _ in range(5):
        try_login(client_for(), keyed, network=SCHOOL)

    assert try_login(own, keyed, keyed.password, SCHOOL).status_code == 429


@pytest.mark.spec("SAF-44")
def test_devices_of_others_do_not_count(client_for, keyed, keyless):
    own = client_for()
    try_login(own, keyed, keyed.password, SCHOOL)
    own.post("/key/", {"code": keyed.code()}, REMOTE_ADDR=SCHOOL)
    own.post("/logout/")

    for _ in range(5):
        last = try_login(own, keyless, network=SCHOOL)

    assert last.status_code == 429


@pytest.mark.spec("SAF-44")
def test_person_is_told_once_a_pause_and_nobody_of_unknown_addresses(
    client_for, keyless, run_outbox, mailbox
):
    for number in range(12):
        try_login(client_for(), keyless, network=f"10.0.{number // 6}.1")
    for _ in range(6):
        client_for().post("/login/", {"email": "nobody@ashgrove.sch.example", "password": "wrong"})
    run_outbox()

    (mail,) = mailbox.messages()
    assert mail.recipient == keyless.user.email
    assert "wrong passwords were tried" in mail.message.get_content()


@pytest.mark.spec("SAF-44")
def test_later_pause_is_told_again(client_for, keyless, run_outbox, mailbox):
    def pause():
        for _ in range(6):
            try_login(client_for(), keyless, network="10.0.0.1")
        run_outbox()

    pause()
    pause()
    assert len(mailbox.messages()) == 1
    row = WrongTries.objects.get(told_at__isnull=False)
    row.times = [time - timedelta(minutes=16) for time in row.times]
    row.told_at -= timedelta(minutes=16)
    row.save()
    pause()
    assert [mail.recipient for mail in mailbox.messages()] == [keyless.user.email] * 2


@pytest.mark.spec("SAF-44")
@pytest.mark.attack("A29")
def test_known_and_unknown_addresses_write_and_answer_the_same(client_for, keyless):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from core.outbox.models import OutboxEntry

    seen = {}
    for email in (keyless.user.email, "nobody@ashgrove.sch.example"):
        before = OutboxEntry.objects.count()
        texts, queries = [], []
        for _ in range(6):
            browser = client_for()
            browser.get("/login/")
            with CaptureQueriesContext(connection) as caught:
                answer = browser.post("/login/", {"email": email, "password": "wrong"})
            texts.append((answer.status_code, "too many wrong tries" in answer.content.decode()))
            queries.append(len(caught))
        seen[email] = (texts, queries, OutboxEntry.objects.count() - before)
    first, second = seen.values()
    assert first[0] == second[0]
    assert first[2] == second[2] == 1
    assert first[1] == second[1]


def test_key_tries_from_elsewhere_do_not_pause_the_persons_network(client_for, keyed, session):
    stranger = client_for()
    try_login(stranger, keyed, keyed.password, AWAY)
    for _ in range(5):
        last = stranger.post("/key/", {"code": "000000"}, REMOTE_ADDR=AWAY)
    assert last.status_code == 429

    own = client_for()
    try_login(own, keyed, keyed.password, HOME)
    assert own.post("/key/", {"code": keyed.code()}, REMOTE_ADDR=HOME).status_code == 302


def test_no_address_of_a_network_is_kept(client_for, keyless):
    try_login(client_for(), keyless)

    assert "203.0.113" not in str(list(WrongTries.objects.values()))
