"""A session ends twelve hours after it began, and is locked when it was left alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render

from core.access.decorators import PUBLIC, rule_of
from core.audit.context import address_of
from core.db.clock import now
from core.web.errors import answer
from shared_apps.people.enums import SIGNED_IN_AT
from shared_apps.people.forms import UnlockForm
from shared_apps.people.services import devices, lock, sessions

GetResponse = Callable[[HttpRequest], HttpResponseBase]

LOCKED = 423
POLL_HEADER = "X-Poll"
"""Sent with what a page asks by itself: it is nobody's activity."""
# Answered in a locked session too: the way out of it. Pages for visitors are, besides.
WAYS_OUT = frozenset({"people:unlock", "people:logout"})
# These tell how the session stands and change it themselves.
ABOUT_THE_SCREEN = frozenset({"people:unlock", "people:blank", "people:screen"})


class SessionAgeMiddleware:
    """Signs out a session that was ended elsewhere, or is older than SESSION_COOKIE_AGE since signing in.

    Django counts from the last change to the session, so that a busy one would never end. Comes after the
    middleware of sign-in.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.user.is_authenticated and self._is_over(request):
            logout(request)
        response = self.get_response(request)
        devices.set_cookie(request, response)
        return response

    @staticmethod
    def _is_over(request: HttpRequest) -> bool:
        begun = request.session.get(SIGNED_IN_AT)
        # A session that does not say when it began was not begun by signing in.
        if begun is None or now().timestamp() - begun >= settings.SESSION_COOKIE_AGE:
            return True
        return not sessions.see(request.session, address=address_of(request))


class IdleLockMiddleware:
    """Answers 423 in a school's session that was left alone too long, and notes activity in the others.

    Comes after the middleware of sign-in and key. A page that was asked for shows the form that unlocks; a
    script gets the status alone and covers the page it belongs to, which stays as it is.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        """Here and not before, because which view is asked for decides."""
        if rule_of(view) == PUBLIC or getattr(request, "school", None) is None:
            return None
        if not request.user.is_authenticated:
            return None
        standing = lock.standing_of(request.session, is_elevated=request.user.is_verified())
        vars(request)["standing"] = standing
        route = request.resolver_match.view_name if request.resolver_match else ""
        if standing.screen is lock.Screen.LOCKED:
            lock.lock(request.session, standing=standing)
            return None if route in WAYS_OUT else locked_answer(request, standing)
        if route in ABOUT_THE_SCREEN or is_poll(request):
            return None
        if standing.screen is lock.Screen.COVERED and not is_script(request):
            # Reloading the page is coming back to it.
            lock.note_cover(request.session, is_covered=False)
        lock.note_activity(request.session, standing=standing)
        return None


def is_script(request: HttpRequest) -> bool:
    """Whether a page's own script asks, not a person who goes somewhere."""
    return (
        request.headers.get("HX-Request") == "true"
        or request.headers.get("X-Requested-With") == "fetch"
        or request.headers.get("Sec-Fetch-Mode", "navigate") != "navigate"
    )


def is_poll(request: HttpRequest) -> bool:
    """Whether a page asks by itself, without anybody doing anything."""
    return POLL_HEADER in request.headers


def locked_answer(request: HttpRequest, standing: lock.Standing) -> HttpResponse:
    """The page that unlocks, with nothing of the page that was asked for; for a script the status alone."""
    if is_script(request):
        return answer(LOCKED)
    asks_key = lock.needs_key(request.session, standing=standing)
    onward = request.get_full_path() if request.method in ("GET", "HEAD") else "/"
    context = {"form": UnlockForm(asks_key=asks_key), "asks_key": asks_key, "next": onward}
    response = render(request, "people/locked.html", context, status=LOCKED)
    response["Cache-Control"] = "no-store"
    return response
