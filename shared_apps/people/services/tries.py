"""Five wrong tries in 15 minutes, then a pause; counted in PostgreSQL, where a lost cache forgets nothing.

The pause holds for an account and the network the tries came from, so that nobody far away can lock a person
out; a browser in which the person used a key in the last 30 days has a count of its own. Tries spread over
many networks meet a second, wider limit. A try takes the account's row and keeps it until the request's
transaction ends, so that parallel tries wait for each other. The caller answers with a page, never with an
exception: the count must be committed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_network
from typing import Final
from uuid import UUID

from django.db.models import Q
from django.utils.crypto import salted_hmac

from core.audit.context import current
from core.outbox.services import owe
from core.tenancy import session_salt
from shared_apps.people.enums import TryKind
from shared_apps.people.models import User, WrongTries, normal_email
from shared_apps.people.services import devices

TOPIC: Final = "people.paused"
LIMIT: Final = 5
WINDOW: Final = timedelta(minutes=15)
# From a browser in which the person used a key lately: who mistypes is not paused, a thief's program is.
TRUSTED_LIMIT: Final = 20
# From all networks together. A number has six digits and is guessed sooner than a password.
ACCOUNT_LIMITS: Final = {TryKind.PASSWORD: 50, TryKind.KEY: 15, TryKind.RESET: LIMIT}
# How much of an address is the network: what one school or one line usually has.
PREFIXES: Final = {4: 24, 6: 56}
TRUSTED: Final = "device-"


@dataclass(frozen=True, slots=True)
class Tries:
    """The wrong tries against an account, and from where the present one comes."""

    row: WrongTries
    name: str
    place: str

    @property
    def digest(self) -> str:
        """What the account is counted under."""
        return self.row.digest

    @property
    def is_trusted(self) -> bool:
        """Whether the try comes from a browser in which the person used a key lately."""
        return self.place.startswith(TRUSTED)


def account_digest(name: str) -> str:
    """What an email address or a user's id is counted under; the address itself is not kept."""
    return _digest("tries", normal_email(name))


def hold(kind: TryKind, name: str, at: datetime) -> Tries:
    """The account's row, locked for this transaction, without the tries that are too old to count.

    `name` is an email address, of somebody or nobody, or for keys the person's id.
    """
    row, _ = WrongTries.objects.select_for_update().get_or_create(kind=kind, digest=account_digest(name))
    places = [*(row.places or []), *[""] * len(row.times)]
    kept = [(time, place) for time, place in zip(row.times, places, strict=False) if at - time < WINDOW]
    row.times = [time for time, _ in kept]
    row.places = [place for _, place in kept]
    return Tries(row, name, _place(kind, name, at))


def is_paused(tries: Tries) -> bool:
    """Whether no further try from there is looked at now, right or wrong."""
    places = tries.row.places or []
    if places.count(tries.place) >= (TRUSTED_LIMIT if tries.is_trusted else LIMIT):
        return True
    strangers = [place for place in places if not place.startswith(TRUSTED)]
    return not tries.is_trusted and len(strangers) >= ACCOUNT_LIMITS[TryKind(tries.row.kind)]


def count_wrong(tries: Tries, at: datetime) -> None:
    """Add a wrong try; the one that begins a pause is told to the person, once a pause."""
    row = tries.row
    row.times = [*row.times, at]
    row.places = [*(row.places or []), tries.place]
    begins = is_paused(tries) and (row.told_at is None or at - row.told_at >= WINDOW)
    if begins and row.kind != TryKind.RESET:
        row.told_at = at
        # For nobody's address the same is written, and no mail follows: the time tells nobody apart.
        user_id = User.objects.filter(_person(row.kind, tries.name), is_active=True).values_list("pk").first()
        payload = {"user": str(user_id[0]) if user_id else "", "kind": str(row.kind), "at": at.isoformat()}
        owe(TOPIC, key=f"{row.pk}:{at.timestamp():.6f}", payload=payload)
    row.save(update_fields=["times", "places", "told_at"])


def forgive(tries: Tries) -> None:
    """Forget the wrong tries from here, after a right one; those from elsewhere stay."""
    row = tries.row
    kept = [(t, p) for t, p in zip(row.times, row.places or [], strict=True) if p != tries.place]
    row.times = [time for time, _ in kept]
    row.places = [place for _, place in kept]
    row.save(update_fields=["times", "places"])


def forgive_all(tries: Tries) -> None:
    """Forget all wrong tries: the password they were tried on is no more."""
    tries.row.times, tries.row.places = [], []
    tries.row.save(update_fields=["times", "places"])


def _place(kind: TryKind, name: str, at: datetime) -> str:
    """The known browser or the network of the request; the same for all requests for a link."""
    context = current()
    if kind == TryKind.RESET or context is None:
        return ""
    device = devices.digest_of_device(context.request)
    if devices.is_trusted(_person(kind, name, "user__"), device, at):
        return f"{TRUSTED}{device[:50]}"
    if context.address is None:
        return ""
    version = 6 if ":" in context.address else 4
    network = ip_network(f"{context.address}/{PREFIXES[version]}", strict=False)
    return f"network-{_digest('network', str(network))[:50]}"


def _person(kind: str, name: str, path: str = "") -> Q:
    if kind == TryKind.KEY:
        return Q(**{f"{path}id": UUID(name)})
    return Q(**{f"{path}email": normal_email(name)})


def _digest(what: str, text: str) -> str:
    return salted_hmac(f"people.{what}:{session_salt()}", text, algorithm="sha256").hexdigest()
