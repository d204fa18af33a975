"""Pages around the covered and the locked screen."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from core.access.decorators import signed_in
from core.web.redirects import safe_next
from shared_apps.people.adapters.school import school_side
from shared_apps.people.forms import ScreenForm, UnlockForm
from shared_apps.people.services import lock
from shared_apps.people.views.signing_in import PAUSE, WRONG_CODE

HOME = "/"
INVALID = 422
LOCKED = 423
PAUSED = 429
NOT_RIGHT = "The password is not right."


@signed_in
@never_cache
@sensitive_post_parameters("password", "code")
@require_http_methods(["GET", "HEAD", "POST"])
def unlock(request: HttpRequest) -> HttpResponse:
    """The password, and after an hour the key, open a locked session; a script learns how it stands."""
    onward = safe_next(request, HOME)
    standing: lock.Standing = vars(request)["standing"]
    asks_key = lock.needs_key(request.session, standing=standing)
    if request.method != "POST":
        if _is_script(request):
            return JsonResponse(_standing_of(request, standing))
        if standing.screen is not lock.Screen.LOCKED:
            return redirect(onward)
        return _page(request, standing, UnlockForm(asks_key=asks_key), onward, LOCKED)
    form = UnlockForm(request.POST, asks_key=asks_key)
    if not form.is_valid():
        return _refuse(request, standing, form, onward, INVALID)
    assert request.user.is_authenticated
    tried = lock.unlock(
        request=request, user=request.user, standing=standing, by=request.access, **form.cleaned_data
    )
    if tried.is_open:
        return _lead_on(request, onward, without_key=form.cleaned_data["without_key"])
    if tried.is_paused:
        form.add_error(None, PAUSE)
    elif not tried.is_password_right:
        form.add_error("password", NOT_RIGHT)
    else:
        form.add_error("code", WRONG_CODE)
    return _refuse(request, standing, form, onward, PAUSED if tried.is_paused else INVALID)


@signed_in
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def blank(request: HttpRequest) -> HttpResponse:
    """ "Blank Screen": notes that the screen was covered by hand, or shown again; a page where no script
    covers.
    """
    onward = safe_next(request, HOME)
    if request.method != "POST":
        return render(request, "people/blank.html", {"next": onward})
    form = ScreenForm(request.POST)
    if not form.is_valid():
        return HttpResponse(status=INVALID)
    is_covered = form.cleaned_data["screen"] == "covered"
    lock.note_cover(request.session, is_covered=is_covered)
    if _is_script(request):
        return HttpResponse(status=204)
    return redirect(f"{reverse('people:blank')}?{urlencode({'next': onward})}" if is_covered else onward)


@signed_in
@never_cache
@require_POST
def here(request: HttpRequest) -> HttpResponse:
    """Somebody types, scrolls or points on a page that asks for nothing meanwhile: that is activity too."""
    return HttpResponse(status=204)


def _is_script(request: HttpRequest) -> bool:
    return request.headers.get("X-Requested-With") == "fetch"


def _standing_of(request: HttpRequest, standing: lock.Standing) -> dict[str, Any]:
    seconds = 60 * school_side.idle_minutes(request.access.is_elevated) - standing.idle
    return {
        "screen": standing.screen.value,
        "left": max(0, round(seconds)),
        "asks_key": lock.needs_key(request.session, standing=standing),
    }


def _lead_on(request: HttpRequest, onward: str, *, without_key: bool) -> HttpResponse:
    if without_key:
        # Whatever stands beneath was shown with the key: a page made anew shows what counts without.
        onward = f"{reverse('people:key-prompt')}?{urlencode({'next': onward})}"
    if _is_script(request):
        return JsonResponse({"screen": "open", "go": onward if without_key else ""})
    return redirect(onward)


def _refuse(
    request: HttpRequest, standing: lock.Standing, form: UnlockForm, onward: str, status: int
) -> HttpResponse:
    if not _is_script(request):
        return _page(request, standing, form, onward, status)
    errors = {name: next(iter(messages)) for name, messages in form.errors.items()}
    return JsonResponse({"errors": errors} | _standing_of(request, standing), status=status)


def _page(
    request: HttpRequest, standing: lock.Standing, form: UnlockForm, onward: str, status: int
) -> HttpResponse:
    context = {
        "form": form,
        "asks_key": lock.needs_key(request.session, standing=standing),
        "next": onward,
    }
    return render(request, "people/locked.html", context, status=status)
