"""The sessions of a person: noted when they begin, seen while they are used, ended one by one or all at once.

The table knows a session by the digest of its id. Ending one deletes Django's row and the copy in Valkey; a
copy that was written in the same moment is found out within a minute, when the session is next seen.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.backends.cached_db import SessionStore
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import CharField, F, Func
from django.http import HttpRequest

from core.access import Access
from core.audit.context import address_of, current
from core.audit.services import record
from core.db.clock import now
from shared_apps.people.enums import SEEN_AT
from shared_apps.people.models import SignedInSession, User
from shared_apps.people.selectors import digest_of_session
from shared_apps.people.services.agents import in_words

SEEN_EVERY: Final = timedelta(minutes=1)


class UnknownSessionError(Exception):
    """The session is not the person's own, or has ended."""


class _Digest(Func):
    """PostgreSQL's own SHA-256 of a text, in hexadecimal."""

    template = "encode(sha256(convert_to(%(expressions)s, 'UTF8')), 'hex')"
    output_field = CharField()


def begin(*, request: HttpRequest, user: User, at: datetime | None = None) -> SignedInSession:
    """Note a session that has just been opened."""
    at = at or now()
    if not request.session.session_key:
        request.session.create()
    request.session[SEEN_AT] = at.timestamp()
    return SignedInSession.objects.create(
        user=user,
        digest=digest_of_session(str(request.session.session_key)),
        created_at=at,
        last_seen_at=at,
        address=address_of(request),
        agent=in_words(request.headers.get("User-Agent", "")),
    )


def move(*, old_key: str | None, session: SessionBase, with_key: bool | None = None) -> None:
    """Keep a session's row when the session takes a new id, as it does with a key and a new password."""
    changes: dict[str, object] = {"digest": digest_of_session(str(session.session_key))}
    if with_key is not None:
        changes["with_key"] = with_key
    SignedInSession.objects.filter(digest=digest_of_session(old_key or "")).update(**changes)


def see(session: SessionBase, *, address: str | None, at: datetime | None = None) -> bool:
    """Note, at most once a minute, that a session is in use; False when it was ended elsewhere."""
    at = at or now()
    if at.timestamp() - session.get(SEEN_AT, at.timestamp()) < SEEN_EVERY.total_seconds():
        return True
    row = SignedInSession.objects.filter(digest=digest_of_session(str(session.session_key)))
    changes: dict[str, object] = {"last_seen_at": at}
    if address is not None:
        changes["address"] = address
    if not row.filter(ended_at=None).update(**changes):
        return not row.exists()
    session[SEEN_AT] = at.timestamp()
    return True


def note_end(session: SessionBase, *, at: datetime | None = None) -> None:
    """Note that a session was logged out."""
    if session.session_key:
        digest = digest_of_session(session.session_key)
        SignedInSession.objects.filter(digest=digest, ended_at=None).update(ended_at=at or now())


def current_key(user_id: UUID) -> str:
    """The id of the session in which this very person is asking; empty when somebody else is, or a job."""
    context = current()
    if context is None or context.user_id != user_id:
        return ""
    return str(context.request.session.session_key or "")


@transaction.atomic
def end_sessions(*, user_id: UUID, except_key: str = "", at: datetime | None = None) -> int:
    """End all sessions of a person but the one with this id, on the server, at once; how many there were."""
    rows = SignedInSession.objects.filter(user=user_id, ended_at=None)
    if except_key:
        rows = rows.exclude(digest=digest_of_session(except_key))
    return _end(rows.values_list("digest", flat=True), user_id=user_id, by=None, at=at)


@transaction.atomic
def end_session(*, session_id: UUID, by: Access, at: datetime | None = None) -> None:
    """End one of the person's own sessions. Raises UnknownSessionError for anybody else's, or none."""
    row = SignedInSession.objects.filter(pk=session_id, user=by.user_id, ended_at=None).first()
    if row is None or by.user_id is None:
        raise UnknownSessionError
    _end([row.digest], user_id=by.user_id, by=by, at=at)


def _end(digests: Iterable[str], *, user_id: UUID, by: Access | None, at: datetime | None) -> int:
    wanted = list(digests)
    if not wanted:
        return 0
    # One look through the school's own sessions, of which there are as many as people at work.
    found = Session.objects.annotate(digest=_Digest(F("session_key"))).filter(digest__in=wanted)
    for session_key in found.values_list("session_key", flat=True):
        # Deletes the row and the copy in Valkey.
        SessionStore(session_key).delete()
    SignedInSession.objects.filter(digest__in=wanted).update(ended_at=at or now())
    record("sessions.ended", by=by, record=("user", user_id), detail={"count": len(wanted)}, at=at)
    return len(wanted)
