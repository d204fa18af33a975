"""F1 and F2: the web process is killed on either side of the COMMIT while a person adds an incident."""

import contextlib
import os
import re
import signal
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from core.db.keys import uuid7
from ops.supervisor.network import free_port
from ops.supervisor.product import WebProcess
from ops.supervisor.servers import Valkey
from tests.core.outbox.test_worker import wait_for
from tests.data.schools import PASSWORD
from tests.servers import run
from tests.shared_apps.operators.test_console import Browser

HOST = "ashgrove.localhost"
TEXT = "Said she had no breakfast."
MAKE_STUDENT = """
import django; django.setup()
from core.tenancy import in_school
from tenant_apps.categories.selectors import all_categories
from tenant_apps.staff.selectors import default_alert_group
from tenant_apps.students.models import Student
from tenants.selectors import get_school_by_subdomain
school = get_school_by_subdomain("ashgrove")
with in_school(school):
    student = Student.objects.create(mis_id="M1", legal_forename="Amelia", legal_surname="Ash")
    category = next(one.id for one in all_categories() if one.name == "Cause for Concern")
    print(school.schema_name, student.pk, category, default_alert_group().id)
"""


class House:
    """A web process on a database and a Valkey that the test may kill."""

    def __init__(self, database, environment, valkey, log):
        self.database, self.valkey = database, valkey
        self.environment = {**environment, "VALKEY_URL": valkey.url}
        self.port, self.log = free_port(), log
        self.happened_at = datetime.now(UTC) - timedelta(hours=2)
        made = run(["-c", MAKE_STUDENT], self.environment).split()
        self.schema, self.student, self.category, self.group = made[-4:]
        self.start()
        self.browser = Browser(self.port, HOST)
        self.token = self.token_of("/login/")
        status, _, _ = self.post("/login/", {"email": "j.webb@ashgrove.sch.example", "password": PASSWORD})
        assert status == 302

    def start(self):
        self.web = WebProcess("web", self.port, HOST, self.environment, output=self.log)
        self.web.start()

    def kill(self):
        os.killpg(self.web.process.pid, signal.SIGKILL)
        self.web.process.wait()

    def token_of(self, path):
        return re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', self.browser.get(path)[1])[1]

    def post(self, path, data):
        origin = f"http://{HOST}"
        return self.browser.get(path, {"csrfmiddlewaretoken": self.token, **data}, Origin=origin)

    def form(self, draft):
        # Fixed for the test: a retry sends what was sent before, also after the minute has passed.
        moment = self.happened_at
        return {
            "draft": draft,
            "student": self.student,
            "text": TEXT,
            "categories": self.category,
            "happened_on": f"{moment:%Y-%m-%d}",
            "happened_time": f"{moment:%H:%M}",
            "status": "active",
            "alert_groups": self.group,
        }

    def ask(self, query):
        with psycopg.connect(self.database.url("postgres"), autocommit=True) as connection:
            connection.execute(f'SET search_path = "{self.schema}"')
            return connection.execute(query).fetchone()[0]

    def counts(self):
        """How many incidents, alerts and owed mails there are."""
        return tuple(
            self.ask(f"SELECT count(*) FROM {table}")
            for table in ("incidents_incident", "alerts_alert", "outbox_outboxentry")
        )


@pytest.fixture
def house(own_database, product_environment, tmp_path):
    with Valkey() as valkey, (tmp_path / "web.log").open("wb") as log:
        house = House(own_database, product_environment, valkey, log)
        yield house
        with contextlib.suppress(ProcessLookupError):
            house.kill()
    sys.stdout.write((tmp_path / "web.log").read_text())  # shown when the test fails


@pytest.mark.fault("F2")
def test_killed_before_the_commit_nothing_is_stored_and_the_draft_is_there(house):
    """F2."""
    draft = str(uuid7())
    house.token = house.token_of("/incidents/add/")
    assert house.post(f"/incidents/drafts/{draft}/", {"text": TEXT, "student": house.student})[0] == 200
    before = house.counts()
    waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted"
    with psycopg.connect(house.database.url("postgres")) as blocker, ThreadPoolExecutor(1) as person:
        blocker.execute(f'LOCK TABLE "{house.schema}".incidents_counter IN ACCESS EXCLUSIVE MODE')
        answer = person.submit(house.post, "/incidents/add/", house.form(draft))
        assert wait_for(lambda: house.ask(waiting))
        house.kill()
        assert isinstance(answer.exception(20), OSError)
        blocker.rollback()
    assert house.counts() == before
    house.start()
    assert TEXT in house.browser.get(f"/incidents/add/?draft={draft}")[1]
    assert house.post("/incidents/add/", house.form(draft))[0] == 302
    assert house.counts()[0] == before[0] + 1


@pytest.mark.fault("F1")
def test_killed_after_the_commit_the_retry_makes_no_second_record(house):
    """F1: Valkey is frozen, so the process is held between its COMMIT and its answer."""
    draft = str(uuid7())
    house.token = house.token_of("/incidents/add/")
    before = house.counts()
    os.kill(house.valkey.process.pid, signal.SIGSTOP)
    with ThreadPoolExecutor(1) as person:
        answer = person.submit(house.post, "/incidents/add/", house.form(draft))
        assert wait_for(lambda: house.counts()[0] == before[0] + 1)
        house.kill()
        os.kill(house.valkey.process.pid, signal.SIGCONT)
        assert isinstance(answer.exception(20), OSError)
    stored = house.counts()
    assert stored[0] == before[0] + 1
    assert stored[1] > before[1]
    house.start()
    assert house.post("/incidents/add/", house.form(draft))[0] == 302
    assert house.counts() == stored
