"""The real servers of a test run, and databases copied from a template.

One PostgreSQL, with fsync off, serves all runs that happen at the same time; the last one to end stops it.
Its folder keeps templates: one migrated, named by a hash of the migrations, and one with the two schools of
the tests, named by a hash of what makes them. A run works on a copy of the second, which takes a fraction of
a second.
"""

import contextlib
import fcntl
import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from urllib.parse import quote

import psycopg
from psycopg import sql

from ops.supervisor.network import LOOPBACK
from ops.supervisor.servers import Postgres

ROOT = Path(__file__).resolve().parents[1]
CACHE = Path(os.environ.get("TEST_CACHE") or ROOT / ".cache" / "tests")
ROLES = ("owner", "app", "platform")
KEPT_TEMPLATES = 8
# What decides how a migrated database and how a provisioned school look. Views and templates do not.
MAKES_SCHEMAS = (
    "**/migrations/*.py",
    "tenants/grants.py",
    "tenants/migrating.py",
    "platform/config/settings/*.py",
)
MAKES_SCHOOLS = (
    "tenants/**/*.py",
    "platform/core/audit/**/*.py",
    "platform/core/crypto/**/*.py",
    "platform/core/db/**/*.py",
    "platform/core/outbox/**/*.py",
    "platform/core/tenancy/**/*.py",
    "*_apps/*/adapters.py",
    "*_apps/*/apps.py",
    "*_apps/*/enums.py",
    "*_apps/*/models.py",
    "*_apps/*/services.py",
    "*_apps/*/services/**/*.py",
    "tests/data/schools.py",
    "tests/make_schools.py",
    "tests/servers.py",
)


@dataclass(frozen=True)
class Database:
    """One database, with an address for each role."""

    server: "PostgresServer"
    name: str

    def url(self, role: str) -> str:
        """The address under which "owner", "app", "platform" or the superuser "postgres" signs in."""
        return _url(role, self.server.password, self.server.port, self.name)

    def environment(self) -> dict[str, str]:
        """The three variables that the product's processes read."""
        return {
            "DATABASE_URL": self.url("app"),
            "DATABASE_OWNER_URL": self.url("owner"),
            "DATABASE_PLATFORM_URL": self.url("platform"),
        }

    def copy(self, name: str) -> "Database":
        """A copy under another name; nobody may be connected to this one."""
        made = Database(self.server, name)
        made.drop()
        with self.server.superuser() as connection:
            connection.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER owner STRATEGY file_copy").format(
                    sql.Identifier(name), sql.Identifier(self.name)
                )
            )
        return made

    def drop(self) -> None:
        """Remove it, whoever is connected."""
        with self.server.superuser() as connection:
            connection.execute(
                sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(self.name))
            )


class PostgresServer:
    """The shared server: started by the first run that needs it, stopped by the last."""

    def __init__(self) -> None:
        CACHE.mkdir(parents=True, exist_ok=True)
        self._users: IO[str] = (CACHE / "users.lock").open("w")
        with locked("start"):
            fcntl.flock(self._users, fcntl.LOCK_SH)
            if not self._is_up():
                self._start()
        state = json.loads((CACHE / "postgres.json").read_text())
        self.port: int = state["port"]
        self.password: str = state["password"]

    def _is_up(self) -> bool:
        try:
            state = json.loads((CACHE / "postgres.json").read_text())
            psycopg.connect(_superuser_url(state), connect_timeout=3).close()
        except (OSError, ValueError, psycopg.OperationalError):
            return False
        return True

    def _start(self) -> None:
        state_file = CACHE / "postgres.json"
        password = json.loads(state_file.read_text())["password"] if state_file.exists() else "for-tests-only"
        # Counted after the roll-back of one test, a table stays empty to the planner while the next one fills
        # it, and a join of thousands of rows takes minutes. Of a table that nobody counted it thinks better.
        settings = {"max_connections": "400", "autovacuum": "off"}
        server = Postgres(CACHE / "postgres", password=password, fsync=False, settings=settings)
        server.start()
        server.ensure_roles(dict.fromkeys(ROLES, password))
        assert server.process is not None
        state = {"port": server.port, "password": password, "pid": server.process.pid}
        state_file.write_text(json.dumps(state))
        # It outlives this run if another one still needs it.
        server.process.returncode = 0

    @contextlib.contextmanager
    def superuser(self, database: str = "postgres") -> Iterator[psycopg.Connection]:
        """A connection that may do everything: for making databases, never for what a test is about."""
        address = _superuser_url({"port": self.port, "password": self.password}, database)
        with psycopg.connect(address, autocommit=True) as connection:
            yield connection

    def leave(self) -> None:
        """Say that this run is done; the server stops when no other run holds it."""
        with locked("start"):
            fcntl.flock(self._users, fcntl.LOCK_UN)
            try:
                fcntl.flock(self._users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                self._users.close()
                return
            with contextlib.suppress(OSError, ValueError):
                pid = json.loads((CACHE / "postgres.json").read_text())["pid"]
                os.kill(pid, signal.SIGINT)
                _wait_gone(pid)
            self._users.close()

    def forget_dead_runs(self) -> None:
        """Remove the databases of runs that were killed; their names hold the process's id."""
        with self.superuser() as connection:
            names = connection.execute(r"SELECT datname FROM pg_database WHERE datname ~ '^(run|own)_[0-9]+'")
            for (name,) in names.fetchall():
                if not Path(f"/proc/{name.split('_')[1]}").exists() and Path("/proc/self").exists():
                    with contextlib.suppress(psycopg.Error):
                        connection.execute(
                            sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name))
                        )

    def with_schools(self) -> Database:
        """The template in which the two schools stand, made if it is not there."""
        migrated = self._template("migrated", MAKES_SCHEMAS, None, ["manage.py", "migrate_schools"])
        return self._template(
            "schools", (*MAKES_SCHEMAS, *MAKES_SCHOOLS), migrated, ["-m", "tests.make_schools"]
        )

    def migrated(self) -> Database:
        """The template with public and the template schema, and no school."""
        return self._template("migrated", MAKES_SCHEMAS, None, ["manage.py", "migrate_schools"])

    def _template(
        self, kind: str, patterns: Iterable[str], base: Database | None, command: list[str]
    ) -> Database:
        template = Database(self, f"{kind}_{_hash(patterns)}")
        with locked("templates"), self.superuser() as connection:
            known = "SELECT 1 FROM pg_database WHERE datname = %s"
            if connection.execute(known, [template.name]).fetchone():
                return template
            making = Database(self, f"making_{kind}")
            making.drop()
            if base is None:
                connection.execute(
                    sql.SQL("CREATE DATABASE {} OWNER owner TEMPLATE template0").format(
                        sql.Identifier(making.name)
                    )
                )
            else:
                base.copy(making.name)
            run(command, {**making.environment(), "DATABASE_ROLE": "owner"})
            connection.execute(
                sql.SQL("ALTER DATABASE {} RENAME TO {}").format(
                    sql.Identifier(making.name), sql.Identifier(template.name)
                )
            )
            self._forget_old(connection, kind)
        return template

    def _forget_old(self, connection: psycopg.Connection, kind: str) -> None:
        names = connection.execute(
            "SELECT datname FROM pg_database WHERE starts_with(datname, %s) ORDER BY oid DESC", [f"{kind}_"]
        ).fetchall()
        for (name,) in names[KEPT_TEMPLATES:]:
            with contextlib.suppress(psycopg.Error):
                connection.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(name)))


def run(command: list[str], environment: Mapping[str, str]) -> str:
    """Run a command of the product to its end; its output is in the error when it fails."""
    done = subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'platform'}", **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} failed:\n{done.stdout[-4000:]}\n{done.stderr[-8000:]}")
    return done.stdout


@contextlib.contextmanager
def locked(name: str) -> Iterator[None]:
    """Keep other runs out for a moment."""
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / f"{name}.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _superuser_url(state: Mapping[str, object], database: str = "postgres") -> str:
    return _url("postgres", state["password"], state["port"], database)


def _url(role: str, password: object, port: object, database: str) -> str:
    return f"postgresql://{role}:{quote(str(password), safe='')}@{LOOPBACK}:{port}/{database}"


def _hash(patterns: Iterable[str]) -> str:
    digest = hashlib.sha256()
    for path in sorted(
        {path for pattern in patterns for path in ROOT.glob(pattern) if ".venv" not in path.parts}
    ):
        if "node_modules" not in path.parts:
            digest.update(str(path.relative_to(ROOT)).encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _wait_gone(pid: int, seconds: float = 10) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with contextlib.suppress(ChildProcessError):
            os.waitpid(pid, os.WNOHANG)
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return
        time.sleep(0.02)
