"""Pages of signing in, of the key that follows it, and of setting a password by a link."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.access.decorators import public, signed_in
from core.audit.context import address_of
from core.web.errors import answer
from core.web.ratelimit import is_over, limited
from core.web.redirects import safe_next
from shared_apps.people import selectors, services
from shared_apps.people.adapters.school import school_side
from shared_apps.people.enums import KeyUse, Rating
from shared_apps.people.forms import AnswerForm, LoginForm, NewPasswordForm, NextCodeForm, ResetForm
from shared_apps.people.selectors import LinkExpiredError

HOME = "/"
INVALID = 422
PAUSED = 429
# Soft limits for one network against sprayed passwords; a whole school may sit behind one address.
NETWORK_SECONDS = 15 * 60
NETWORK_LOGINS = 300
NETWORK_RESETS = 100
SCORES = {Rating.WEAK: 1, Rating.FAIR: 2, Rating.STRONG: 3, Rating.VERY_STRONG: 4}
NOT_RIGHT = "The email address or the password is not right."
PAUSE = "There were too many wrong tries. Wait 15 minutes, then try again."
WRONG_U2F = "Unable to verify your U2F key"
WRONG_CODE = "Incorrect or out of date code"
UNKNOWN_EMAIL = "The email address you entered does not exist"


@public
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def login(request: HttpRequest) -> HttpResponse:
    """Email and password; then the key prompt for an account with a key, else the dashboard."""
    onward = safe_next(request, HOME)
    if request.method != "POST":
        if request.user.is_authenticated:
            return redirect(onward)
        return _login_page(request, LoginForm(), onward)
    if is_over("login", str(address_of(request)), times=NETWORK_LOGINS, seconds=NETWORK_SECONDS):
        return answer(PAUSED, retry_after=NETWORK_SECONDS)
    form = LoginForm(request.POST)
    if not form.is_valid():
        return _login_page(request, form, onward, status=INVALID)
    tried = services.try_password(request=request, **form.cleaned_data)
    if tried.user is None:
        form.add_error(None, PAUSE if tried.is_paused else NOT_RIGHT)
        return _login_page(request, form, onward, status=PAUSED if tried.is_paused else INVALID)
    services.open_session(request=request, user=tried.user)
    if selectors.has_key(tried.user.pk):
        return redirect(_with_next("people:key-prompt", onward))
    return redirect(onward)


def _login_page(request: HttpRequest, form: LoginForm, onward: str, status: int = 200) -> HttpResponse:
    saved = request.method != "POST" and "saved" in request.GET
    return render(
        request, "people/login.html", {"form": form, "next": onward, "password_saved": saved}, status=status
    )


@signed_in
@require_POST
def logout(request: HttpRequest) -> HttpResponse:
    """End the session on the server and go to the login page."""
    services.close_session(request=request, by=request.access)
    return redirect("people:login")


@signed_in
@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
def key_prompt(request: HttpRequest) -> HttpResponse:
    """The key, right after the password; or on without it."""
    return _ask_for_key(request, KeyUse.LOGIN, "people/key_prompt.html")


@signed_in
@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
def elevate(request: HttpRequest) -> HttpResponse:
    """ "Elevate Your Access": the key in a session that was opened without it."""
    return _ask_for_key(request, KeyUse.ELEVATE, "people/elevate.html")


def _ask_for_key(request: HttpRequest, use: KeyUse, template: str) -> HttpResponse:
    onward = safe_next(request, HOME)
    if request.access.is_elevated or not request.access.has_key:
        return redirect(onward)
    assert request.user.is_authenticated
    kinds = selectors.kinds_of_keys(request.user.pk)
    answered = AnswerForm(request.POST)
    by_u2f = answered.is_valid()
    form = NextCodeForm(request.POST if request.method == "POST" and not by_u2f else None, kinds=kinds)
    context: dict[str, Any] = {"form": form, "next": onward, "kinds": kinds}
    if request.method != "POST":
        return render(request, template, context)
    if by_u2f:
        answer_given = answered.cleaned_data["answer"]
        tried = services.try_u2f(request=request, answer=answer_given, use=use, by=request.access)
    elif form.is_valid():
        tried = services.try_key(code=form.cleaned_data["code"], use=use, by=request.access)
    else:
        return render(request, template, context, status=INVALID)
    if tried.device is None:
        status = PAUSED if tried.is_paused else INVALID
        if by_u2f:
            context["u2f_error"] = PAUSE if tried.is_paused else WRONG_U2F
            return render(request, template, context, status=status)
        form.add_error("code", PAUSE if tried.is_paused else WRONG_CODE)
        context["is_refused"] = not tried.is_paused
        return render(request, template, context, status=status)
    services.elevate_session(request=request, device=tried.device)
    return redirect(onward)


@signed_in
@never_cache
@limited("key-question", times=100, seconds=NETWORK_SECONDS)
@require_POST
def key_question(request: HttpRequest) -> HttpResponse:
    """What the browser is to ask the person's own U2F keys."""
    assert request.user.is_authenticated
    return JsonResponse(services.begin_check(request=request, user=request.user))


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def reset(request: HttpRequest) -> HttpResponse:
    """Ask for the link, for oneself or on behalf of somebody: the mail goes to the account's address."""
    if request.method != "POST":
        return render(request, "people/reset.html", {"form": ResetForm()})
    if is_over("reset", str(address_of(request)), times=NETWORK_RESETS, seconds=NETWORK_SECONDS):
        return answer(PAUSED, retry_after=NETWORK_SECONDS)
    form = ResetForm(request.POST)
    if not form.is_valid():
        return render(request, "people/reset.html", {"form": form}, status=INVALID)
    email = form.cleaned_data["email"]
    services.request_reset(email=email)
    if school_side.reveals_unknown_email() and not selectors.is_known_email(email):
        form.add_error("email", UNKNOWN_EMAIL)
        return render(request, "people/reset.html", {"form": form, "is_unknown": True}, status=INVALID)
    return redirect("people:reset-sent")


@public
@require_safe
def reset_sent(request: HttpRequest) -> HttpResponse:
    """The same answer for every address."""
    return render(request, "people/reset_sent.html")


@public
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def set_password(request: HttpRequest, token: str) -> HttpResponse:
    """Set the password by the link from the mail; then to the login page, not signed in."""
    try:
        selectors.get_user_of_link(services.digest_of(token))
        form = NewPasswordForm(
            request.POST if request.method == "POST" else None,
            strength_url=reverse("people:password-strength", args=[token]),
        )
        if request.method != "POST" or not form.is_valid():
            status = INVALID if form.is_bound else 200
            return render(request, "people/set_password.html", {"form": form, "token": token}, status=status)
        services.set_password(token=token, password=form.cleaned_data["password"])
    except LinkExpiredError:
        return render(request, "people/link_expired.html")
    except services.WeakPasswordError as error:
        rating = error.strength.rating.label
        form.add_error("password", f"This password is rated {rating}. {' '.join(error.strength.advice)}")
        context = {"form": form, "token": token, **strength_context(error.strength)}
        return render(request, "people/set_password.html", context, status=INVALID)
    return redirect(f"{reverse('people:login')}?saved=1")


@public
@never_cache
@limited("password-strength", times=600, seconds=NETWORK_SECONDS)
@sensitive_post_parameters("password")
@require_POST
def password_strength(request: HttpRequest, token: str) -> HttpResponse:
    """The rating of what is typed so far, for whoever holds a good link."""
    try:
        user = selectors.get_user_of_link(services.digest_of(token))
    except LinkExpiredError:
        raise Http404 from None
    form = NewPasswordForm(request.POST)
    if not form.is_valid():
        return render(request, "components/password_strength.html")
    strength = services.rate(form.cleaned_data["password"], personal=selectors.personal_texts(user))
    return render(request, "components/password_strength.html", strength_context(strength))


def strength_context(strength: services.Strength) -> dict[str, Any]:
    return {
        "rating": strength.rating.label,
        "score": SCORES[strength.rating],
        "advice": " ".join(strength.advice),
    }


def _with_next(name: str, onward: str) -> str:
    address = reverse(name)
    return address if onward == HOME else f"{address}?{urlencode({'next': onward})}"
