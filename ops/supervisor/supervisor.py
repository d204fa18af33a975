"""Starts everything in order, watches it, restarts what crashes, stops in order."""

import contextlib
import json
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

from ops.supervisor import sheet, tree
from ops.supervisor.installation import ENVIRONMENT, Installation, InstallationError, write_private
from ops.supervisor.journal import Journal
from ops.supervisor.network import is_free
from ops.supervisor.product import ProductProcess, WebProcess
from ops.supervisor.servers import ROOT, MailCatcher, Postgres, Server, ServerError, Valkey

DATABASE = "safeguarding"
ROLES = ("owner", "app", "platform")
OPERATOR_EMAIL = "operator@provider.example"

CRASHES = 5
CRASH_WINDOW = 60.0
"""So many crashes of one process within so many seconds, and everything is stopped."""

# How long a port may stay taken after what was left over has been ended, in seconds.
PORT_PATIENCE = 5.0
# Under five seconds in all: the product's processes first and at once, PostgreSQL last with all that is left.
STOP_WITHIN = 4.5
STOP_PRODUCT = 2.2
STOP_SERVERS = 0.6


class StoppedError(Exception):
    """Somebody asked to stop while something was still being started."""


@dataclass(frozen=True)
class Options:
    """What the environment says (PORT, DATA, FRESH, DEMO)."""

    port: int
    data: Path
    fresh: bool
    demo: bool

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> "Options":
        """Read them; a wrong one is named with what it should be."""
        port = environment.get("PORT") or "8000"
        if not port.isdigit() or not 1 <= int(port) <= 65534:
            raise InstallationError(f"PORT must be a number from 1 to 65534, not {port!r}.")
        switches = {}
        for name, default in (("FRESH", "0"), ("DEMO", "1")):
            switches[name] = environment.get(name) or default
            if switches[name] not in ("0", "1"):
                raise InstallationError(f"{name} must be 0 or 1, not {switches[name]!r}.")
        data = Path(environment.get("DATA") or ".data")
        return cls(int(port), ROOT / data, switches["FRESH"] == "1", switches["DEMO"] == "1")


class Supervisor:
    """One installation at work."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.installation = Installation(options.data)
        self.running: list[Server] = []
        self.steps: dict[ProductProcess, threading.Thread | None] = {}
        self.crashes: dict[str, list[float]] = {}
        self.stopping = threading.Event()

    # --- The whole life

    def run(self) -> int:
        """Run until stopped; return the exit code."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._asked_to_stop)
        self.installation.acquire()
        try:
            self._need_ports()
            self._empty_if_asked()
            self.journal = Journal(self.installation.logs)
            try:
                self._start()
                return self._watch()
            except StoppedError:
                return 0
            except ServerError as error:
                self.journal.line("supervisor", str(error))
                return 1
            finally:
                self._stop()
        finally:
            self.installation.release()

    def _asked_to_stop(self, _number: int, _frame: FrameType | None) -> None:
        self.stopping.set()

    def _need_ports(self) -> None:
        # A worker whose master was killed needs a moment to notice and to let go of its port.
        end = time.monotonic() + PORT_PATIENCE
        for port in (self.options.port, self.options.port + 1):
            while not is_free(port):
                if time.monotonic() > end or self.stopping.is_set():
                    raise InstallationError(f"Port {port} is taken. Choose another: PORT=8100 ops/demo")
                time.sleep(0.1)

    def _empty_if_asked(self) -> None:
        if self.options.fresh or self.installation.memory.get("schools") == "unfinished":
            self.installation.empty()

    # --- Starting

    def _start(self) -> None:
        installation, word = self.installation, self.installation.secrets()
        ports = installation.ports("postgres", "valkey", "smtp", "inbox")
        pipe = subprocess.PIPE
        self.journal.line("supervisor", f"data in {installation.folder}")

        postgres = Postgres(
            installation.postgres,
            port=ports["postgres"],
            password=word["postgres"],
            # Little is left to write when somebody presses Ctrl-C.
            settings={"checkpoint_timeout": "60s"},
            output=pipe,
        )
        self._start_one(postgres)
        postgres.ensure_roles({role: word[role] for role in ROLES})
        postgres.ensure_database(DATABASE, owner="owner")
        valkey = Valkey(port=ports["valkey"], password=word["valkey"], output=pipe)
        self._start_one(valkey)
        mail = MailCatcher(installation.mail, port=ports["smtp"], web_port=ports["inbox"], output=pipe)
        self._start_one(mail)

        environment = self._environment(postgres, valkey, mail, word)
        write_private(installation.folder / ENVIRONMENT, json.dumps(environment, indent=2))
        self._set_up(environment, word)
        # What the set-up wrote is put in its place now, not while somebody waits for the end of a Ctrl-C.
        with postgres.connect() as connection:
            connection.execute("CHECKPOINT")

        port = self.options.port
        console = {**environment, "WEB_PROCESS": "console", "DATABASE_ROLE": "platform"}
        self._start_one(WebProcess("web", port, f"localhost:{port}", environment, output=pipe))
        console_host = f"platform.localhost:{port + 1}"
        self._start_one(WebProcess("console", port + 1, console_host, console, output=pipe))
        self._start_one(ProductProcess("worker", ["manage.py", "work"], environment, output=pipe))
        self._start_one(ProductProcess("scheduler", ["manage.py", "schedule"], environment, output=pipe))

        self.journal.say("READY")
        for line in sheet.lines(self._sheet(), inbox=mail.inbox, console=f"http://{console_host}"):
            self.journal.say(line)

    def _environment(
        self, postgres: Postgres, valkey: Valkey, mail: MailCatcher, word: Mapping[str, str]
    ) -> dict[str, str]:
        """Return the product's settings."""
        return {
            "DJANGO_SETTINGS_MODULE": "config.settings.demo",
            "DATABASE_URL": postgres.url("app", DATABASE),
            "DATABASE_OWNER_URL": postgres.url("owner", DATABASE),
            "DATABASE_PLATFORM_URL": postgres.url("platform", DATABASE),
            "VALKEY_URL": valkey.url,
            "EMAIL_URL": mail.url,
            "SECRET_KEY": word["secret_key"],
            "ENCRYPTION_ROOT_KEY": word["encryption_root_key"],
            "BASE_DOMAIN": "localhost",
            "DOCUMENTS_FOLDER": str(self.installation.documents),
            "STATIC_ROOT": str(self.installation.static),
            "DATA": str(self.installation.folder),
            "PORT": str(self.options.port),
            "DEMO_BASE": f"localhost:{self.options.port}",
        }

    def _start_one(self, server: Server) -> None:
        """Start one process, put its output into the log, and wait until it answers."""
        self._go_on()
        began = time.monotonic()
        self._launch(server)
        self.running.append(server)
        server.wait_ready(until=self.stopping.is_set)
        self._go_on()
        self.journal.line("supervisor", f"{server.name} is ready ({time.monotonic() - began:.1f} s)")

    def _launch(self, server: Server) -> threading.Thread | None:
        process = server.launch()
        # Steps of the set-up may run side by side under one name.
        name = f"{server.name}-{process.pid}" if server.name == "setup" else server.name
        self.installation.note_process(name, process.pid)
        return self.journal.follow(server.name, process.stdout) if process.stdout else None

    def _go_on(self) -> None:
        if self.stopping.is_set():
            raise StoppedError

    # --- Schools and operator

    def _set_up(self, environment: Mapping[str, str], word: Mapping[str, str]) -> None:
        """Bring database and static files to this version, and make what the first start makes."""
        self.installation.documents.mkdir(exist_ok=True, mode=0o700)
        static = self._begin(environment, "manage.py", "collectstatic", "--noinput", "--verbosity=0")
        self._run(environment, "manage.py", "migrate_schools")
        operator = {
            "OPERATOR_PASSWORD": word["operator_password"],
            "OPERATOR_TOTP_SECRET": word["operator_totp_secret"],
        }
        self._run({**environment, **operator}, "manage.py", "create_operator", OPERATOR_EMAIL)
        built = self.installation.folder / "schools.json"
        if self.options.demo and not built.exists():
            # Schools that were half made when somebody pulled the plug are nobody's records yet: the next
            # start begins anew. Those of an operator who worked with DEMO=0 before are kept.
            was_used = self.installation.memory.get("schools") == "own"
            self.installation.remember(schools="own" if was_used else "unfinished")
            self._run(environment, "-m", "ops.supervisor.set_up", str(built))
        self.installation.remember(schools="built" if built.exists() else "own")
        self._finish(static)
        write_private(self.installation.sheet, json.dumps(self._sheet(), indent=2, ensure_ascii=False))

    def _sheet(self) -> dict[str, Any]:
        """Return what demo.json holds; the hosts follow this start's PORT."""
        word, built = self.installation.secrets(), self.installation.folder / "schools.json"
        made = json.loads(built.read_text()) if built.exists() else {"schools": [], "sso": []}
        for school in made["schools"]:
            school["host"] = f"{school['host'].split(':')[0]}:{self.options.port}"
        return {
            "base": f"localhost:{self.options.port}",
            "schools": made["schools"],
            "sso": made["sso"],
            "operator": {
                "email": OPERATOR_EMAIL,
                "password": word["operator_password"],
                "totp_secret": word["operator_totp_secret"],
            },
            "mail": str(self.installation.mail),
        }

    def _run(self, environment: Mapping[str, str], *arguments: str) -> None:
        """Run one step to its end; a failing step stops the start."""
        self._finish(self._begin(environment, *arguments))

    def _begin(self, environment: Mapping[str, str], *arguments: str) -> ProductProcess:
        step = ProductProcess("setup", list(arguments), environment, output=subprocess.PIPE)
        self.steps[step] = self._launch(step)
        return step

    def _finish(self, step: ProductProcess) -> None:
        while step.is_running:
            if self.stopping.wait(0.05):
                raise StoppedError
            self._restart_crashed()
        if pump := self.steps.pop(step):
            pump.join(2)
        if step.process and step.process.returncode:
            failed = " ".join(step.arguments[:2])
            raise ServerError(f"{failed} failed (exit code {step.process.returncode}); see above.")

    # --- Watching

    def _watch(self) -> int:
        while not self.stopping.wait(0.2):
            if not self._restart_crashed():
                return 1
        return 0

    def _restart_crashed(self) -> bool:
        """Start again what ended by itself; False when one does so again and again."""
        for server in [server for server in self.running if not server.is_running]:
            code = server.process.returncode if server.process else None
            self.journal.line("supervisor", f"{server.name} CRASHED ({describe(code)})")
            now = time.monotonic()
            recent = [at for at in self.crashes.get(server.name, []) if now - at < CRASH_WINDOW]
            self.crashes[server.name] = [*recent, now]
            if len(recent) + 1 >= CRASHES:
                self.journal.line(
                    "supervisor", f"{server.name} crashed {CRASHES} times in a minute: stopping everything"
                )
                return False
            if self.stopping.wait(min(4.0, 0.25 * 2 ** len(recent))):
                return True
            # A child that outlived it would hold its port and answer for the new one.
            if server.process:
                tree.kill_all(tree.members(server.process.pid))
            try:
                self._launch(server)
                server.wait_ready(until=self.stopping.is_set)
            except ServerError as error:
                self.journal.line("supervisor", str(error))
            else:
                self.journal.line("supervisor", f"{server.name} runs again; nothing that was saved is lost")
        return True

    # --- Stopping

    def _stop(self) -> None:
        """Stop in the order that loses nothing: who writes first, who keeps last."""
        began = time.monotonic()
        self.stopping.set()
        product: list[Server] = [server for server in self.running if isinstance(server, ProductProcess)]
        product += self.steps
        keepers: list[Server] = [server for server in self.running if isinstance(server, Postgres)]
        others = [server for server in self.running if server not in product and server not in keepers]
        self._stop_together(product, STOP_PRODUCT)
        self._stop_together(others, STOP_SERVERS)
        self._stop_together(keepers, STOP_WITHIN - (time.monotonic() - began))
        self.installation.forget_processes()
        if self.running:
            self.journal.line("supervisor", f"everything is stopped ({time.monotonic() - began:.1f} s)")
        self.running = []

    def _stop_together(self, servers: list[Server], seconds: float) -> None:
        for server in servers:
            if server.process and server.is_running:
                tree.send(server.process.pid, server.stop_signal)
        end = time.monotonic() + seconds
        for server in servers:
            if server.process is None:
                continue
            with contextlib.suppress(subprocess.TimeoutExpired):
                server.process.wait(max(0.0, end - time.monotonic()))
            if server.is_running:
                self.journal.line("supervisor", f"{server.name} did not end in {seconds:.1f} s and is killed")
                server.kill()


def describe(code: int | None) -> str:
    """Say how a process ended."""
    if code is not None and code < 0:
        return f"killed by {signal.Signals(-code).name}"
    return f"exit code {code}"


def main(environment: Mapping[str, str]) -> int:
    """Run the demo as the environment says; what cannot be done is said in one sentence."""
    try:
        return Supervisor(Options.read(environment)).run()
    except InstallationError as error:
        print(f"ops/demo: {error}", file=sys.stderr)
        return 1
