"""F25: the database has no connection left."""

import http.client
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from ops.supervisor.network import free_port
from ops.supervisor.product import WebProcess
from tests.core.outbox.test_worker import wait_for

ROOT = Path(__file__).resolve().parents[3]
HOSTS = ("ashgrove.localhost", "birchwood.localhost")


def get(port, host, path="/login/"):
    """Status, Retry-After and body of a page."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=40)
    connection.request("GET", path, headers={"Host": host})
    response = connection.getresponse()
    return response.status, response.getheader("Retry-After"), response.read().decode()


@pytest.fixture
def port(product_environment, tmp_path):
    """A web process on the test's own database."""
    number = free_port()
    with (tmp_path / "web.log").open("wb") as log:
        web = WebProcess("web", number, HOSTS[0], product_environment, output=log)
        with web:
            yield number
    sys.stdout.write((tmp_path / "web.log").read_text())  # shown when the test fails


@pytest.mark.fault("F25")
def test_no_free_connection_is_said_so_and_shows_no_school(port, own_database, school_a, school_b):
    names = dict(zip(HOSTS, (school_a.name, school_b.name), strict=True))
    assert all(names[host] in get(port, host)[2] for host in HOSTS)
    database = own_database.name
    with own_database.server.superuser() as superuser:
        superuser.execute(f'ALTER DATABASE "{database}" CONNECTION LIMIT 2')
        superuser.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [database]
        )
    held = [wait_for(lambda: connect(own_database)) for _ in range(2)]
    with ThreadPoolExecutor(8) as people:
        answers = list(people.map(lambda number: get(port, HOSTS[number % 2]), range(8)))
    assert {status for status, _, _ in answers} == {503}
    assert all(int(retry_after) > 0 for _, retry_after, _ in answers)
    assert not [body for _, _, body in answers if any(name in body for name in names.values())]
    assert get(port, HOSTS[0], "/healthz")[0] == 200
    for connection in held:
        connection.close()
    for host in HOSTS:
        assert wait_for(lambda host=host: get(port, host)[0] == 200, seconds=60)
    with ThreadPoolExecutor(8) as people:
        answers = list(people.map(lambda number: (number, get(port, HOSTS[number % 2])), range(16)))
    for number, (status, _, body) in answers:
        mine, other = HOSTS[number % 2], HOSTS[(number + 1) % 2]
        assert status == 200
        assert names[mine] in body
        assert names[other] not in body


def connect(database):
    """A connection as the product's role, or None when there is none to have yet."""
    try:
        return psycopg.connect(database.url("app"))
    except psycopg.OperationalError:
        return None
