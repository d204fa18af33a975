"""Accounts: made from names and addresses, changed, deactivated. None is ever deleted."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from core.access import Access
from core.audit.services import record
from core.db.clock import now
from shared_apps.people.enums import Theme
from shared_apps.people.models import FormerEmail, PasswordLink, User, normal_email
from shared_apps.people.services import sessions
from shared_apps.people.services.security_mails import owe_security_mails


class AddressTakenError(Exception):
    """Another account has this address."""


CHANGEABLE = ("email", "title", "first_name", "last_name", "extension")


@transaction.atomic
def create_user(
    *,
    email: str,
    first_name: str,
    last_name: str,
    by: Access,
    title: str = "",
    extension: str = "",
    at: datetime | None = None,
) -> User:
    """A new active account without a password; its owner sets one by the link on the login page.

    Raises IntegrityError when the address has an account already.
    """
    user = User(email=email, title=title, first_name=first_name, last_name=last_name, extension=extension)
    user.set_unusable_password()
    user.save(force_insert=True)
    record("user.added", by=by, record=("user", user.pk), at=at)
    return user


@transaction.atomic
def update_user(*, user_id: UUID, by: Access, at: datetime | None = None, **changes: str) -> User:
    """Change the given ones of email, title, first_name, last_name, extension.

    A changed address makes links sent to the old one useless; the person and administrators are told.
    Raises TypeError for any other field, User.DoesNotExist for an unknown id.
    """
    unknown = set(changes) - set(CHANGEABLE)
    if unknown:
        raise TypeError(f"These are not changed here: {', '.join(sorted(unknown))}.")
    if "email" in changes:
        changes["email"] = normal_email(changes["email"])
    user = User.objects.select_for_update().get(pk=user_id)
    old_email = user.email
    changed = [name for name, value in changes.items() if getattr(user, name) != value]
    if not changed:
        return user
    for name in changed:
        setattr(user, name, changes[name])
    user.save(update_fields=changed)
    event = record("user.changed", by=by, record=("user", user.pk), detail={"fields": changed}, at=at)
    if "email" in changed:
        _void_links(user, at)
        former = FormerEmail.objects.create(user=user, email=old_email, replaced_at=at or now())
        sessions.end_sessions(user_id=user.pk, except_key=sessions.current_key(user.pk), at=at)
        owe_security_mails(user=user, what="email", event=event, by=by, former_id=former.pk)
    return user


def change_email(*, user_id: UUID, email: str, by: Access, at: datetime | None = None) -> User:
    """Give an account another address. Links sent to the old one and all other sessions end.

    The old address, the new one and administrators are told. Whoever calls has asked whether the school
    accepts the address. Raises AddressTakenError, User.DoesNotExist.
    """
    try:
        with transaction.atomic():
            return update_user(user_id=user_id, by=by, at=at, email=email)
    except IntegrityError as error:
        raise AddressTakenError from error


@transaction.atomic
def set_active(*, user_id: UUID, is_active: bool, by: Access, at: datetime | None = None) -> User:
    """Deactivate an account, or let it in again. Either ends its sessions and links at once."""
    user = User.objects.select_for_update().get(pk=user_id)
    if user.is_active != is_active:
        user.is_active = is_active
        user.save(update_fields=["is_active"])
        _void_links(user, at)
        sessions.end_sessions(user_id=user.pk, at=at)
        event = "user.activated" if is_active else "user.deactivated"
        record(event, by=by, record=("user", user.pk), at=at)
    return user


def deactivate(*, user_id: UUID, by: Access, at: datetime | None = None) -> User:
    """Close an account: no sign-in, no reset, and its open sessions end at once. Keys stay registered."""
    return set_active(user_id=user_id, is_active=False, by=by, at=at)


def reactivate(*, user_id: UUID, by: Access, at: datetime | None = None) -> User:
    """Let a closed account in again, with the password and keys it had."""
    return set_active(user_id=user_id, is_active=True, by=by, at=at)


@transaction.atomic
def set_theme(*, theme: Theme, by: Access) -> None:
    """Remember how the pages shall look for the person."""
    assert by.user_id is not None
    User.objects.filter(pk=by.user_id).update(theme=theme)
    record("user.theme_changed", by=by, record=("user", by.user_id), detail={"theme": str(theme)})


def _void_links(user: User, at: datetime | None) -> None:
    links = PasswordLink.objects.filter(user=user, used_at=None, replaced_at=None)
    links.update(replaced_at=at or now())
