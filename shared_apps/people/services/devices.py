"""Browsers that a person has used before: known by a cookie that lives long and is good in one school only.

Nothing opens by it. A sign-in without it is told to the person by mail; a browser in which a key was used in
the last 30 days is not paused by what others try.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.db.models import Q
from django.http import HttpRequest, HttpResponseBase

from core.audit.models import AuditEvent
from core.db.clock import now
from core.outbox.services import owe
from core.tenancy import session_salt
from shared_apps.people.models import KnownDevice, SignedInSession, User

TOPIC: Final = "people.new_device"
TRUSTED_FOR: Final = timedelta(days=30)
COOKIE_AGE: Final = timedelta(days=400)
NEW_COOKIE: Final = "new_device_cookie"


def cookie_name() -> str:
    """Host-only wherever cookies are secure; browsers refuse the prefix on plain http."""
    return "__Host-device" if settings.SESSION_COOKIE_SECURE else "device"


def digest_of_device(request: HttpRequest | None) -> str:
    """What is kept of the browser's cookie; empty when it brings none of this school's."""
    sent = request.COOKIES.get(cookie_name(), "") if request is not None else ""
    try:
        return _digest(_signer().unsign(sent)) if sent else ""
    except BadSignature:
        return ""


def is_trusted(person: Q, digest: str, at: datetime) -> bool:
    """Whether the person that `person` finds used a key in this browser in the last 30 days."""
    if not digest:
        return False
    devices = KnownDevice.objects.filter(person, digest=digest, last_key_use_at__gt=at - TRUSTED_FOR)
    return devices.exists()


def note_sign_in(
    *, request: HttpRequest, user: User, session: SignedInSession | None, event: AuditEvent, at: datetime
) -> None:
    """Know the browser of a sign-in again; a new one is told to the person, but for the first one ever."""
    digest = digest_of_device(request)
    if not digest:
        token = secrets.token_urlsafe(32)
        digest = _digest(token)
        vars(request)[NEW_COOKIE] = _signer().sign(token)
    elif KnownDevice.objects.filter(user=user, digest=digest).update(last_seen_at=at):
        return
    is_first = not KnownDevice.objects.filter(user=user).exists()
    KnownDevice.objects.create(user=user, digest=digest, first_seen_at=at, last_seen_at=at)
    if not is_first and session is not None:
        owe(
            TOPIC,
            key=str(event.pk),
            payload={"user": str(user.pk), "session": str(session.pk), "event": str(event.pk)},
        )


def note_key(*, request: HttpRequest, user: User, at: datetime | None = None) -> None:
    """A key was used in this browser."""
    cookie = vars(request).get(NEW_COOKIE)
    digest = _digest(_signer().unsign(cookie)) if cookie else digest_of_device(request)
    if digest:
        KnownDevice.objects.filter(user=user, digest=digest).update(last_key_use_at=at or now())


def set_cookie(request: HttpRequest, response: HttpResponseBase) -> None:
    """Give a browser that was new at this sign-in its cookie."""
    cookie = vars(request).get(NEW_COOKIE)
    if cookie:
        response.set_cookie(
            cookie_name(),
            cookie,
            max_age=COOKIE_AGE,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )


def _signer() -> Signer:
    return Signer(salt=f"people.KnownDevice:{session_salt()}")


def _digest(token: str) -> str:
    return hashlib.sha256(f"{session_salt()}:{token}".encode()).hexdigest()
