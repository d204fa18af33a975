"""A mail server that delivers to a folder, and a small page to read it.

Every mail is one RFC 5322 file per recipient, named by Message-ID and recipient: a retry of the same
mail overwrites its file instead of making a second one.
"""

import argparse
import asyncio
import html
import json
import re
import threading
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

from aiosmtpd.smtp import SMTP, Envelope, Session

from ops.supervisor.network import LOOPBACK

STYLE = """
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { margin: 0 auto; padding: 24px 16px; max-width: 60rem; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: 8px; border-bottom: 1px solid #8888; vertical-align: top; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; font: inherit; }
a { color: LinkText; }
"""


def file_name(message_id: str, recipient: str) -> str:
    """Return the name of the file for this mail and recipient; no input can leave the folder."""
    parts = (message_id.strip().strip("<>"), recipient.strip().lower())
    safe = [re.sub(r"[^A-Za-z0-9@._+-]", "_", part)[:100].lstrip(".") for part in parts]
    return "--".join(safe) + ".eml"


class Folder:
    """The folder of mails, and how the next ones shall be answered."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def keep(self, envelope: Envelope) -> None:
        """Write the mail once for each recipient of its envelope."""
        content = envelope.original_content or b""
        message = message_from_bytes(content, policy=policy.default)
        message_id = str(message["Message-ID"] or f"<no-id-{datetime.now(UTC).timestamp()}>")
        for recipient in envelope.rcpt_tos:
            unfinished = self.path / f".{file_name(message_id, recipient)}.new"
            unfinished.write_bytes(
                b"X-Envelope-To: " + recipient.encode("utf-8", "replace") + b"\r\n" + content
            )
            unfinished.replace(self.path / file_name(message_id, recipient))
            line = {"message_id": message_id, "recipient": recipient, "at": datetime.now(UTC).isoformat()}
            with (self.path / ".deliveries.jsonl").open("a") as deliveries:
                deliveries.write(json.dumps(line) + "\n")

    def behaviour(self, stage: str, recipient: str = "") -> dict[str, Any]:
        """Return the orders for this stage ("refuse" or "silent") and count down how often they hold."""
        orders = self.path / ".behaviour.json"
        try:
            behaviour: dict[str, Any] = json.loads(orders.read_text())
        except (OSError, ValueError):
            return {}
        if stage not in behaviour or behaviour.get("recipient") not in (None, recipient):
            return {}
        if behaviour.get("times") is not None:
            if behaviour["times"] <= 0:
                return {}
            orders.write_text(json.dumps({**behaviour, "times": behaviour["times"] - 1}))
        return behaviour

    def newest(self, limit: int = 500) -> list[Path]:
        """Return the mails, newest first."""
        return sorted(self.path.glob("*.eml"), key=lambda path: path.stat().st_mtime_ns, reverse=True)[:limit]


class Receiver:
    """What the SMTP server asks at each step."""

    def __init__(self, folder: Folder) -> None:
        self.folder = folder

    async def handle_RCPT(  # noqa: N802 - the name that aiosmtpd looks for
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take the recipient, or refuse as told."""
        if orders := self.folder.behaviour("refuse", address):
            code = int(orders["refuse"])
            return f"{code} {code // 100}.3.0 Refused on purpose"
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - as above
        """Keep the mail; when told to be silent, keep it and never answer."""
        self.folder.keep(envelope)
        if self.folder.behaviour("silent"):
            await asyncio.sleep(24 * 3600)
        print(f"kept a mail for {len(envelope.rcpt_tos)} recipient(s)", flush=True)
        return "250 OK"


def readable(message: EmailMessage) -> str:
    """Return the text of a mail."""
    body = message.get_body(preferencelist=("plain", "html"))
    return str(body.get_content()) if body else ""


def with_links(text: str) -> str:
    """Escape the text, and make links of its addresses."""
    pieces = re.split(r"(https?://[^\s<>\"]+)", text)
    linked = [
        f'<a rel="noreferrer" href="{html.escape(piece)}">{html.escape(piece)}</a>'
        if index % 2
        else html.escape(piece)
        for index, piece in enumerate(pieces)
    ]
    return "".join(linked)


def page(title: str, body: str) -> str:
    """Return a whole page."""
    return (
        '<!doctype html><html lang="en-GB"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<title>{html.escape(title)}</title><link rel="stylesheet" href="/style.css"></head>'
        f"<body><h1>{html.escape(title)}</h1>{body}</body></html>"
    )


class Inbox(BaseHTTPRequestHandler):
    """The pages: a list, one mail, its source."""

    folder: Folder

    def do_GET(self) -> None:
        """Answer with a page."""
        path = unquote(self.path.split("?", 1)[0])
        if path == "/style.css":
            self._answer(STYLE, "text/css")
        elif path == "/":
            self._answer(self._list())
        else:
            self._mail(path.strip("/"))

    def _list(self) -> str:
        rows = []
        for path in self.folder.newest():
            message = message_from_bytes(path.read_bytes(), policy=policy.default)
            when = datetime.fromtimestamp(path.stat().st_mtime, UTC).astimezone()
            recipient = html.escape(str(message["X-Envelope-To"] or ""))
            subject = html.escape(str(message["Subject"] or "(no subject)"))
            link = f'<a href="/{quote(path.name)}">{subject}</a>'
            rows.append(f"<tr><td>{when:%d %b %Y %H:%M:%S}</td><td>{recipient}</td><td>{link}</td></tr>")
        head = "<tr><th>Arrived</th><th>To</th><th>Subject</th></tr>"
        listing = f"<table>{head}{''.join(rows)}</table>" if rows else "<p>No mail yet.</p>"
        return page("Every mail that was sent", listing)

    def _mail(self, name: str) -> None:
        wants_source = name.endswith("/source")
        name = name.removesuffix("/source")
        # Only names that the folder lists: no path of the asker's is ever opened.
        known = {path.name: path for path in self.folder.newest()}
        if name not in known:
            self._answer(page("Not here", '<p>No such mail. <a href="/">All mails</a></p>'), status=404)
            return
        content = known[name].read_bytes()
        if wants_source:
            self._answer(content.decode("utf-8", "replace"), "text/plain")
            return
        message = message_from_bytes(content, policy=policy.default)
        headers = "".join(
            f"<tr><th>{label}</th><td>{html.escape(str(message[field] or ''))}</td></tr>"
            for label, field in [
                ("From", "From"),
                ("To", "X-Envelope-To"),
                ("Date", "Date"),
                ("ID", "Message-ID"),
            ]
        )
        body = (
            f"<table>{headers}</table><pre>{with_links(readable(message))}</pre>"
            f'<p><a href="/">All mails</a> · <a href="/{quote(name)}/source">Source</a></p>'
        )
        self._answer(page(str(message["Subject"] or "(no subject)"), body))

    def _answer(self, text: str, kind: str = "text/html", status: int = 200) -> None:
        content = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        self.send_header(
            "Content-Security-Policy", "default-src 'none'; style-src 'self'; frame-ancestors 'none'"
        )
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Referrer-Policy", "no-referrer")
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 - the base class names it so
        """Say nothing: addresses hold names of people."""


async def serve(folder: Path, smtp_port: int, web_port: int) -> None:
    """Serve until stopped."""
    kept = Folder(folder)
    handler = type("InboxOfFolder", (Inbox,), {"folder": kept})
    inbox = ThreadingHTTPServer((LOOPBACK, web_port), handler)
    inbox.daemon_threads = True
    threading.Thread(target=inbox.serve_forever, daemon=True).start()

    def session() -> SMTP:
        return SMTP(
            Receiver(kept), enable_SMTPUTF8=True, data_size_limit=64 * 1024 * 1024, hostname="localhost"
        )

    server = await asyncio.get_running_loop().create_server(session, LOOPBACK, smtp_port)
    async with server:
        await server.serve_forever()


def main() -> None:
    """Read the command line and serve."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--smtp-port", type=int, required=True)
    parser.add_argument("--web-port", type=int, required=True)
    options = parser.parse_args()
    asyncio.run(serve(options.folder, options.smtp_port, options.web_port))


if __name__ == "__main__":
    main()
