"""Asking again before an account's password, address or keys are changed: for password and key.

What was confirmed is good for ten minutes and for one change.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest
from django.views.decorators.debug import sensitive_variables

from core.access import Access
from core.audit.services import record
from core.db.clock import now
from shared_apps.people.enums import CONFIRMED_AT, ELEVATED_AT, SIGNED_IN_AT, KeyUse
from shared_apps.people.models import User
from shared_apps.people.services.keys import try_key
from shared_apps.people.services.sign_in import try_password
from shared_apps.people.services.u2f import try_u2f

GOOD_FOR: Final = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What became of it: confirmed, or what was not right."""

    is_confirmed: bool = False
    is_paused: bool = False
    is_password_right: bool = False


@sensitive_variables("password", "code")
def confirm(
    *,
    request: HttpRequest,
    user: User,
    password: str,
    code: str = "",
    answer: str = "",
    by: Access,
    at: datetime | None = None,
) -> Confirmation:
    """Check the person's password and, if there is a key, six digits, a recovery code or a U2F key's answer.

    Wrong ones count to the pause. Must run in a transaction that is committed whatever the page then says.
    """
    at = at or now()
    tried = try_password(email=user.email, password=password, request=request, at=at)
    if tried.user is None or tried.user.pk != user.pk:
        return Confirmation(is_paused=tried.is_paused)
    if by.has_key:
        if answer:
            key = try_u2f(request=request, answer=answer, use=KeyUse.CONFIRM, by=by, at=at)
        else:
            key = try_key(code=code, use=KeyUse.CONFIRM, by=by, at=at)
        if key.device is None:
            return Confirmation(is_paused=key.is_paused, is_password_right=True)
    request.session[CONFIRMED_AT] = at.timestamp()
    record("user.confirmed", by=by, record=("user", user.pk), at=at)
    return Confirmation(is_confirmed=True, is_password_right=True)


def is_confirmed(session: SessionBase, *, at: datetime | None = None) -> bool:
    """Whether the person was asked again within the last minutes, for a change not made yet."""
    return _is_recent(session.get(CONFIRMED_AT), at or now())


def is_fresh(session: SessionBase, *, has_key: bool, at: datetime | None = None) -> bool:
    """Whether the login itself was so recent that a key may be added without asking again."""
    return is_confirmed(session, at=at) or _is_recent(
        session.get(ELEVATED_AT if has_key else SIGNED_IN_AT), at or now()
    )


def use_up(session: SessionBase) -> None:
    """The change is made; the next one asks again."""
    session.pop(CONFIRMED_AT, None)


def _is_recent(moment: float | None, at: datetime) -> bool:
    return moment is not None and 0 <= at.timestamp() - moment < GOOD_FOR.total_seconds()
