"""The own processes of worker and scheduler, killed at the worst moment, on a database of the test's own."""

import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from redis import Redis

from core.db.keys import uuid7
from core.outbox.mail import message_id

ROOT = Path(__file__).resolve().parents[3]


def wait_for(what, seconds=20):
    """Wait until something is true; what it was at the end."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := what():
            return found
        time.sleep(0.05)
    return what()


@pytest.fixture
def environment(product_environment, mailbox):
    return {
        **product_environment,
        "EMAIL_URL": mailbox.url,
        "PYTHONPATH": f"{ROOT}:{ROOT / 'platform'}",
        "PYTHONUNBUFFERED": "1",
    }


@pytest.fixture
def start(environment, tmp_path):
    """Starts a process of the product; all end with the test."""
    running = []

    def start(*arguments):
        log = (tmp_path / f"{len(running)}.log").open("wb")
        process = subprocess.Popen(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=environment,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        process.log = Path(log.name)
        running.append((process, log))
        return process

    yield start
    for process, log in running:
        sys.stdout.write(Path(log.name).read_text())  # shown when the test fails
        if process.poll() is None:
            process.kill()
            process.wait()
        log.close()


@pytest.fixture
def school(own_database):
    """The school's schema in the test's own database, and a statement run there as the product's role."""

    class School:
        def __init__(self):
            self.schema = "public"
            self.schema, self.contact = self.ask(
                "SELECT schema_name, main_contact_email FROM tenants_school ORDER BY name LIMIT 1"
            )

        @contextmanager
        def _connection(self):
            with psycopg.connect(own_database.url("app"), autocommit=True) as connection:
                connection.execute(f'SET search_path = "{self.schema}"')
                yield connection

        def ask(self, statement, parameters=()):
            with self._connection() as connection:
                answer = connection.execute(statement, parameters)
                return answer.fetchone() if answer.description else None

    school = School()
    school.ask(
        "INSERT INTO outbox_outboxentry (id, topic, key, payload, created_at, due_at, tries, last_error) "
        "VALUES (%s, 'tenants.welcome', 'again', '{}', now(), now(), 0, '')",
        [uuid7()],
    )
    return school


def entry(school, columns):
    return school.ask(f"SELECT {columns} FROM outbox_outboxentry WHERE key = 'again'")


@pytest.mark.fault("F4")
def test_worker_killed_in_the_middle_of_a_mail_sends_it_once(school, start, mailbox):
    """F4: the server has the mail, the worker dies before it knows; the retry carries the same Message-ID."""
    mailbox.fall_silent(times=1)
    worker = start("work")
    start("schedule", "--interval", "1")
    assert wait_for(lambda: [one for one in mailbox.deliveries() if one["recipient"] == school.contact])
    worker.kill()
    worker.wait()
    assert entry(school, "done_at, tries") == (None, 1)
    school.ask("UPDATE outbox_outboxentry SET due_at = now() WHERE key = 'again'")
    start("work")
    assert wait_for(lambda: entry(school, "done_at")[0])
    to_contact = [one for one in mailbox.deliveries() if one["recipient"] == school.contact]
    assert len(to_contact) == 2
    expected = message_id(school.schema, "tenants.welcome", school.contact)
    assert {one["message_id"] for one in to_contact} == {expected}
    assert len([mail for mail in mailbox.messages() if mail.recipient == school.contact]) == 1


@pytest.mark.fault
def test_worker_stops_when_asked_and_takes_the_job_to_its_end(start, school, mailbox):
    worker = start("work")
    start("schedule", "--once").wait(30)
    assert wait_for(lambda: entry(school, "done_at")[0])
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(5) == 0


@pytest.mark.fault
def test_scheduler_stops_when_asked(start, environment):
    scheduler = start("schedule")
    queue = Redis.from_url(environment["VALKEY_URL"])
    assert wait_for(lambda: queue.llen("rq:queue:default"))
    scheduler.send_signal(signal.SIGTERM)
    assert scheduler.wait(5) == 0


@pytest.mark.fault("F6")
def test_worker_waits_for_a_queue_that_is_away(environment, start):
    """F6: started before Valkey, or left alone by it, a worker goes on by itself."""
    environment["VALKEY_URL"] = "redis://127.0.0.1:1/0"
    worker = start("work")
    assert wait_for(lambda: b"The queue is away" in worker.log.read_bytes())
    assert worker.poll() is None
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(10) == 0
