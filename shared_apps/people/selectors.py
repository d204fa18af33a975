"""Reads of people. Names of staff are no secret among the staff of one school."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.db.models import Exists, OuterRef, Q, QuerySet
from django_otp.plugins.otp_totp.models import TOTPDevice

from core.access import Access
from core.db.clock import now
from core.db.text import search_key
from core.tenancy import current_school_or_none
from shared_apps.people.models import (
    FormerEmail,
    PasswordLink,
    RecoveryCode,
    SignedInSession,
    User,
    WebAuthnKey,
)

# The kinds of key, as addresses and lists name them.
SOFT: Final = "soft"
U2F: Final = "u2f"


class LinkExpiredError(Exception):
    """The link was used, replaced by a newer one, is past its midnight, or never was."""


@dataclass(frozen=True, slots=True, order=True)
class PersonName:
    """How one person is shown; sorts by surname, then forename."""

    sort_key: str
    formal: str
    full: str


@dataclass(frozen=True, slots=True)
class KeyRow:
    """One registered key as its owner sees it. `kind` is SOFT or U2F."""

    name: str
    is_used: bool
    kind: str = SOFT
    id: int = 0


@dataclass(frozen=True, slots=True)
class SessionRow:
    """One place where a person is signed in."""

    id: UUID
    agent: str
    address: str
    created_at: datetime
    last_seen_at: datetime
    with_key: bool
    is_this: bool


def get_user(user_id: UUID) -> User:
    """The user, active or not. Raises User.DoesNotExist."""
    return User.objects.get(pk=user_id)


def find_user(email: str) -> User | None:
    """The user with this address however it is typed, active or not; None if there is none."""
    return User.objects.filter_email(email).first()


def find_session(session: SessionBase) -> SignedInSession | None:
    """The row of this session in the list "Where you are signed in"; None if it was not noted."""
    if not session.session_key:
        return None
    return SignedInSession.objects.filter(digest=digest_of_session(session.session_key)).first()


def digest_of_session(session_key: str) -> str:
    """What is kept of a session's id, which is random enough for a plain hash to hide it."""
    return hashlib.sha256(session_key.encode()).hexdigest()


def sessions_of(user: User, *, this_key: str = "", at: datetime | None = None) -> list[SessionRow]:
    """Where a person is signed in, the latest sign-in first; `this_key` is the asking session's id."""
    begun = (at or now()) - timedelta(seconds=settings.SESSION_COOKIE_AGE)
    this = digest_of_session(this_key)
    rows = SignedInSession.objects.filter(user=user, ended_at=None, created_at__gt=begun)
    return [
        SessionRow(
            id=row.pk,
            agent=row.agent,
            address=row.address or "",
            created_at=row.created_at,
            last_seen_at=row.last_seen_at,
            with_key=row.with_key,
            is_this=row.digest == this,
        )
        for row in rows.order_by("-created_at", "-pk")
    ]


def get_session(session_id: UUID) -> SignedInSession | None:
    """One sign-in, open or ended."""
    return SignedInSession.objects.filter(pk=session_id).first()


def former_email(former_id: UUID) -> str:
    """An address that an account had before it was changed."""
    return FormerEmail.objects.values_list("email", flat=True).get(pk=former_id)


def is_known_email(email: str) -> bool:
    """Whether an active account has this address. For schools that say so on purpose."""
    return User.objects.filter_email(email).filter(is_active=True).exists()


def active_users() -> QuerySet[User]:
    """All active users, by name."""
    return User.objects.filter(is_active=True).order_by("sort_key", "pk")


def names_of(user_ids: Iterable[UUID | None]) -> dict[UUID, PersonName]:
    """The names of these people, active or not, in one query; unknown ids and None are left out."""
    wanted = {user_id for user_id in user_ids if user_id is not None}
    if not wanted:
        return {}
    users = User.objects.filter(pk__in=wanted).only("title", "first_name", "last_name", "sort_key")
    return {user.pk: PersonName(user.sort_key, user.formal_name, user.full_name) for user in users}


def suggest_users(term: str, *, limit: int = 20, exclude: Collection[UUID] = ()) -> list[User]:
    """Active people whose surname or forename begins so, each word typed somewhere, by name."""
    words = search_key(term).split()
    if not words:
        return []
    matches = Q()
    for word in words:
        # The stored key holds words parted by spaces, so a word begins the key or follows a space.
        matches &= Q(sort_key__startswith=word) | Q(sort_key__contains=f" {word}")
    return list(active_users().filter(matches).exclude(pk__in=exclude)[:limit])


def has_key(user_id: UUID) -> bool:
    """Whether a key is registered for the person, used or not."""
    return users_with_keys().filter(pk=user_id).exists()


def users_with_keys() -> QuerySet[User, UUID]:
    """The ids of all users with a registered key, to put into `id__in`."""
    soft, u2f = (Exists(keys.filter(user=OuterRef("pk"))) for keys in (_soft_keys(), _u2f_keys()))
    return User.objects.filter(soft | u2f).values_list("pk", flat=True)


def keys_of(access: Access) -> list[KeyRow]:
    """The person's own soft keys in the order they were added."""
    return keys_of_user(access.user_id) if access.user_id is not None else []


def keys_of_user(user_id: UUID) -> list[KeyRow]:
    """The keys of somebody, for the page on which an administrator removes them."""
    return [
        KeyRow(device.name, device.last_used_at is not None, kind, device.pk)
        for kind, devices in ((SOFT, _soft_keys()), (U2F, _u2f_keys()))
        for device in devices.filter(user=user_id).order_by("pk")
    ]


def own_key(access: Access, kind: str, key_id: int) -> KeyRow | None:
    """One of the person's own keys; None for anybody else's."""
    return next((key for key in keys_of(access) if (key.kind, key.id) == (kind, key_id)), None)


def kinds_of_keys(user_id: UUID) -> frozenset[str]:
    """Which kinds of key a person has: SOFT, U2F, both or none."""
    holder = User.objects.filter(pk=user_id).values_list(
        Exists(_soft_keys().filter(user=OuterRef("pk"))), Exists(_u2f_keys().filter(user=OuterRef("pk")))
    )
    soft, u2f = holder.get()
    return frozenset(kind for kind, there in ((SOFT, soft), (U2F, u2f)) if there)


def recovery_codes_left(access: Access) -> int:
    """How many of the person's own recovery codes are still good."""
    return RecoveryCode.objects.filter(user=access.user_id, used_at=None).count()


def live_links(at: datetime) -> QuerySet[PasswordLink]:
    """Links for setting a password that are good at this time."""
    return PasswordLink.objects.filter(
        used_at=None, replaced_at=None, expires_at__gt=at, user__is_active=True
    )


def get_user_of_link(digest: str, *, at: datetime | None = None) -> User:
    """The person whose password the link with this digest sets. Raises LinkExpiredError."""
    link = live_links(at or now()).select_related("user").filter(digest=digest).first()
    if link is None or link.user is None:
        raise LinkExpiredError
    return link.user


def personal_texts(user: User) -> list[str]:
    """What must not stand in the person's password: names, address, the school's name."""
    mailbox = user.email.partition("@")[0]
    school = current_school_or_none()
    return [
        user.first_name,
        user.last_name,
        user.full_name,
        *mailbox.replace("_", ".").replace("-", ".").split("."),
        mailbox,
        *([school.name] if school is not None else []),
    ]


def _soft_keys() -> QuerySet[TOTPDevice]:
    return TOTPDevice.objects.filter(confirmed=True)


def _u2f_keys() -> QuerySet[WebAuthnKey]:
    return WebAuthnKey.objects.filter(confirmed=True)
