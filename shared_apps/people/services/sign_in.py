"""Trying a password, and the session that a right one opens, elevates and closes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from django.contrib import auth
from django.http import HttpRequest
from django.middleware.csrf import rotate_token
from django.views.decorators.debug import sensitive_variables
from django_otp import login as otp_login
from django_otp.models import Device

from core.access import NOBODY, Access
from core.audit.services import record
from core.db.clock import now
from shared_apps.people.enums import ELEVATED_AT, TryKind
from shared_apps.people.models import User
from shared_apps.people.selectors import find_session
from shared_apps.people.services import devices, sessions, tries


@dataclass(frozen=True, slots=True)
class PasswordTry:
    """What became of a try: the user if it was right, else whether further tries are paused."""

    user: User | None
    is_paused: bool = False


def access_before_loading(user: User) -> Access:
    """Names a person as the doer of an event before the school's permissions can be loaded."""
    return replace(NOBODY, user_id=user.pk)


@sensitive_variables("password")
def try_password(
    *, email: str, password: str, request: HttpRequest | None = None, at: datetime | None = None
) -> PasswordTry:
    """Check an address and a password, counting wrong tries; a paused account refuses the right one too.

    Known and unknown, active and deactivated addresses do the same work and get the same answer. Must run in
    a transaction that is committed whatever the page then says.
    """
    at = at or now()
    row = tries.hold(TryKind.PASSWORD, email, at)
    if tries.is_paused(row):
        record("user.sign_in_paused", by=NOBODY, detail={"account": row.digest[:16]}, at=at)
        return PasswordTry(None, is_paused=True)
    user = auth.authenticate(request, username=email, password=password)
    if not isinstance(user, User):
        tries.count_wrong(row, at)
        record("user.sign_in_failed", by=NOBODY, detail={"account": row.digest[:16]}, at=at)
        return PasswordTry(None, is_paused=tries.is_paused(row))
    tries.forgive(row)
    return PasswordTry(user)


def open_session(*, request: HttpRequest, user: User, at: datetime | None = None) -> None:
    """Begin a session without a key for a user whose password was right.

    Whatever session the browser brought is thrown away, so that neither a planted session id nor another
    person's elevation lives on in it.
    """
    request.session.flush()
    auth.login(request, user)
    event = record("user.signed_in", by=access_before_loading(user), record=("user", user.pk), at=at)
    session = find_session(request.session)
    devices.note_sign_in(request=request, user=user, session=session, event=event, at=event.at)


def elevate_session(*, request: HttpRequest, device: Device, at: datetime | None = None) -> None:
    """Make the session one with a key: under a new id, with the time, from the next request on."""
    old_key = request.session.session_key
    request.session.cycle_key()
    rotate_token(request)
    otp_login(request, device)
    request.session[ELEVATED_AT] = (at or now()).timestamp()
    sessions.move(old_key=old_key, session=request.session, with_key=True)
    devices.note_key(request=request, user=device.user, at=at)


def close_session(*, request: HttpRequest, by: Access, at: datetime | None = None) -> None:
    """End the session on the server: its id opens nothing any more."""
    if by.user_id is not None:
        record("user.signed_out", by=by, record=("user", by.user_id), at=at)
    auth.logout(request)
