"""Asking for the link that sets a password, writing it, and using it once."""

from __future__ import annotations

import base64
import hashlib
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.contrib.auth import update_session_auth_hash
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.views.decorators.debug import sensitive_variables

from core.access import NOBODY, Access
from core.audit.services import record
from core.db.clock import now
from core.outbox.services import owe
from core.tenancy import session_salt
from shared_apps.people.enums import TryKind
from shared_apps.people.models import PasswordLink, User
from shared_apps.people.selectors import LinkExpiredError, live_links, personal_texts
from shared_apps.people.services import sessions, tries
from shared_apps.people.services.security_mails import owe_security_mails
from shared_apps.people.services.sign_in import access_before_loading
from shared_apps.people.services.strength import MAXIMUM, Strength, rate

TOPIC: Final = "people.reset"


class WeakPasswordError(ValueError):
    """The password was not saved; `strength` says why."""

    def __init__(self, strength: Strength) -> None:
        super().__init__("The password is not strong enough.")
        self.strength = strength


@transaction.atomic
def request_reset(*, email: str, at: datetime | None = None) -> None:
    """Owe a mail with a new link to the active account of this address; older links are useless from now.

    For an address of nobody the same rows are written and no mail follows: who asks learns nothing, from the
    answer or from its time. After five requests in 15 minutes nothing more is owed.
    """
    at = at or now()
    row = tries.hold(TryKind.RESET, email, at)
    if tries.is_paused(row):
        return
    tries.count_wrong(row, at)
    user = User.objects.filter_email(email).filter(is_active=True).first()
    PasswordLink.objects.filter(email_digest=row.digest, used_at=None, replaced_at=None).update(
        replaced_at=at
    )
    link = PasswordLink.objects.create(user=user, email_digest=row.digest, requested_at=at)
    record("user.reset_requested", by=NOBODY, record=("password_link", link.pk), at=at)
    owe(TOPIC, key=str(link.pk), payload={"link": str(link.pk)})


def issue_link(*, link_id: UUID, at: datetime | None = None) -> tuple[PasswordLink, str] | None:
    """The link and its token, when its mail is made; None when no mail is to go out (any more).

    The token is derived, so that a mail sent twice says the same; only its digest is stored. It is good until
    the midnight, in the school's time zone, that follows the sending.
    """
    at = at or now()
    link = PasswordLink.objects.select_for_update(of=["self"]).select_related("user").get(pk=link_id)
    if link.user is None or not link.user.is_active or link.used_at or link.replaced_at:
        return None
    token = _token(link.pk)
    link.digest = digest_of(token)
    link.expires_at = midnight_after(at)
    link.save(update_fields=["digest", "expires_at"])
    return link, token


def midnight_after(at: datetime) -> datetime:
    """The first moment of the next day in the current time zone, the school's."""
    local = timezone.localtime(at)
    midnight = datetime.combine(local.date() + timedelta(days=1), datetime.min.time())
    return timezone.make_aware(midnight)


def digest_of(token: str) -> str:
    """What is stored of a token. It has 256 random bits, so a plain hash hides it."""
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
@sensitive_variables("token", "password")
def set_password(*, token: str, password: str, at: datetime | None = None) -> User:
    """Set the password of the person to whom the link was sent, and use the link up.

    Ends the old password, all open sessions and all links of the person; keys stay. Raises LinkExpiredError,
    or WeakPasswordError below STRONG, and then changes nothing.
    """
    at = at or now()
    link = live_links(at).select_for_update(of=["self"]).filter(digest=digest_of(token)).first()
    if link is None or link.user is None:
        raise LinkExpiredError
    # The row of the link was waited for: whoever came first has used it up.
    user = User.objects.select_for_update().get(pk=link.user.pk)
    _save_password(user, password, at)
    link.used_at, link.replaced_at = at, None
    link.save(update_fields=["used_at", "replaced_at"])
    tries.forgive_all(tries.hold(TryKind.PASSWORD, user.email, at))
    sessions.end_sessions(user_id=user.pk, at=at)
    by = access_before_loading(user)
    event = record("user.password_set", by=by, record=("user", user.pk), at=at)
    owe_security_mails(user=user, what="password", event=event, by=by)
    return user


@transaction.atomic
@sensitive_variables("password")
def change_password(
    *, request: HttpRequest, user_id: UUID, password: str, by: Access, at: datetime | None = None
) -> None:
    """Set one's own password anew, after it was asked for again. This session stays, all others end.

    Raises WeakPasswordError below STRONG, and then changes nothing.
    """
    at = at or now()
    user = User.objects.select_for_update().get(pk=user_id)
    _save_password(user, password, at)
    old_key = request.session.session_key
    update_session_auth_hash(request, user)
    sessions.move(old_key=old_key, session=request.session)
    sessions.end_sessions(user_id=user.pk, except_key=str(request.session.session_key), at=at)
    event = record("user.password_changed", by=by, record=("user", user.pk), at=at)
    owe_security_mails(user=user, what="password", event=event, by=by)


@sensitive_variables("password")
def _save_password(user: User, password: str, at: datetime) -> None:
    strength = rate(password[:MAXIMUM], personal=personal_texts(user))
    if not strength.is_accepted:
        raise WeakPasswordError(strength)
    user.set_password(password)
    user.save(update_fields=["password"])
    PasswordLink.objects.filter(user=user, used_at=None, replaced_at=None).update(replaced_at=at)


def _token(link_id: UUID) -> str:
    secret = salted_hmac(f"people.PasswordLink:{session_salt()}", str(link_id), algorithm="sha256")
    return base64.urlsafe_b64encode(secret.digest()).decode().rstrip("=")
