"""The folder of one installation: its lock, secrets, ports, and what it remembers between starts."""

import base64
import contextlib
import fcntl
import json
import os
import secrets
import shutil
import signal
from pathlib import Path
from typing import Any, TextIO

from ops.supervisor import tree
from ops.supervisor.network import free_ports, is_free

MARKER = "installation.json"
LOCK = "lock"
# The settings of what is being served, for ops/manage.
ENVIRONMENT = "environment.json"


class InstallationError(RuntimeError):
    """The folder cannot be used; the message says why and what to do."""


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner may read, whole or not at all."""
    unfinished = path.with_name(path.name + ".new")
    unfinished.unlink(missing_ok=True)
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)


class Installation:
    """One DATA folder, held by one supervisor at a time."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.absolute()
        self.postgres = self.folder / "postgres"
        self.documents = self.folder / "documents"
        self.mail = self.folder / "mail"
        self.logs = self.folder / "logs"
        self.static = self.folder / "static"
        self.sheet = self.folder / "demo.json"
        self._lock: TextIO | None = None

    # --- Holding it

    def acquire(self) -> None:
        """Take the folder for this process, or say who has it."""
        if not self.folder.exists():
            self.folder.mkdir(parents=True, mode=0o700)
        elif not self.folder.is_dir():
            raise InstallationError(f"{self.folder} is not a folder. Set DATA to another place.")
        elif any(self.folder.iterdir()) and not (self.folder / LOCK).exists():
            # Also what keeps FRESH=1 from emptying somebody's home.
            raise InstallationError(
                f"{self.folder} holds files that are not an installation's. Set DATA to a new folder."
            )
        lock = (self.folder / LOCK).open("a+")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            lock.seek(0)
            holder = lock.read().strip() or "?"
            lock.close()
            raise InstallationError(
                f"{self.folder} is in use by process {holder}. Stop that one, or set DATA and PORT to others "
                "to run a second installation beside it."
            ) from None
        lock.seek(0)
        lock.truncate()
        lock.write(str(os.getpid()))
        lock.flush()
        self._lock = lock
        self._end_leftovers()

    def release(self) -> None:
        """Let another process have the folder."""
        if self._lock:
            self._lock.close()
            self._lock = None

    def empty(self) -> None:
        """Remove everything but the lock that is held."""
        self._end_leftovers()
        for path in self.folder.iterdir():
            if path.name == LOCK:
                continue
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink()

    # --- Processes that outlived a killed supervisor

    def note_process(self, name: str, pid: int) -> None:
        """Remember a process, so that the next start can end it if this supervisor is killed."""
        (self.folder / "run").mkdir(exist_ok=True)
        noted = json.dumps({"pid": pid, "started": tree.started(pid)})
        write_private(self.folder / "run" / f"{name}.json", noted)

    def forget_processes(self) -> None:
        """Forget them: they were stopped in order."""
        shutil.rmtree(self.folder / "run", ignore_errors=True)

    def _end_leftovers(self) -> None:
        for path in (self.folder / "run").glob("*.json"):
            with contextlib.suppress(ValueError, KeyError, OSError):
                noted = json.loads(path.read_text())
                pid = int(noted["pid"])
                if noted["started"] is None or tree.started(pid) != noted["started"]:
                    continue
                if path.stem == "postgres":
                    tree.send(pid, signal.SIGINT)
                    if tree.wait_gone([pid], seconds=10):
                        continue
                tree.kill_all([*tree.descendants(pid), pid])
        self.forget_processes()

    # --- What it remembers

    @property
    def memory(self) -> dict[str, Any]:
        """What was remembered; empty before the first start."""
        try:
            remembered: dict[str, Any] = json.loads((self.folder / MARKER).read_text())
        except FileNotFoundError:
            return {}
        return remembered

    def remember(self, **facts: object) -> None:
        """Add to what is remembered."""
        write_private(self.folder / MARKER, json.dumps({**self.memory, **facts}, indent=2))

    def secrets(self) -> dict[str, str]:
        """Return the installation's own secrets, made at the first start and kept."""
        path = self.folder / "secrets.json"
        known: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
        made = {
            "postgres": secrets.token_urlsafe(32),
            "owner": secrets.token_urlsafe(32),
            "app": secrets.token_urlsafe(32),
            "platform": secrets.token_urlsafe(32),
            "valkey": secrets.token_urlsafe(32),
            "secret_key": secrets.token_urlsafe(50),
            "encryption_root_key": base64.b64encode(secrets.token_bytes(32)).decode(),
            "operator_password": "-".join(secrets.token_hex(3) for _ in range(4)),
            "operator_totp_secret": base64.b32encode(secrets.token_bytes(20)).decode(),
        }
        if made.keys() - known.keys():
            known = {**made, **known}
            write_private(path, json.dumps(known, indent=2))
        return known

    def ports(self, *names: str) -> dict[str, int]:
        """Return a port for each name: the one of last time if it is still free, else another."""
        remembered = self.memory.get("ports", {})
        kept = {name: remembered[name] for name in names if name in remembered and is_free(remembered[name])}
        others = [name for name in names if name not in kept]
        kept.update(zip(others, free_ports(len(others)), strict=True))
        self.remember(ports=kept)
        return kept
