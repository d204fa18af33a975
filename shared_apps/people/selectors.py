"""Reads of people. Names of staff are no secret among the staff of one school."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet
from django_otp.plugins.otp_totp.models import TOTPDevice

from core.access import Access
from core.db.clock import now
from core.db.text import search_key
from core.tenancy import current_school_or_none
from shared_apps.people.models import PasswordLink, RecoveryCode, User


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
    """One registered soft key as its owner sees it."""

    name: str
    is_used: bool


def get_user(user_id: UUID) -> User:
    """The user, active or not. Raises User.DoesNotExist."""
    return User.objects.get(pk=user_id)


def find_user(email: str) -> User | None:
    """The user with this address however it is typed, active or not; None if there is none."""
    return User.objects.filter_email(email).first()


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
    return _keys().filter(user=user_id).exists()


def users_with_keys() -> QuerySet[TOTPDevice, UUID]:
    """The ids of all users with a registered key, to put into `id__in`."""
    return _keys().values_list("user_id", flat=True)


def keys_of(access: Access) -> list[KeyRow]:
    """The person's own soft keys in the order they were added."""
    return keys_of_user(access.user_id) if access.user_id is not None else []


def keys_of_user(user_id: UUID) -> list[KeyRow]:
    """The keys of somebody, for the page on which an administrator removes them."""
    return [
        KeyRow(device.name, device.last_used_at is not None)
        for device in _keys().filter(user=user_id).order_by("pk")
    ]


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


def _keys() -> QuerySet[TOTPDevice]:
    return TOTPDevice.objects.filter(confirmed=True)
