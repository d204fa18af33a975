"""Soft keys and recovery codes: setting up, and giving one at login or to elevate."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.crypto import salted_hmac
from django.views.decorators.debug import sensitive_variables
from django_otp.models import Device
from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice

from core.access import Access
from core.audit.models import AuditEvent
from core.audit.services import record
from core.db.clock import now
from shared_apps.people.enums import KeyUse, TryKind
from shared_apps.people.models import RecoveryCode, User, WebAuthnKey
from shared_apps.people.selectors import SOFT, U2F, has_key
from shared_apps.people.services import sessions, tries
from shared_apps.people.services.security_mails import owe_security_mails

RECOVERY_CODES: Final = 8
STEP: Final = 30
TOLERANCE: Final = 1
SECRET_BYTES: Final = 20


class UnknownKeyError(Exception):
    """The key is not the person's own, or is not there any more."""


class WrongCodeError(ValueError):
    """The code is not the one the app shows now; nothing was saved."""


@dataclass(frozen=True, slots=True)
class KeyTry:
    """What became of a try: the device if it was right, else whether further tries are paused."""

    device: Device | None
    is_paused: bool = False


@dataclass(frozen=True, slots=True)
class SavedKey:
    """A key just saved; `recovery_codes` are there with the first one and never shown again."""

    name: str
    recovery_codes: tuple[str, ...]


def new_secret() -> str:
    """A secret for an authenticator app, in base32. It is nobody's key until a code of it is saved."""
    return base64.b32encode(secrets.token_bytes(SECRET_BYTES)).decode()


@transaction.atomic
@sensitive_variables("secret", "code")
def save_key(*, name: str, secret: str, code: str, by: Access, at: datetime | None = None) -> SavedKey:
    """Register a soft key of the person's own, proved by the code its app shows now.

    The first key brings eight recovery codes. Raises WrongCodeError; then no key is registered.
    """
    at = at or now()
    key = base64.b32decode(secret)
    assert by.user_id is not None
    user = User.objects.select_for_update().get(pk=by.user_id)
    step = _matching_step(key, _digits(code), after=-1, at=at)
    if step is None:
        raise WrongCodeError
    is_first = not has_key(user.pk)
    # The step is used up: the code on the screen while saving elevates nothing.
    device = TOTPDevice.objects.create(user=user, name=name, key=key.hex(), last_t=step, confirmed=True)
    return added(user=user, device=device, is_first=is_first, by=by, at=at)


def added(*, user: User, device: Device, is_first: bool, by: Access, at: datetime) -> SavedKey:
    """What follows a new key of either kind: event, mails, no other session, codes with the first."""
    detail = {"device": device.pk, "kind": _kind(device)}
    event = record("key.added", by=by, record=("user", user.pk), detail=detail, at=at)
    _changed(user=user, event=event, by=by, at=at)
    return SavedKey(device.name, _new_codes(user) if is_first else ())


@transaction.atomic
def rename_key(*, kind: str, key_id: int, name: str, by: Access, at: datetime | None = None) -> None:
    """Give one of the person's own keys another name. Raises UnknownKeyError for anybody else's."""
    device = _own_key(kind, key_id, by)
    if device.name != name:
        device.name = name
        device.save(update_fields=["name"])
        detail = {"device": device.pk, "kind": _kind(device)}
        record("key.renamed", by=by, record=("user", device.user_id), detail=detail, at=at)


@transaction.atomic
def remove_key(*, kind: str, key_id: int, by: Access, at: datetime | None = None) -> None:
    """Remove one of the person's own keys, and with the last one the recovery codes.

    Ends all other sessions; the person and administrators are told. Raises UnknownKeyError for others’ keys.
    """
    device = _own_key(kind, key_id, by)
    user = device.user
    detail = {"device": device.pk, "kind": _kind(device)}
    device.delete()
    if not has_key(user.pk):
        RecoveryCode.objects.filter(user=user).delete()
    event = record("key.removed", by=by, record=("user", user.pk), detail=detail, at=at)
    _changed(user=user, event=event, by=by, at=at)


@transaction.atomic
def remove_all_keys(*, user_id: UUID, by: Access, at: datetime | None = None) -> int:
    """Remove all soft keys, U2F keys and recovery codes of a user; how many keys there were.

    Ends the user's sessions (but the one in which it is asked) and tells the user and administrators. The
    user then sets up a key as if it were the first, and a USB key may become somebody else's. Raises
    User.DoesNotExist.
    """
    user = User.objects.select_for_update().get(pk=user_id)
    removed = 0
    for model in (TOTPDevice, WebAuthnKey, RecoveryCode):
        devices = model.objects.filter(user=user)
        removed += 0 if model is RecoveryCode else devices.count()
        devices.delete()
    tries.forgive_all(tries.hold(TryKind.KEY, str(user.pk), at or now()))
    event = record("keys.removed", by=by, record=("user", user.pk), detail={"count": removed}, at=at)
    _changed(user=user, event=event, by=by, at=at)
    return removed


@transaction.atomic
def renew_recovery_codes(*, by: Access, at: datetime | None = None) -> tuple[str, ...]:
    """Eight new recovery codes for the person; the old ones are useless from now on."""
    assert by.user_id is not None
    user = User.objects.select_for_update().get(pk=by.user_id)
    codes = _new_codes(user)
    event = record("recovery_codes.renewed", by=by, record=("user", user.pk), at=at)
    owe_security_mails(user=user, what="keys", event=event, by=by)
    return codes


@sensitive_variables("code")
def try_key(*, code: str, use: KeyUse, by: Access, at: datetime | None = None) -> KeyTry:
    """Check a six-digit code or a recovery code of the person's own; no code is taken twice.

    After five wrong ones in 15 minutes a pause, in which the right one is refused too. Must run in a
    transaction that is committed whatever the page then says.
    """
    at = at or now()
    assert by.user_id is not None
    row = tries.hold(TryKind.KEY, str(by.user_id), at)
    if tries.is_paused(row):
        return KeyTry(None, is_paused=True)
    device = _device_of_code(by.user_id, code, use, at)
    if device is None:
        tries.count_wrong(row, at)
        record("key.refused", by=by, record=("user", by.user_id), detail={"use": str(use)}, at=at)
        return KeyTry(None, is_paused=tries.is_paused(row))
    tries.forgive(row)
    note_use(device, use=use, by=by, at=at)
    return KeyTry(device)


def note_use(device: Device, *, use: KeyUse, by: Access, at: datetime) -> None:
    """Write down that a key was used."""
    detail = {"use": str(use), "kind": _kind(device), "device": device.pk}
    record("key.used", by=by, record=("user", device.user_id), detail=detail, at=at)


def _kind(device: Device) -> str:
    kinds = {RecoveryCode: "recovery_code", WebAuthnKey: "u2f_key", TOTPDevice: "soft_key"}
    return kinds[type(device)]


def _own_key(kind: str, key_id: int, by: Access) -> TOTPDevice | WebAuthnKey:
    models: dict[str, type[TOTPDevice] | type[WebAuthnKey]] = {SOFT: TOTPDevice, U2F: WebAuthnKey}
    if kind not in models or by.user_id is None:
        raise UnknownKeyError
    keys = models[kind].objects.select_for_update(of=["self"]).select_related("user")
    device = keys.filter(pk=key_id, user=by.user_id, confirmed=True).first()
    if device is None:
        raise UnknownKeyError
    return device


def _changed(*, user: User, event: AuditEvent, by: Access, at: datetime | None) -> None:
    """What follows every change of somebody's keys."""
    sessions.end_sessions(user_id=user.pk, except_key=sessions.current_key(user.pk), at=at)
    owe_security_mails(user=user, what="keys", event=event, by=by)


def _device_of_code(user_id: UUID, code: str, use: KeyUse, at: datetime) -> Device | None:
    digits = _digits(code)
    if digits is None:
        return _recovery_code(user_id, code, at)
    devices = TOTPDevice.objects.select_for_update().filter(user=user_id, confirmed=True).order_by("pk")
    for device in devices:
        step = _matching_step(device.bin_key, digits, after=device.last_t, at=at)
        if step is not None:
            device.last_t = step
            if use == KeyUse.LOGIN:
                # The label "Not yet used" goes with the first login, not with elevating.
                device.last_used_at = at
            device.save(update_fields=["last_t", "last_used_at"])
            return device
    return None


def _matching_step(key: bytes, digits: int | None, *, after: int, at: datetime) -> int | None:
    """The time step of these six digits: the present one or its neighbours, later than the last used."""
    if digits is None:
        return None
    totp = TOTP(key, step=STEP)
    totp.time = at.timestamp()
    return totp.t() if totp.verify(digits, tolerance=TOLERANCE, min_t=after + 1) else None


def _digits(code: str) -> int | None:
    """The number that was typed, with or without spaces; None if it is not one of six digits."""
    plain = "".join(code.split())
    return int(plain) if len(plain) == 6 and plain.isascii() and plain.isdigit() else None


def _new_codes(user: User) -> tuple[str, ...]:
    RecoveryCode.objects.filter(user=user, used_at=None).delete()
    codes = tuple(_spoken(base64.b32encode(secrets.token_bytes(10)).decode()) for _ in range(RECOVERY_CODES))
    RecoveryCode.objects.bulk_create(
        RecoveryCode(user=user, name="Recovery code", digest=next(_code_digests(user.pk, code)))
        for code in codes
    )
    return codes


def _spoken(text: str) -> str:
    """In groups of four, as it is read from paper."""
    return "-".join(text[start : start + 4] for start in range(0, len(text), 4))


def _recovery_code(user_id: UUID, code: str, at: datetime) -> RecoveryCode | None:
    found = (
        RecoveryCode.objects.select_for_update()
        .filter(user=user_id, used_at=None, digest__in=list(_code_digests(user_id, code)))
        .first()
    )
    if found is not None:
        found.used_at = at
        found.save(update_fields=["used_at"])
    return found


def _code_digests(user_id: UUID, code: str) -> Iterator[str]:
    """What is stored of a code, under the present secret first and then under those it replaced."""
    plain = "".join(letter for letter in code.upper() if letter.isalnum())
    for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        yield salted_hmac(
            f"people.RecoveryCode:{user_id}", plain, secret=secret, algorithm="sha256"
        ).hexdigest()
