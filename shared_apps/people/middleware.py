"""A session ends twelve hours after it began."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponseBase

from core.db.clock import now
from shared_apps.people.enums import SIGNED_IN_AT


class SessionAgeMiddleware:
    """Signs out a session older than SESSION_COOKIE_AGE, counted from signing in.

    Django counts from the last change to the session, so that a busy one would never end. Comes after the
    middleware of sign-in.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.user.is_authenticated and self._is_over(request):
            logout(request)
        return self.get_response(request)

    @staticmethod
    def _is_over(request: HttpRequest) -> bool:
        begun = request.session.get(SIGNED_IN_AT)
        # A session that does not say when it began was not begun by signing in.
        return begun is None or now().timestamp() - begun >= settings.SESSION_COOKIE_AGE
