"""Takes a mail that came back from standard input, as a mail server pipes it to a command."""

import sys
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage, Message
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.outbox.schedule import schools
from core.tenancy import in_school
from tenant_apps.alerts.services import take_bounce

LARGEST = 1_000_000


class Command(BaseCommand):
    help = "Takes in one delivery status notification (RFC 3464) of a mail about an alert, from stdin."

    def handle(self, *args: Any, **options: Any) -> None:
        """Says on the record that the mail did not arrive; whatever else comes in changes nothing."""
        content = sys.stdin.buffer.read(LARGEST + 1)
        if len(content) > LARGEST:
            raise CommandError("That is too large for a notification.")
        notification = message_from_bytes(content, policy=policy.default)
        original_id = original_id_of(notification)
        taken = sum(
            self.take(recipient, original_id) for recipient in failed_recipients(notification) if original_id
        )
        self.stdout.write(f"{taken} taken")

    def take(self, recipient: str, original_id: str) -> bool:
        """Asks each school, as a notification names none."""
        for school in schools():
            with in_school(school):
                if take_bounce(recipient=recipient, original_id=original_id):
                    return True
        return False


def failed_recipients(notification: EmailMessage) -> Iterator[str]:
    """The addresses that a notification says will not be reached; not those that are only late."""
    for part in notification.walk():
        if part.get_content_type() != "message/delivery-status":
            continue
        for block in _inside(part):
            if str(block.get("Action", "")).strip().lower() == "failed":
                kind, _, address = str(block.get("Final-Recipient", "")).partition(";")
                if kind.strip().lower() == "rfc822" and "@" in address:
                    yield address.strip()


def original_id_of(notification: EmailMessage) -> str:
    """The Message-ID of the mail that came back, from the part that returns it or its headers."""
    for part in notification.walk():
        kind = part.get_content_type()
        if kind == "message/rfc822":
            return next((str(mail.get("Message-ID", "")).strip() for mail in _inside(part)), "")
        headers = part.get_payload(decode=True) if kind == "text/rfc822-headers" else None
        if isinstance(headers, bytes):
            return str(message_from_bytes(headers, policy=policy.default).get("Message-ID", "")).strip()
    return ""


def _inside(part: Message) -> list[Message]:
    content = part.get_payload()
    return [one for one in content if isinstance(one, Message)] if isinstance(content, list) else []
