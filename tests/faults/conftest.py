"""The product's own processes on a database, a Valkey and a mail server that a test may kill."""

import contextlib
import sys

import pytest

from ops.supervisor.product import ProductProcess
from ops.supervisor.servers import ROOT, Valkey
from tests.core.web.test_killed import House


class WholeHouse(House):
    """A web process with somebody signed in, and a worker and a scheduler that come and go."""

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.running = []

    def process(self, name, *command):
        process = ProductProcess(name, ["manage.py", *command], self.environment, output=self.log)
        process.start()
        self.running.append(process)
        return process

    def owed(self):
        """How many mails about alerts still wait."""
        return self.ask(
            "SELECT count(*) FROM outbox_outboxentry WHERE topic = 'alerts.mail' AND done_at IS NULL"
        )

    def recipients(self):
        """The addresses of all alerts, one for each alert."""
        query = "SELECT array_agg(email) FROM alerts_alert JOIN people_user ON people_user.id = recipient_id"
        return sorted(self.ask(query))


@pytest.fixture
def house(own_database, product_environment, mailbox, tmp_path):
    environment = {
        **product_environment,
        "EMAIL_URL": mailbox.url,
        "PYTHONPATH": f"{ROOT}:{ROOT / 'platform'}",
    }
    log = tmp_path / "processes.log"
    with Valkey() as valkey, log.open("wb") as output:
        house = WholeHouse(own_database, environment, valkey, output)
        house.log_file = log
        yield house
        for process in house.running:
            process.kill()
        with contextlib.suppress(ProcessLookupError):
            house.kill()
    sys.stdout.write(log.read_text())  # shown when the test fails
