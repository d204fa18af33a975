"""Where this app meets Django's sign-in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.http import HttpRequest
from django.views.decorators.debug import sensitive_variables

from core.db.clock import now
from shared_apps.people.adapters.school import school_side
from shared_apps.people.enums import SIGNED_IN_AT

if TYPE_CHECKING:
    from shared_apps.people.models import User


class EmailBackend(BaseBackend):
    """Signs in by email address and password; a deactivated account is nobody, in open sessions too."""

    @sensitive_variables("password")
    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **credentials: Any,
    ) -> User | None:
        """The active user with this address and password, or None, after the same work either way."""
        from shared_apps.people.models import User

        if username is None or password is None:
            return None
        user = User.objects.filter_email(username).first()
        if user is None:
            # As much hashing as for a known address: the time must not tell them apart.
            User().set_password(password)
            return None
        if not (user.check_password(password) and user.is_active):
            return None
        return None if school_side.has_ended(user.pk) else user

    def get_user(self, user_id: UUID | str) -> User | None:
        """The active user behind a session, or None: a leaver's open session ends with the account."""
        from shared_apps.people.models import User

        return User.objects.filter(pk=user_id, is_active=True).first()


def note_sign_in(request: HttpRequest, user: object, **kwargs: object) -> None:
    """Write into the new session when it began: it ends twelve hours later, however busy it was."""
    from shared_apps.people.services import lock, sessions

    request.session[SIGNED_IN_AT] = now().timestamp()
    lock.begin(request.session)
    sessions.begin(request=request, user=cast("User", user))


def note_sign_out(request: HttpRequest, **kwargs: object) -> None:
    """Take the session off the list of those where the person is signed in."""
    from shared_apps.people.services import sessions

    sessions.note_end(request.session)


def idle_minutes(request: HttpRequest) -> int:
    """For the frame: after how many idle minutes the page covers itself."""
    return school_side.idle_minutes(request.user.is_authenticated and request.user.is_verified())


user_logged_in.connect(note_sign_in, dispatch_uid="people.note_sign_in")
user_logged_out.connect(note_sign_out, dispatch_uid="people.note_sign_out")
