"""A registry and a Valkey of the test's own."""

import pytest

from core.db.clock import now
from core.outbox import registry
from core.outbox.models import OutboxEntry
from core.tenancy import in_school
from ops.supervisor.servers import Valkey


@pytest.fixture(autouse=True)
def _nothing_owed(school_a, school_b):
    """What the schools owe since they were made is none of these tests' business."""
    for school in (school_a, school_b):
        with in_school(school):
            OutboxEntry.objects.all().update(done_at=now())


@pytest.fixture
def handlers(monkeypatch):
    """A registry that holds only what the test registers."""
    monkeypatch.setattr(registry, "_handlers", {})
    monkeypatch.setattr(registry, "_periodic", {})
    return registry


@pytest.fixture
def own_valkey(settings):
    """A Valkey that the test may kill."""
    server = Valkey()
    server.start()
    settings.VALKEY_URL = server.url
    yield server
    if server.is_running:
        server.stop()
