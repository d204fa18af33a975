from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.utils import timezone

from core.audit.models import AuditEvent
from core.outbox import Retry
from core.outbox.models import OutboxEntry
from core.outbox.services import (
    BACKOFF,
    MAX_TRIES,
    FreeTextInOutboxError,
    deliver_owed,
    owe,
    retry_dead,
)


@pytest.fixture
def paid(handlers):
    """What the handler of "test.mail" was called with."""
    calls = []

    @handlers.handles("test.mail")
    def pay(payload, entry):
        calls.append(payload)

    return calls


@pytest.fixture
def broken(handlers):
    """A handler that always fails, what it raises next, and what was given up."""

    class Broken:
        error = RuntimeError("of Zebedee Quillfeather")
        given_up = []
        calls = 0

    broken = Broken()
    broken.given_up = []

    @handlers.handles("test.mail", given_up=lambda payload, entry: broken.given_up.append(entry.id))
    def fail(payload, entry):
        broken.calls += 1
        AuditEvent.objects.create(at=timezone.now(), event="test.half", record_id=entry.id)
        raise broken.error

    return broken


def owed():
    return OutboxEntry.objects.filter(topic__startswith="test.")


def make_due():
    owed().filter(done_at=None, dead_at=None).update(due_at=timezone.now())


def test_debt_is_paid_once(in_a, paid):
    owe("test.mail", key="alert-1", payload={"alert": str(uuid4())})
    assert deliver_owed() == 1
    assert deliver_owed() == 0
    assert len(paid) == 1
    assert owed().get().done_at is not None


def test_same_key_is_one_debt_even_when_paid(in_a, paid):
    owe("test.mail", key="alert-1", payload={})
    owe("test.mail", key="alert-1", payload={})
    deliver_owed()
    owe("test.mail", key="alert-1", payload={})
    deliver_owed()
    assert len(paid) == 1


def test_debt_is_paid_when_due(in_a, paid):
    owe("test.mail", key="later", payload={}, due_at=timezone.now() + timedelta(hours=1))
    assert deliver_owed() == 0
    make_due()
    assert deliver_owed() == 1


def test_debt_vanishes_with_its_deed(in_a, paid):
    def deed():
        with transaction.atomic():
            owe("test.mail", key="alert-1", payload={})
            raise RuntimeError

    with pytest.raises(RuntimeError):
        deed()
    assert deliver_owed() == 0


@pytest.mark.attack("A54")
@pytest.mark.parametrize(
    "payload",
    [
        {"name": "Zebedee Quillfeather"},
        {"to": "z@school.example"},
        {"list": ["x y"]},
        {"deep": {"text": "a b"}},
        {"id": uuid4()},
    ],
)
def test_payload_holds_ids_only(in_a, payload):
    """A54."""
    with pytest.raises(FreeTextInOutboxError) as caught:
        owe("test.mail", key="k", payload=payload)
    assert "Quillfeather" not in str(caught.value)
    assert not owed().exists()


def test_failure_leaves_nothing_half_done_and_waits_longer_each_time(in_a, broken):
    owe("test.mail", key="k", payload={})
    pauses = []
    for _ in range(3):
        make_due()
        before = timezone.now()
        assert deliver_owed() == 1
        pauses.append(owed().get().due_at - before)
    assert [round(pause / timedelta(minutes=1)) for pause in pauses] == [1, 2, 5]
    assert not AuditEvent.objects.filter(event="test.half").exists()
    assert owed().get().last_error == "RuntimeError"


def test_handler_may_ask_for_its_own_pause(in_a, broken):
    broken.error = Retry(timedelta(hours=3))
    owe("test.mail", key="k", payload={})
    deliver_owed()
    assert owed().get().due_at > timezone.now() + timedelta(hours=2)


def test_after_the_last_try_a_letter_is_dead_and_known(in_a, broken):
    owe("test.mail", key="k", payload={})
    for _ in range(MAX_TRIES + 3):
        make_due()
        deliver_owed()
    entry = owed().get()
    assert broken.calls == MAX_TRIES
    assert entry.dead_at is not None
    assert broken.given_up == [entry.id]
    event = AuditEvent.objects.get(event="outbox.given_up")
    assert event.record_id == entry.id
    assert event.detail == {"topic": "test.mail", "tries": MAX_TRIES}


def test_dead_letter_can_be_brought_back(in_a, broken, handlers, monkeypatch):
    owe("test.mail", key="k", payload={})
    for _ in range(MAX_TRIES):
        make_due()
        deliver_owed()
    monkeypatch.setattr(handlers, "_handlers", {})
    handlers.handles("test.mail")(lambda payload, entry: None)
    retry_dead(entry_id=owed().get().id)
    assert deliver_owed() == 1
    assert owed().get().done_at is not None


def test_topic_of_nobody_is_kept_for_later(in_a, handlers):
    owe("test.unknown", key="k", payload={})
    deliver_owed()
    assert owed().get().last_error == "LookupError"


@pytest.mark.attack("A54")
def test_failure_is_logged_without_its_words(in_a, broken, caplog):
    """A54."""
    owe("test.mail", key="k", payload={})
    deliver_owed()
    assert "Quillfeather" not in caplog.text
    assert "RuntimeError" in caplog.text


def test_ten_tries_outlast_a_night():
    assert sum(BACKOFF, timedelta()) > timedelta(hours=12)
    assert len(BACKOFF) == MAX_TRIES - 1


def test_try_is_counted_before_it_is_made(in_a, handlers):
    """A worker that is killed in a handler has used up one try: a poisonous entry ends as a dead letter."""
    seen = []
    handlers.handles("test.mail")(lambda payload, entry: seen.append((entry.tries, entry.due_at)))
    owe("test.mail", key="k", payload={})
    deliver_owed()
    tries, due_at = seen[0]
    assert tries == 1
    assert due_at > timezone.now() + timedelta(seconds=30)


def test_nothing_is_owed_outside_a_transaction(in_a):
    connection.in_atomic_block = False
    try:
        with pytest.raises(transaction.TransactionManagementError):
            owe("test.mail", key="k", payload={})
    finally:
        connection.in_atomic_block = True
