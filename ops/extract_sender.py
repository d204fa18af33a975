#!/usr/bin/env python3
"""Hands the nightly extracts of a school's MIS in: an example for a school's IT to adapt.

Needs Python 3.9 or later and nothing else; copy this one file to the machine on which the MIS writes ZIPs.

    python3 extract_sender.py --address https://SCHOOL.records.example --folder /extracts --token-file token

Every ZIP that lies in the folder and is not being written any more is sent, oldest first. One that was taken
is moved to `sent`, one that was refused to `refused`, each with the product's answer in a `.json` beside it.
What could not be sent (no network, product away, token out of date, an address where it is not) stays and is
tried again, so does everything after a restart: an extract that comes twice changes nothing.

The token is read from a file that only this program's account should be able to read, or from the variable
EXTRACT_TOKEN; it is never on the command line, where other users of the machine would see it. It is made, and
made anew, under "Admin" > "Imports".
"""

from __future__ import annotations

import argparse
import http.client
import json
import logging
import os
import ssl
import sys
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

log = logging.getLogger("extract_sender")

PATH = "/api/mis/extracts/"
PIECE = 64 * 1024
TIMEOUT = 120
FIRST_PAUSE = 30.0
LONGEST_PAUSE = 1800.0
ASKED_EVERY = 2.0
LONGEST_IMPORT = 3600.0
TAKEN = ("applied", "held")
# With these the product itself says no to a file; anything else may come from something on the way to it.
REFUSED = (400, 413, 422)


class TryLaterError(Exception):
    """The extract could not be handed over now; `seconds` is what the product asked to wait, if it did."""

    def __init__(self, reason: str, seconds: float | None = None) -> None:
        super().__init__(reason)
        self.seconds = seconds


class Sender:
    """Talks to one school's address."""

    def __init__(self, address: str, token_of: Any, *, asked_every: float = ASKED_EVERY) -> None:
        parts = urlsplit(address)
        self.host = parts.hostname or ""
        # A demo on this machine: names under .localhost are this machine, whatever the resolver knows.
        self.is_here = self.host == "localhost" or self.host.endswith(".localhost")
        if parts.scheme != "https" and not (parts.scheme == "http" and self.is_here):
            raise SystemExit("The address must begin with https://: every pupil's data go over this line.")
        self.is_tls = parts.scheme == "https"
        self.port = parts.port or (443 if self.is_tls else 80)
        self.host_header = parts.netloc
        self.token_of = token_of
        self.asked_every = asked_every

    def send(self, file: Path) -> dict[str, Any]:
        """Hand one ZIP in and wait for what becomes of it: the last answer. Raises TryLaterError."""
        status, told = self._post(file)
        if status in REFUSED:
            return told
        if status != 202 or "id" not in told:
            raise TryLaterError(f"the answer was {status}: is the address the school's own?", LONGEST_PAUSE)
        log.info("%s was taken; it is import %s", file.name, told["id"])
        until = time.monotonic() + LONGEST_IMPORT
        while time.monotonic() < until:
            status, told = self._ask("GET", told_address(told), {}, iter(()))
            if status != 200:
                raise TryLaterError(f"it was taken, but what became of it is not told ({status})")
            if told.get("is_finished"):
                return told
            log.info("%s: %s of %s rows", file.name, told.get("rows_done"), told.get("rows_total"))
            time.sleep(self.asked_every)
        raise TryLaterError("it was taken, but is still not finished")

    def _post(self, file: Path) -> tuple[int, dict[str, Any]]:
        boundary = uuid.uuid4().hex
        name = "".join(sign if sign.isalnum() or sign in "-_." else "_" for sign in file.name)
        head = (
            f"--{boundary}\r\n"
            f'Content-Disposition: form-data; name="extract"; filename="{name}"\r\n'
            "Content-Type: application/zip\r\n\r\n"
        ).encode()
        tail = f"\r\n--{boundary}--\r\n".encode()
        headers = {
            "Content-Type": f"multipart/form-data; boundary={boundary}",
            "Content-Length": str(len(head) + file.stat().st_size + len(tail)),
        }

        def body() -> Iterator[bytes]:
            yield head
            with file.open("rb") as content:
                while piece := content.read(PIECE):
                    yield piece
            yield tail

        return self._ask("POST", PATH, headers, body())

    def _ask(
        self, method: str, path: str, headers: dict[str, str], body: Iterator[bytes]
    ) -> tuple[int, dict[str, Any]]:
        connection = self._connect()
        try:
            connection.putrequest(method, path, skip_host=True)
            every = {"Host": self.host_header, "Authorization": f"Bearer {self.token_of()}", **headers}
            for name, value in every.items():
                connection.putheader(name, value)
            connection.endheaders()
            try:
                for piece in body:
                    connection.send(piece)
            except (BrokenPipeError, ConnectionResetError):
                log.debug("The product stopped reading; its answer says why")
            response = connection.getresponse()
            content = response.read()
        except (OSError, http.client.HTTPException) as fault:
            raise TryLaterError(f"no answer ({type(fault).__name__}: {fault})") from None
        finally:
            connection.close()
        status = response.status
        if status == 401:
            raise TryLaterError(
                "the token is not valid (401): make a new one under Admin > Imports", LONGEST_PAUSE
            )
        if status in (408, 429) or status >= 500:
            asked = response.getheader("Retry-After", "")
            raise TryLaterError(f"the product answered {status}", float(asked) if asked.isdigit() else None)
        try:
            told = json.loads(content)
        except ValueError:
            told = None
        if not isinstance(told, dict):
            raise TryLaterError(f"the answer was {status} and not the product's", LONGEST_PAUSE)
        return status, told

    def _connect(self) -> http.client.HTTPConnection:
        host = "127.0.0.1" if self.is_here else self.host
        if self.is_tls:
            # Certificates are checked; a school that inspects TLS adds its own root to the machine's store.
            context = ssl.create_default_context()
            return http.client.HTTPSConnection(host, self.port, timeout=TIMEOUT, context=context)
        return http.client.HTTPConnection(host, self.port, timeout=TIMEOUT)


def told_address(told: dict[str, Any]) -> str:
    """Where to ask again: the first answer names it, later ones only the import."""
    return str(told.get("address") or f"{PATH}{told['id']}/")


class Watcher:
    """Sends what comes into one folder."""

    def __init__(self, folder: Path, sender: Sender, *, settle: float) -> None:
        if not folder.is_dir():
            raise SystemExit(f"There is no folder {folder}.")
        self.folder, self.sender, self.settle = folder, sender, settle
        for name in ("sent", "refused"):
            (folder / name).mkdir(exist_ok=True)

    def ready(self) -> Iterator[Path]:
        """The ZIPs that nothing is written to any more, oldest first."""
        found = [path for path in self.folder.iterdir() if path.suffix.lower() == ".zip" and path.is_file()]
        for path in sorted(found, key=lambda one: one.stat().st_mtime):
            before = path.stat()
            if time.time() - before.st_mtime < self.settle:
                time.sleep(self.settle)
                after = path.stat()
                if (after.st_size, after.st_mtime) != (before.st_size, before.st_mtime):
                    continue
            yield path

    def run_once(self) -> bool:
        """Send what is there; whether all of it was taken. TryLaterError for the first not sent."""
        is_all_taken = True
        for path in self.ready():
            told = self.sender.send(path)
            is_taken = told.get("state") in TAKEN
            is_all_taken = is_all_taken and is_taken
            self._put_away(path, told, "sent" if is_taken else "refused")
        return is_all_taken

    def _put_away(self, path: Path, told: dict[str, Any], place: str) -> None:
        stamp = time.strftime("%Y%m%d-%H%M%S")
        target = self.folder / place / f"{stamp}-{path.name}"
        target.with_suffix(".json").write_text(json.dumps(told, indent=2), encoding="utf-8")
        os.replace(path, target)
        if place == "sent":
            log.info("%s: %s", path.name, told["state"])
            if told["state"] == "held":
                log.warning("%s waits for an administrator: %s", path.name, "; ".join(told["warnings"]))
            return
        # The values of cells may be children's data: they stand in the .json file and not in the log.
        for fault in told.get("faults") or [{"reason": told.get("error", "refused")}]:
            where = f"{fault.get('file', '')}, line {fault.get('line', 0)}, {fault.get('column', '')}"
            log.error("%s was refused: %s: %s", path.name, where, fault.get("reason"))

    def run(self, every: float) -> None:
        """Watch until the program is stopped."""
        pause = FIRST_PAUSE
        while True:
            try:
                self.run_once()
            except TryLaterError as later:
                wait = max(pause, later.seconds or 0)
                log.warning("Not sent: %s. Trying again in %d seconds.", later, wait)
                time.sleep(wait)
                pause = min(2 * pause, LONGEST_PAUSE)
            except OSError as fault:
                # Such as a ZIP that was taken away meanwhile, or a full disk: no reason to stop watching.
                log.error("The folder cannot be worked on: %s", fault)
                time.sleep(every)
            else:
                pause = FIRST_PAUSE
                time.sleep(every)


def token_reader(token_file: Path | None) -> Any:
    """Reads the token each time, so that a new one is used without a restart."""

    def read() -> str:
        token = token_file.read_text(encoding="utf-8") if token_file else os.environ.get("EXTRACT_TOKEN", "")
        token = token.strip()
        if not token:
            raise TryLaterError("there is no token: name a file with --token-file, or set EXTRACT_TOKEN")
        return token

    return read


def main() -> int:
    """Run from the command line; 0: all sent and taken, 1: something refused, 2: something not sent."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n\n")[0])
    parser.add_argument("--address", required=True, help="the school's address, https://…")
    parser.add_argument("--folder", required=True, type=Path, help="where the MIS puts its ZIPs")
    parser.add_argument("--token-file", type=Path, help="a file with the token and nothing else")
    parser.add_argument("--every", type=float, default=60, help="seconds between two looks (60)")
    parser.add_argument("--settle", type=float, default=10, help="seconds a file must not have changed (10)")
    parser.add_argument(
        "--once", action="store_true", help="send what is there and end: for a task scheduler"
    )
    parser.add_argument("--log-file", type=Path, help="where to log besides the screen")
    chosen = parser.parse_args()
    handlers: Any = [logging.StreamHandler()]
    if chosen.log_file:
        handlers.append(logging.FileHandler(chosen.log_file, encoding="utf-8"))
    logging.basicConfig(format="%(asctime)s %(levelname)s %(message)s", level=logging.INFO, handlers=handlers)
    sender = Sender(chosen.address, token_reader(chosen.token_file))
    watcher = Watcher(chosen.folder, sender, settle=chosen.settle)
    if not chosen.once:
        watcher.run(chosen.every)
    try:
        return 0 if watcher.run_once() else 1
    except TryLaterError as later:
        log.error("Not sent: %s", later)
        return 2


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
