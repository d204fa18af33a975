""" "Security Keys": a person's own keys and recovery codes."""

from __future__ import annotations

from urllib.parse import quote, urlencode

import segno
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from core.access.decorators import key_user, signed_in
from core.web.ratelimit import limited
from shared_apps.people import selectors, services
from shared_apps.people.enums import PENDING_KEY
from shared_apps.people.forms import KeyNameForm, NewDeviceForm, NewU2fKeyForm
from shared_apps.people.views.account import account_tabs, to_confirm
from shared_apps.people.views.signing_in import INVALID, NETWORK_SECONDS, WRONG_CODE, WRONG_U2F

ASK_AGAIN = "Reload the page: your password is asked for again first."


@signed_in
@never_cache
@require_safe
def security_keys(request: HttpRequest) -> HttpResponse:
    """ "Security Keys": one's own devices. Closed while there is a key that this session has not used."""
    if _key_is_unused(request):
        return _needs_key(request)
    keys = selectors.keys_of(request.access)
    context = {
        "tabs": account_tabs("people:security-keys"),
        "keys": keys,
        "soft_keys": [key for key in keys if key.kind == selectors.SOFT],
        "u2f_keys": [key for key in keys if key.kind == selectors.U2F],
        "codes_left": selectors.recovery_codes_left(request.access),
        "authenticator": f"{settings.BRAND} Authenticator",
        "is_fresh": _is_fresh(request),
        "u2f_form": NewU2fKeyForm(),
        "key_price": settings.KEY_PRICE,
        "key_order_form": settings.KEY_ORDER_FORM_URL,
        "support_email": settings.SUPPORT_EMAIL,
    }
    return render(request, "people/security_keys.html", context)


@signed_in
@never_cache
@require_safe
def add_device(request: HttpRequest) -> HttpResponse:
    """ "Add new device": the code to scan. Nothing is registered by looking at it."""
    if _key_is_unused(request):
        return _needs_key(request)
    if not _is_fresh(request):
        return to_confirm(request.path)
    if PENDING_KEY not in request.session:
        request.session[PENDING_KEY] = services.new_secret()
    return _device_page(request, NewDeviceForm())


@signed_in
@never_cache
@sensitive_post_parameters("code")
@require_POST
def save_device(request: HttpRequest) -> HttpResponse:
    """ "Save this device": registers the key if the code is right; the first one brings recovery codes."""
    if _key_is_unused(request):
        return _needs_key(request)
    if PENDING_KEY not in request.session:
        return redirect("people:security-keys")
    if not _is_fresh(request):
        return to_confirm(reverse("people:add-device"))
    form = NewDeviceForm(request.POST)
    if not form.is_valid():
        return _device_page(request, form, status=INVALID)
    try:
        saved = services.save_key(secret=request.session[PENDING_KEY], by=request.access, **form.cleaned_data)
    except services.WrongCodeError:
        form.add_error("code", WRONG_CODE)
        return _device_page(request, form, status=INVALID, is_refused=True)
    del request.session[PENDING_KEY]
    services.use_up(request.session)
    if saved.recovery_codes:
        return _codes_page(request, saved.recovery_codes, saved.name)
    return redirect("people:security-keys")


@key_user
@never_cache
@require_POST
def recovery_codes(request: HttpRequest) -> HttpResponse:
    """Eight new recovery codes in place of the old ones, shown once. Each stands for a key, so that a session
    left open may not make them without asking again.
    """
    if not _is_fresh(request):
        return to_confirm(reverse("people:security-keys"))
    services.use_up(request.session)
    return _codes_page(request, services.renew_recovery_codes(by=request.access))


@signed_in
@never_cache
@limited("u2f-question", times=100, seconds=NETWORK_SECONDS)
@require_POST
def u2f_question(request: HttpRequest) -> HttpResponse:
    """ "Start Registration": what the browser is to ask a new U2F key."""
    assert request.user.is_authenticated
    if _key_is_unused(request) or not _is_fresh(request):
        return JsonResponse({"error": ASK_AGAIN}, status=403)
    return JsonResponse(services.begin_registration(request=request, user=request.user))


@signed_in
@never_cache
@require_POST
def register_u2f(request: HttpRequest) -> HttpResponse:
    """Register the U2F key that answered; the first key brings recovery codes, told once."""
    assert request.user.is_authenticated
    if _key_is_unused(request) or not _is_fresh(request):
        return JsonResponse({"error": ASK_AGAIN}, status=403)
    form = NewU2fKeyForm(request.POST)
    if not form.is_valid():
        return JsonResponse({"error": next(iter(form.errors.values()))[0]}, status=INVALID)
    try:
        saved = services.register_key(
            request=request, user=request.user, by=request.access, **form.cleaned_data
        )
    except services.KeyRefusedError:
        return JsonResponse({"error": WRONG_U2F}, status=INVALID)
    services.use_up(request.session)
    return JsonResponse({"codes": saved.recovery_codes})


@signed_in
@never_cache
@require_safe
def own_key(request: HttpRequest, kind: str, key_id: int) -> HttpResponse:
    """One of one's own keys: its name, and the way to remove it."""
    if _key_is_unused(request):
        return _needs_key(request)
    key = _own_key(request, kind, key_id)
    if not services.is_confirmed(request.session):
        return to_confirm(request.path)
    return _key_page(request, key, KeyNameForm(initial={"name": key.name}))


@signed_in
@never_cache
@require_POST
def rename_key(request: HttpRequest, kind: str, key_id: int) -> HttpResponse:
    """ "Save name"."""
    if _key_is_unused(request):
        return _needs_key(request)
    key = _own_key(request, kind, key_id)
    if not services.is_confirmed(request.session):
        return to_confirm(reverse("people:own-key", args=[kind, key_id]))
    form = KeyNameForm(request.POST)
    if not form.is_valid():
        return _key_page(request, key, form, status=INVALID)
    services.rename_key(kind=kind, key_id=key_id, by=request.access, **form.cleaned_data)
    services.use_up(request.session)
    messages.success(request, "The name is saved.")
    return redirect("people:security-keys")


@signed_in
@never_cache
@require_POST
def remove_key(request: HttpRequest, kind: str, key_id: int) -> HttpResponse:
    """ "Remove this key"."""
    if _key_is_unused(request):
        return _needs_key(request)
    key = _own_key(request, kind, key_id)
    if not services.is_confirmed(request.session):
        return to_confirm(reverse("people:own-key", args=[kind, key_id]))
    services.remove_key(kind=kind, key_id=key_id, by=request.access)
    services.use_up(request.session)
    messages.success(request, f"“{key.name}” is removed.")
    return redirect("people:account")


def _own_key(request: HttpRequest, kind: str, key_id: int) -> selectors.KeyRow:
    key = selectors.own_key(request.access, kind, key_id)
    if key is None:
        raise Http404
    return key


def _key_page(
    request: HttpRequest, key: selectors.KeyRow, form: KeyNameForm, status: int = 200
) -> HttpResponse:
    context = {
        "tabs": account_tabs("people:security-keys"),
        "key": key,
        "form": form,
        "is_last": len(selectors.keys_of(request.access)) == 1,
    }
    return render(request, "people/own_key.html", context, status=status)


def _is_fresh(request: HttpRequest) -> bool:
    """Whether a key may be added without asking for password and key again."""
    return services.is_fresh(request.session, has_key=request.access.has_key)


def _key_is_unused(request: HttpRequest) -> bool:
    """Whether the account has a key, but this session was opened without it."""
    return request.access.has_key and not request.access.is_elevated


def _needs_key(request: HttpRequest) -> HttpResponse:
    return render(
        request, "people/needs_key.html", {"tabs": account_tabs("people:security-keys")}, status=403
    )


def _device_page(
    request: HttpRequest, form: NewDeviceForm, status: int = 200, is_refused: bool = False
) -> HttpResponse:
    assert request.user.is_authenticated
    secret = request.session[PENDING_KEY]
    context = {
        "tabs": account_tabs("people:security-keys"),
        "form": form,
        "qr": _qr(request.user.email, secret),
        "secret": " ".join(secret[start : start + 4] for start in range(0, len(secret), 4)),
        "authenticator": f"{settings.BRAND} Authenticator",
        "is_refused": is_refused,
    }
    return render(request, "people/add_device.html", context, status=status)


def _codes_page(request: HttpRequest, codes: tuple[str, ...], device: str = "") -> HttpResponse:
    context = {"tabs": account_tabs("people:security-keys"), "codes": codes, "device": device}
    return render(request, "people/recovery_codes.html", context)


def _qr(email: str, secret: str) -> SafeString:
    """The code that authenticator apps scan, as SVG that needs no style of its own."""
    issuer = settings.BRAND.replace(":", "")
    query = urlencode({"secret": secret, "issuer": issuer, "digits": 6, "period": 30}, quote_via=quote)
    code = segno.make(f"otpauth://totp/{quote(f'{issuer}:{email}')}?{query}", error="m", micro=False)
    # Black on white in every theme: cameras need the contrast and the light border.
    svg = code.svg_inline(scale=5, dark="#000", light="#fff", svgclass="qr", lineclass=None)
    return mark_safe(svg)  # noqa: S308 -- drawn by segno; it holds rectangles and nothing that anybody typed
