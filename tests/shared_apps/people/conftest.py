"""People with passwords and keys of the tests' own, in school A."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django_otp.oath import totp
from django_otp.plugins.otp_totp.models import TOTPDevice

from core.db.clock import now
from shared_apps.people.models import RecoveryCode, User

PASSWORD = "Harbour-Kestrel-93"
NEW_PASSWORD = "Copper!Lantern-58"


@dataclass
class Person:
    """A member of staff, the password, and the soft key's secret if there is one."""

    user: User
    password: str = PASSWORD
    key: bytes | None = None

    def code(self, *, steps: int = 0) -> str:
        """The six digits the app shows now, or so many half minutes later."""
        assert self.key is not None
        return f"{totp(self.key, t0=-30 * steps):06d}"

    def credentials(self) -> dict[str, str]:
        return {"email": self.user.email, "password": self.password}


def _with_password(user: User) -> User:
    user.set_password(PASSWORD)
    user.save()
    TOTPDevice.objects.filter(user=user).delete()
    RecoveryCode.objects.filter(user=user).delete()
    return user


@pytest.fixture
def keyless(in_a: Any, cast: Any) -> Person:
    """Support staff with a password and no key."""
    return Person(_with_password(cast.support.user))


@pytest.fixture
def keyed(in_a: Any, cast: Any) -> Person:
    """The lead, with a password and a soft key that was never used."""
    person = Person(_with_password(cast.lead.user), key=secrets.token_bytes(20))
    TOTPDevice.objects.create(user=person.user, name="My Phone", key=person.key.hex())
    return person


@pytest.fixture
def visitor(in_a: Any, client_for: Any) -> Client:
    """A browser at school A's address, nobody signed in."""
    return client_for(None)


@pytest.fixture
def elevated(keyed: Person, client_for: Any) -> Client:
    """The lead's browser, with the key used."""
    return client_for(keyed.user, elevated=True)


@pytest.fixture
def restricted(keyed: Person, client_for: Any) -> Client:
    """The lead's browser, the key not used."""
    return client_for(keyed.user, elevated=False)


def text_of(response: Any) -> str:
    """What a page says, without tags and with single spaces."""
    body = re.sub(r"<(script|style)\b.*?</\1>", " ", response.content.decode(), flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body))


def is_signed_in(client: Client) -> bool:
    """Whether the browser's session is somebody's: the account page opens."""
    return client.get("/account/").status_code == 200


def is_elevated(client: Client) -> bool:
    """Whether the browser's session has used a key."""
    return "Elevated with a key" in text_of(client.get("/account/"))


@pytest.fixture
def says() -> Any:
    return text_of


@pytest.fixture
def session() -> Any:
    """Questions about a browser's session."""

    class Session:
        signed_in = staticmethod(is_signed_in)
        elevated = staticmethod(is_elevated)

    return Session


@pytest.fixture
def later() -> Any:
    """A time so many minutes from now."""
    return lambda minutes: now() + timedelta(minutes=minutes)


@pytest.fixture
def reset_link(visitor: Client, mailbox: Any, run_outbox: Any) -> Any:
    """Ask for a link on the page, let the outbox run, and give the path of the link in the mail."""

    def ask(email: str) -> str:
        assert visitor.post("/reset/", {"email": email}).status_code == 302
        run_outbox()
        return path_of(mailbox.messages()[-1])

    return ask


def path_of(mail: Any) -> str:
    """The path of the link in a mail for setting a password."""
    found = re.search(r"https?://[^/\s]+(/reset/[\w-]+/)", mail.message.get_body(("plain",)).get_content())
    assert found
    return found[1]
