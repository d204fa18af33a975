"""The idle lock: how long a session has been left alone, what covers it, and what opens it again.

When somebody was last active is written to Valkey every few seconds and to the session's row once a minute.
With Valkey unreachable the row counts; with Valkey there but without the time, the session is locked: nobody
knows how long it lay open. A session says under which name its time stands, so that a new session key, as
given with a key, does not lose it.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import Final

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.db import transaction
from django.http import HttpRequest
from django.views.decorators.debug import sensitive_variables
from django_otp import DEVICE_ID_SESSION_KEY
from redis import Redis
from redis.exceptions import RedisError

from core.access import Access
from core.audit.services import record
from core.db.clock import now
from core.outbox.jobs import valkey
from core.tenancy import current_school_or_none
from shared_apps.people.adapters.school import school_side
from shared_apps.people.enums import ACTIVE_AT, ACTIVITY, COVERED_AT, ELEVATED_AT, LOCKED_AT, KeyUse
from shared_apps.people.models import User
from shared_apps.people.services.keys import try_key
from shared_apps.people.services.sign_in import try_password

COVER_SECONDS: Final = 2 * 60
"""How long a cover set by hand comes off without the password."""
KEY_AGAIN_SECONDS: Final = 60 * 60
"""After so long the key is asked for again."""
FINE_SECONDS: Final = 5
"""How exactly Valkey knows the time of the last activity."""
COARSE_SECONDS: Final = 60
"""How exactly the session's row knows it."""


class Screen(StrEnum):
    """What a session may show now."""

    OPEN = "open"
    COVERED = "covered"
    """Covered by hand, not for long: one click uncovers it."""
    LOCKED = "locked"


@dataclass(frozen=True, slots=True)
class Standing:
    """A session as it stands now; `idle` in seconds since the person last did something."""

    screen: Screen
    idle: float
    is_valkey_there: bool = True


@dataclass(frozen=True, slots=True)
class UnlockTry:
    """What became of a try to unlock: open, or what was not right."""

    is_open: bool = False
    is_paused: bool = False
    is_password_right: bool = False


def begin(session: SessionBase, *, at: datetime | None = None) -> None:
    """Start to count for a session that has just been opened."""
    session[ACTIVITY] = secrets.token_urlsafe(16)
    note_activity(session, at=at)


def standing_of(session: SessionBase, *, is_elevated: bool, at: datetime | None = None) -> Standing:
    """How a session stands: one question to Valkey; the settings are asked once a minute has passed."""
    moment = (at or now()).timestamp()
    row = session.get(ACTIVE_AT)
    if row is None or ACTIVITY not in session:
        # Not begun by signing in: nobody knows how long it lay open.
        return Standing(Screen.LOCKED, KEY_AGAIN_SECONDS)
    is_there, known = _read(session)
    idle = max(0.0, moment - max(row, known or 0.0))
    is_lost = is_there and known is None
    # The shortest timeout is a minute: before that there is nothing to look up.
    is_over = idle >= COARSE_SECONDS and idle >= 60 * school_side.idle_minutes(is_elevated)
    covered_at = session.get(COVERED_AT)
    is_forgotten = covered_at is not None and moment - covered_at >= COVER_SECONDS
    if LOCKED_AT in session or is_lost or is_over or is_forgotten:
        return Standing(Screen.LOCKED, idle, is_there)
    return Standing(Screen.OPEN if covered_at is None else Screen.COVERED, idle, is_there)


def note_activity(
    session: SessionBase, *, standing: Standing | None = None, at: datetime | None = None
) -> None:
    """The person did something now: to Valkey if that is some seconds newer, to the row once a minute.

    While Valkey does not answer the row is kept as exactly as Valkey would be, for it is what counts.
    """
    moment = (at or now()).timestamp()
    if standing is None or (standing.idle >= FINE_SECONDS and standing.is_valkey_there):
        _write(session, moment)
    row = session.get(ACTIVE_AT, 0)
    age = COARSE_SECONDS if standing is not None and standing.is_valkey_there else FINE_SECONDS
    if moment - row >= age:
        session[ACTIVE_AT] = moment


def note_cover(session: SessionBase, *, is_covered: bool, at: datetime | None = None) -> None:
    """The screen was covered by hand, or uncovered within two minutes; covered twice, the first counts."""
    if is_covered:
        session.setdefault(COVERED_AT, (at or now()).timestamp())
        session.modified = True
    else:
        session.pop(COVERED_AT, None)


@transaction.atomic
def lock(session: SessionBase, *, standing: Standing, at: datetime | None = None) -> None:
    """Close a session until its person unlocks it; said in the audit once."""
    if LOCKED_AT in session:
        return
    cause = "cover" if COVERED_AT in session else "idle"
    session[LOCKED_AT] = (at or now()).timestamp()
    # Not `request.access`: a locked request shall not work out what the person may do.
    record("session.locked", by=None, detail={"cause": cause}, at=at)


def needs_key(session: SessionBase, *, standing: Standing) -> bool:
    """Whether unlocking this session asks for the key beside the password."""
    return ELEVATED_AT in session and standing.idle >= KEY_AGAIN_SECONDS


@sensitive_variables("password", "code")
def unlock(
    *,
    request: HttpRequest,
    user: User,
    standing: Standing,
    password: str,
    code: str = "",
    without_key: bool = False,
    by: Access,
    at: datetime | None = None,
) -> UnlockTry:
    """Open a locked session by its person's password, and by the key where that is asked for again.

    `without_key` opens it as a session in which no key was used. Wrong tries count toward the pause. Must run
    in a transaction that is committed whatever the page then says.
    """
    tried = try_password(email=user.email, password=password, request=request, at=at)
    if tried.user is None or tried.user.pk != user.pk:
        return UnlockTry(is_paused=tried.is_paused)
    session = request.session
    asks_key = needs_key(session, standing=standing)
    if asks_key and not without_key:
        key = try_key(code=code, use=KeyUse.UNLOCK, by=by, at=at)
        if key.device is None:
            return UnlockTry(is_paused=key.is_paused, is_password_right=True)
        session[DEVICE_ID_SESSION_KEY] = key.device.persistent_id
        session[ELEVATED_AT] = (at or now()).timestamp()
    elif asks_key:
        session.pop(DEVICE_ID_SESSION_KEY, None)
        session.pop(ELEVATED_AT, None)
    for name in (LOCKED_AT, COVERED_AT):
        session.pop(name, None)
    session[ACTIVE_AT] = 0
    note_activity(session, at=at)
    with transaction.atomic():
        record("session.unlocked", by=by, detail={"key": asks_key and not without_key}, at=at)
    return UnlockTry(is_open=True, is_password_right=True)


def _read(session: SessionBase) -> tuple[bool, float | None]:
    """Whether Valkey answers, and the time of the last activity if it knows one."""
    try:
        value = _client(settings.VALKEY_URL).get(_key(session))
    except RedisError:
        return False, None
    try:
        return True, float(value) if isinstance(value, bytes | str) else None
    except ValueError:
        return True, None


def _write(session: SessionBase, moment: float) -> None:
    try:
        _client(settings.VALKEY_URL).set(_key(session), f"{moment:.3f}", ex=settings.SESSION_COOKIE_AGE)
    except RedisError:
        # The row is written as well; see note_activity.
        session[ACTIVE_AT] = moment


def _key(session: SessionBase) -> str:
    school = current_school_or_none()
    # Whoever reads Valkey learns nothing that would be worth a try as a session.
    digest = hashlib.sha256(str(session[ACTIVITY]).encode()).hexdigest()[:32]
    return f"{school.schema_name if school else '-'}:activity:{digest}"


@lru_cache(maxsize=2)
def _client(address: str) -> Redis:
    return valkey(address)
