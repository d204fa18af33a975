"""The SMTP server that keeps every mail as a file."""

import json
import sys
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import IO, Any

from ops.supervisor.network import LOOPBACK, accepts, free_ports
from ops.supervisor.servers.server import Server


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
