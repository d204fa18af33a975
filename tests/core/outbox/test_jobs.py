import json
import zlib

import pytest
from redis.exceptions import RedisError

from core.outbox import tasks
from core.outbox.errors import JobRefusedError
from core.outbox.jobs import SchoolQueue, SchoolWorker, valkey
from core.outbox.models import OutboxEntry
from core.outbox.schedule import Clock, replay, schools_in_debt
from core.outbox.services import nudge, owe
from core.tenancy import NoSchoolError, current_school, in_public, in_school, is_in_public


@pytest.fixture
def queue(own_valkey):
    return SchoolQueue(connection=valkey(own_valkey.url))


@pytest.fixture
def work(queue):
    """Runs all that is queued, in this process."""

    def run():
        SchoolWorker([queue], connection=queue.connection).work(burst=True)

    return run


@pytest.fixture
def places(handlers):
    """The schools in which the periodic function ran."""
    seen = []

    def note():
        seen.append(current_school().schema_name)

    handlers.every(minutes=5)(note)
    return seen


def only_name(registry):
    return registry.periodic_functions()[0].name


@pytest.mark.spec("TEN-09")
def test_job_runs_in_the_school_that_enqueued_it(in_a, school_a, school_b, queue, work, handlers, places):
    queue.enqueue(tasks.run_periodic, only_name(handlers))
    with in_school(school_b):
        queue.enqueue(tasks.run_periodic, only_name(handlers))
        work()
    assert places == [school_a.schema_name, school_b.schema_name]


@pytest.mark.spec("TEN-09")
def test_job_is_not_enqueued_without_a_school(in_a, queue):
    with in_public(), pytest.raises(NoSchoolError):
        queue.enqueue(tasks.run_periodic, "any")
    assert queue.count == 0


def test_what_public_owes_is_paid_in_public(in_a, queue, work, handlers, django_capture_on_commit_callbacks):
    """The provider's own mails: owed by the console, nudged on commit, found again by the scheduler."""
    paid = []
    handlers.handles("test.public")(lambda payload, entry: paid.append((payload["n"], is_in_public())))
    with in_public():
        with django_capture_on_commit_callbacks(execute=True):
            owe("test.public", key="1", payload={"n": 1})
        work()
        assert paid == [(1, True)]
        owe("test.public", key="2", payload={"n": 2})
        queue.empty()
    assert replay() == 1
    work()
    assert paid == [(1, True), (2, True)]
    assert replay() == 0


@pytest.mark.attack("A8")
def test_nothing_but_payment_runs_in_public(in_a, queue, work, handlers, places):
    job = queue.enqueue(tasks.run_periodic, only_name(handlers))
    job.meta = {"public": True}
    job.save_meta()
    work()
    assert places == []
    job.refresh()
    with pytest.raises(JobRefusedError):
        job.perform()


@pytest.mark.attack("A8")
@pytest.mark.spec("TEN-09")
@pytest.mark.parametrize(
    "meta", [{}, {"school": ""}, {"school": "s_unknown"}, {"school": "public"}, {"school": 7}]
)
def test_job_without_a_school_that_exists_is_refused(in_a, queue, work, handlers, places, meta):
    """A8: whatever somebody put into Valkey."""
    job = queue.enqueue(tasks.run_periodic, only_name(handlers))
    job.meta = meta
    job.save_meta()
    work()
    assert places == []
    with pytest.raises(JobRefusedError):
        job.perform()


@pytest.mark.attack("A8")
@pytest.mark.spec("TEN-09")
def test_job_under_another_schools_name_finds_only_that_schools_rows(in_a, school_b, queue, work, handlers):
    """A8: the id of one school's record means nothing in the other."""
    paid = []
    handlers.handles("test.mail")(lambda payload, entry: paid.append(entry.key))
    owe("test.mail", key="of-a", payload={})
    job = queue.enqueue(tasks.deliver)
    job.meta["school"] = school_b.schema_name
    job.save_meta()
    work()
    assert paid == []
    assert OutboxEntry.objects.get(key="of-a").done_at is None


@pytest.mark.parametrize("argument", ["Zebedee Quillfeather", "z@sch.example", {"a": 1}, ["x"], b"x", None])
def test_job_takes_ids_only(in_a, queue, argument):
    """A54."""
    with pytest.raises(JobRefusedError) as caught:
        queue.enqueue(tasks.run_periodic, argument)
    assert "Quillfeather" not in str(caught.value)
    assert queue.count == 0


def test_job_cannot_name_any_function_it_likes(in_a, handlers):
    with pytest.raises(LookupError):
        tasks.run_periodic("os.system")


def test_queue_speaks_json(in_a, queue):
    """What lies in Valkey is read by workers: a pickle there would run whatever somebody put in."""
    job = queue.enqueue(tasks.run_periodic, "x")
    raw = queue.connection.hget(job.key, "data")
    assert json.loads(zlib.decompress(raw)) == ["core.outbox.tasks.run_periodic", None, ["x"], {}]


@pytest.mark.attack("A54")
def test_failed_job_leaves_no_words_behind(in_a, queue, work, handlers, caplog):
    """A54: neither in Valkey nor in the worker's log."""

    def fail():
        raise ValueError("about Zebedee Quillfeather")

    handlers.every(minutes=1)(fail)
    queue.enqueue(tasks.run_periodic, only_name(handlers))
    from core.web.logging import PlainFormatter

    work()
    lines = [PlainFormatter().format(record) for record in caplog.records]
    assert any("ValueError" in line for line in lines)
    assert not any("Quillfeather" in line for line in lines)
    kept = b""
    for key in queue.connection.scan_iter("*"):
        kind = queue.connection.type(key)
        if kind == b"hash":
            kept += b"".join(
                zlib.decompress(value) if value[:1] == b"x" else value
                for value in queue.connection.hvals(key)
            )
        elif kind == b"stream":
            kept += repr(queue.connection.xrange(key)).encode()
        elif kind == b"string":
            kept += queue.connection.get(key)
    assert kept
    assert b"Quillfeather" not in kept


@pytest.mark.fault("F5")
def test_work_is_found_again_when_valkey_was_killed_and_emptied(
    in_a, own_valkey, queue, work, handlers, school_a
):
    """F5."""
    paid = []
    handlers.handles("test.mail")(lambda payload, entry: paid.append(entry.key))
    owe("test.mail", key="k", payload={})
    assert nudge(school_a)
    own_valkey.kill()
    own_valkey.start()
    work()
    assert paid == []
    assert replay() == 1
    work()
    assert paid == ["k"]
    assert replay() == 0


@pytest.mark.fault("F6")
def test_debts_are_written_while_valkey_is_down_and_paid_later(
    in_a, own_valkey, queue, work, handlers, school_a, caplog
):
    """F6."""
    paid = []
    handlers.handles("test.mail")(lambda payload, entry: paid.append(entry.key))
    own_valkey.kill()
    with pytest.raises(RedisError):
        queue.connection.ping()
    owe("test.mail", key="k", payload={})
    assert nudge(school_a) is False
    assert replay() == 0
    assert OutboxEntry.objects.get(key="k").done_at is None
    own_valkey.start()
    assert replay() == 1
    work()
    assert paid == ["k"]


def test_all_outboxes_are_asked_in_one_statement(in_a, school_a, school_b, django_assert_num_queries):
    owe("test.mail", key="k", payload={})
    with django_assert_num_queries(1):
        owing = schools_in_debt([school_a, school_b])
    assert [school.schema_name for school in owing] == [school_a.schema_name]


def test_what_runs_by_the_clock_runs_in_every_school_and_not_too_often(
    in_a, queue, work, places, handlers, school_a, school_b
):
    from datetime import timedelta

    from django.utils import timezone

    clock, start = Clock(), timezone.now()
    clock.run_due(at=start)
    assert clock.run_due(at=start + timedelta(minutes=4)) == 0
    work()
    assert {school_a.schema_name, school_b.schema_name} <= set(places)
    assert len(places) == len(set(places))
    assert clock.run_due(at=start + timedelta(minutes=5)) == len(places)


def test_one_transaction_sends_one_nudge(in_a, queue, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True) as callbacks:
        for number in range(5):
            owe("test.mail", key=f"k{number}", payload={})
    assert len(callbacks) == 1
    assert queue.count == 1


def test_nudge_of_a_rolled_back_part_does_not_speak_for_the_rest(
    in_a, queue, django_capture_on_commit_callbacks
):
    from django.db import transaction

    def fail():
        with transaction.atomic():
            owe("test.mail", key="lost", payload={})
            raise RuntimeError

    with django_capture_on_commit_callbacks(execute=True) as callbacks:
        with pytest.raises(RuntimeError):
            fail()
        owe("test.mail", key="kept", payload={})
    assert len(callbacks) == 1
    assert queue.count == 1
