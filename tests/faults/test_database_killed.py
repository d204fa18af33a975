"""F3: PostgreSQL is killed twenty times while people add and edit; every acknowledged row is there."""

import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from ops.supervisor.servers import ROOT, Postgres
from tests.core.outbox.test_worker import wait_for
from tests.core.web.test_killed import MAKE_STUDENT
from tests.servers import ROLES, run

KILLS = 20
NAME = "records"
PEOPLE = ("Ann", "Ben")
A_MINUTE = 60


@pytest.fixture
def server(own_database, tmp_path):
    """A PostgreSQL of the test's own, to be killed, with a copy of the two schools."""
    password = own_database.server.password
    with Postgres(tmp_path / "postgres", password=password) as server:
        server.ensure_roles(dict.fromkeys(ROLES, password))
        server.ensure_database(NAME, owner="owner")
        dump = tmp_path / "schools.dump"
        programs = {name: str(server.binaries / name) for name in ("pg_dump", "pg_restore")}
        subprocess.run([programs["pg_dump"], "-Fc", "-f", dump, own_database.url("postgres")], check=True)
        subprocess.run([programs["pg_restore"], "-d", server.url(database=NAME), dump], check=True)
        yield server


@pytest.fixture
def writers(server, product_environment, tmp_path):
    """Two people who write all the time; `.told()` is what they were told is stored."""
    password = server.password
    addresses = {
        f"DATABASE{part}_URL": server.url(role, NAME, password=password)
        for part, role in (("", "app"), ("_OWNER", "owner"), ("_PLATFORM", "platform"))
    }
    environment = {**product_environment, **addresses, "PYTHONPATH": f"{ROOT}:{ROOT / 'platform'}"}
    run(["-c", MAKE_STUDENT], environment)
    writers = Writers(tmp_path / "told", environment, tmp_path / "writers.log")
    yield writers
    writers.end()
    sys.stdout.write((tmp_path / "writers.log").read_text()[-4000:])  # shown when the test fails


class Writers:
    def __init__(self, path: Path, environment: dict[str, str], log: Path) -> None:
        self._path = path
        path.touch()
        with log.open("wb") as output:
            self._processes = [
                subprocess.Popen(
                    [sys.executable, "-m", "tests.faults.writing", str(path), name],
                    cwd=ROOT,
                    env=environment,
                    stdout=output,
                    stderr=output,
                )
                for name in PEOPLE
            ]

    def told(self) -> list[tuple[str, str]]:
        """(incident, text) of each deed that was acknowledged, in order."""
        lines = self._path.read_text().splitlines()
        return [(line.split(" ", 1)[0], line.split(" ", 1)[1]) for line in lines if line.endswith(".")]

    def end(self) -> None:
        for process in self._processes:
            process.kill()
            process.wait()


@pytest.mark.fault("F3")
def test_killed_twenty_times_under_load_every_acknowledged_row_is_there(server, writers):
    for _ in range(KILLS):
        before = len(writers.told())
        assert wait_for(lambda before=before: len(writers.told()) >= before + 2, A_MINUTE)
        server.kill()
        server.start()
    before = len(writers.told())
    assert wait_for(lambda: len(writers.told()) >= before + 2, A_MINUTE)
    writers.end()

    told = writers.told()
    assert {text.split(" ", 1)[0] for _, text in told} == set(PEOPLE)
    with psycopg.connect(server.url(database=NAME), autocommit=True) as connection:
        (schema,) = connection.execute(
            "SELECT schema_name FROM tenants_school WHERE subdomain = 'ashgrove'"
        ).fetchone()
        connection.execute(f'SET search_path = "{schema}"')
        rows = connection.execute("SELECT id::text, text FROM incidents_incident").fetchall()
        versions = connection.execute(
            "SELECT incident_id::text, snapshot ->> 'text' FROM incidents_incidentversion"
        ).fetchall()
        events = connection.execute(
            "SELECT record_id::text, count(*) FROM audit_auditevent "
            "WHERE event IN ('incident.added', 'incident.edited') GROUP BY 1"
        ).fetchall()
        (doubled,) = connection.execute(
            "SELECT count(*) - count(DISTINCT number) FROM incidents_incident"
        ).fetchone()
    standing, counted = dict(rows), dict(events)
    assert set(told) <= set(versions)
    assert len(versions) == len(set(versions))
    for incident in {incident for incident, _ in told}:
        kept = [text for one, text in versions if one == incident]
        assert standing[incident] in kept
        # What was stored and never acknowledged has its event too.
        assert counted[incident] == len(kept)
    assert doubled == 0
