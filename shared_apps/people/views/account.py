""" "Account Settings": a person's own account, its password and address, and where it is signed in."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.access.decorators import signed_in
from core.web.ratelimit import limited
from core.web.redirects import safe_next
from shared_apps.people import selectors, services
from shared_apps.people.adapters.school import school_side
from shared_apps.people.enums import Theme
from shared_apps.people.forms import ConfirmForm, NewEmailForm, NewPasswordForm, ThemeForm
from shared_apps.people.views.signing_in import (
    INVALID,
    NETWORK_SECONDS,
    PAUSE,
    PAUSED,
    WRONG_CODE,
    WRONG_U2F,
    strength_context,
)

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]

NOT_YOUR_PASSWORD = "This is not your password."  # noqa: S105 -- words on the page
NOT_ACCEPTED = "Your school accepts addresses of its own domains only. Ask your administrator."
TAKEN = "Another account has this address."


def confirmed(view: View[P]) -> View[P]:
    """A view for which the password, and the key if there is one, are asked again beforehand."""

    @wraps(view)
    def asked(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not services.is_confirmed(request.session):
            return to_confirm(request.path if request.method in ("GET", "HEAD") else "")
        return view(request, *args, **kwargs)

    return asked


def to_confirm(onward: str) -> HttpResponse:
    """To the page that asks again, and from there onward."""
    address = reverse("people:confirm")
    return redirect(f"{address}?{urlencode({'next': onward})}" if onward else address)


@signed_in
@require_safe
def account(request: HttpRequest) -> HttpResponse:
    """ "Account Settings": who one is here, how pages look, and the way out."""
    return render(
        request, "people/account.html", {"tabs": account_tabs("people:account"), "person": request.user}
    )


@signed_in
@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Remember light, dark or high contrast, and stay on the page."""
    form = ThemeForm(request.POST)
    if form.is_valid():
        services.set_theme(theme=Theme(form.cleaned_data["theme"]), by=request.access)
    if request.headers.get("X-Requested-With") == "fetch":
        return HttpResponse(status=204)
    return redirect(safe_next(request, reverse("people:account")))


@signed_in
@never_cache
@sensitive_post_parameters("password", "code")
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest) -> HttpResponse:
    """The password again, and the key, before something about the account is changed."""
    assert request.user.is_authenticated
    onward = safe_next(request, reverse("people:account"))
    kinds = selectors.kinds_of_keys(request.user.pk)
    form = ConfirmForm(request.POST if request.method == "POST" else None, kinds=kinds)
    context: dict[str, Any] = {"form": form, "next": onward, "kinds": kinds}
    if request.method != "POST":
        return render(request, "people/confirm.html", context)
    if not form.is_valid():
        return render(request, "people/confirm.html", context, status=INVALID)
    done = services.confirm(request=request, user=request.user, by=request.access, **form.cleaned_data)
    if done.is_confirmed:
        return redirect(onward)
    if done.is_paused:
        form.add_error(None, PAUSE)
    elif not done.is_password_right:
        form.add_error("password", NOT_YOUR_PASSWORD)
    elif form.cleaned_data["answer"]:
        context["u2f_error"] = WRONG_U2F
    else:
        form.add_error("code", WRONG_CODE)
        context["is_refused"] = True
    return render(request, "people/confirm.html", context, status=PAUSED if done.is_paused else INVALID)


@signed_in
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
@confirmed
def change_password(request: HttpRequest) -> HttpResponse:
    """Another password; all other sessions end."""
    assert request.user.is_authenticated
    form = NewPasswordForm(
        request.POST if request.method == "POST" else None,
        strength_url=reverse("people:own-password-strength"),
    )
    context: dict[str, Any] = {"form": form, "tabs": account_tabs("people:change-password")}
    if request.method != "POST" or not form.is_valid():
        return render(
            request, "people/change_password.html", context, status=INVALID if form.is_bound else 200
        )
    try:
        services.change_password(
            request=request,
            user_id=request.user.pk,
            password=form.cleaned_data["password"],
            by=request.access,
        )
    except services.WeakPasswordError as error:
        rating = error.strength.rating.label
        form.add_error("password", f"This password is rated {rating}. {' '.join(error.strength.advice)}")
        context |= strength_context(error.strength)
        return render(request, "people/change_password.html", context, status=INVALID)
    services.use_up(request.session)
    messages.success(request, "Your password is changed. You are signed out everywhere else.")
    return redirect("people:account")


@signed_in
@never_cache
@limited("own-password-strength", times=600, seconds=NETWORK_SECONDS)
@sensitive_post_parameters("password")
@require_POST
def own_password_strength(request: HttpRequest) -> HttpResponse:
    """The rating of what is typed so far."""
    assert request.user.is_authenticated
    form = NewPasswordForm(request.POST)
    if not form.is_valid():
        return render(request, "components/password_strength.html")
    personal = selectors.personal_texts(request.user)
    strength = services.rate(form.cleaned_data["password"], personal=personal)
    return render(request, "components/password_strength.html", strength_context(strength))


@signed_in
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@confirmed
def change_email(request: HttpRequest) -> HttpResponse:
    """Another address to log in with; the old and the new one are told."""
    assert request.user.is_authenticated
    form = NewEmailForm(request.POST if request.method == "POST" else None)
    context = {"form": form, "tabs": account_tabs("people:change-email"), "person": request.user}
    if request.method == "POST" and form.is_valid():
        email = form.cleaned_data["email"]
        try:
            if not school_side.accepts_email(email):
                form.add_error("email", NOT_ACCEPTED)
            else:
                services.change_email(user_id=request.user.pk, email=email, by=request.access)
        except services.AddressTakenError:
            form.add_error("email", TAKEN)
        if form.is_valid():
            services.use_up(request.session)
            messages.success(request, "Your email address is changed. Log in with it from now on.")
            return redirect("people:account")
    return render(request, "people/change_email.html", context, status=INVALID if form.is_bound else 200)


@signed_in
@never_cache
@require_safe
def sessions(request: HttpRequest) -> HttpResponse:
    """ "Where you are signed in"."""
    assert request.user.is_authenticated
    rows = selectors.sessions_of(request.user, this_key=request.session.session_key or "")
    context = {"tabs": account_tabs("people:sessions"), "sessions": rows}
    return render(request, "people/sessions.html", context)


@signed_in
@require_POST
def end_session(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """ "End this session": one of one's own."""
    try:
        services.end_session(session_id=session_id, by=request.access)
    except services.UnknownSessionError:
        raise Http404 from None
    messages.success(request, "That session is ended.")
    return redirect("people:sessions")


@signed_in
@require_POST
def end_other_sessions(request: HttpRequest) -> HttpResponse:
    """ "End all others"."""
    assert request.user.is_authenticated
    services.end_sessions(user_id=request.user.pk, except_key=request.session.session_key or "")
    messages.success(request, "All other sessions are ended.")
    return redirect("people:sessions")


TABS = {
    "people:account": "Account",
    "people:security-keys": "Security Keys",
    "people:change-password": "Password",
    "people:change-email": "Email",
    "people:sessions": "Where you are signed in",
}


def account_tabs(current: str) -> list[dict[str, Any]]:
    """The tabs of "Account Settings"."""
    return [
        {"label": label, "url": reverse(name), "current": name == current} for name, label in TABS.items()
    ]
