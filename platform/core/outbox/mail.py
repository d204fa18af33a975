"""Mails from a school, with a Message-ID that stays the same however often one is tried."""

from __future__ import annotations

import hashlib
import re
from email.utils import formataddr, parseaddr
from typing import Final

from django.conf import settings
from django.core.mail import EmailMultiAlternatives

from core.tenancy import current_school, is_in_public

CONTROL: Final = re.compile(r"[\x00-\x1f\x7f\u0085\u2028\u2029]+")


def send_mail(*, to: str, subject: str, text: str, html: str | None = None, message_id_key: str) -> None:
    """Send one mail to one person. For outbox handlers: any exception means it is tried again.

    `message_id_key` names the reason for the mail ("alert <id>"); the same key to the same person in the same
    school gives the same Message-ID, so a mail system that got the first try knows the second.
    Line breaks in the subject and the school's name become spaces: they could add headers. In public the mail
    comes from the brand alone.
    """
    school = None if is_in_public() else current_school()
    name = settings.BRAND if school is None else f"{settings.BRAND}, {school.name}"
    schema = settings.PUBLIC_SCHEMA_NAME if school is None else school.schema_name
    sender = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    message = EmailMultiAlternatives(
        subject=one_line(subject),
        body=text,
        from_email=formataddr((one_line(name), sender)),
        to=[one_line(to)],
        headers={
            "Message-ID": message_id(schema, message_id_key, to),
            "Auto-Submitted": "auto-generated",
            "X-Auto-Response-Suppress": "All",
        },
    )
    if html is not None:
        message.attach_alternative(html, "text/html")
    message.send()


def message_id(schema: str, key: str, to: str) -> str:
    """The Message-ID of a mail: the same for the same school, reason and person; tells none of them."""
    digest = hashlib.sha256("\n".join((schema, key, to.strip().lower())).encode()).hexdigest()[:40]
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
    return f"<{digest}@{domain}>"


def one_line(text: str) -> str:
    """The text without line breaks and other control characters."""
    return CONTROL.sub(" ", text).strip()
