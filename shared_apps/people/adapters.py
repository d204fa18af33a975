"""Where this app meets Django's sign-in, and what schools know and this app may not import."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.http import HttpRequest
from django.views.decorators.debug import sensitive_variables

from core.db.clock import now
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


class SchoolSide:
    """What a school's own apps tell this one, which may not know them. They set it when they start.

    Unset, the safe answer counts: no address is revealed, nobody but the person is written to.
    """

    reveals_unknown_email: Callable[[], bool] = staticmethod(lambda: False)
    """Whether the school says when an email address is unknown."""
    safeguarding_extension: Callable[[], str] = staticmethod(lambda: "")
    """The extension to ring when an account changed unexpectedly; empty if the school has given none."""
    accepts_email: Callable[[str], bool] = staticmethod(lambda email: True)
    """Whether accounts of this school may have this address, by its domain."""
    administrators: Callable[[], Iterable[UUID]] = staticmethod(lambda: ())
    """The ids of those told of every change to an account: the school's admin key users."""
    has_ended: Callable[[UUID], bool] = staticmethod(lambda user_id: False)
    """Whether an account's end has come, although nothing has closed it yet."""
    idle_minutes: Callable[[bool], int] = staticmethod(lambda is_elevated: 15)
    """After how many idle minutes a session locks, by whether the key was used in it."""

    def register(
        self,
        *,
        reveals_unknown_email: Callable[[], bool] | None = None,
        safeguarding_extension: Callable[[], str] | None = None,
        accepts_email: Callable[[str], bool] | None = None,
        administrators: Callable[[], Iterable[UUID]] | None = None,
        has_ended: Callable[[UUID], bool] | None = None,
        idle_minutes: Callable[[bool], int] | None = None,
    ) -> None:
        """Set what is given; called in `ready()`, run inside the school whose request or job it is."""
        if reveals_unknown_email is not None:
            self.reveals_unknown_email = reveals_unknown_email
        if safeguarding_extension is not None:
            self.safeguarding_extension = safeguarding_extension
        if accepts_email is not None:
            self.accepts_email = accepts_email
        if administrators is not None:
            self.administrators = administrators
        if has_ended is not None:
            self.has_ended = has_ended
        if idle_minutes is not None:
            self.idle_minutes = idle_minutes


school_side = SchoolSide()
