""" "Security Keys": a person's own keys and recovery codes."""

from __future__ import annotations

from urllib.parse import quote, urlencode

import segno
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from core.access.decorators import key_user, signed_in
from shared_apps.people import selectors, services
from shared_apps.people.enums import PENDING_KEY
from shared_apps.people.forms import NewDeviceForm
from shared_apps.people.views.account import account_tabs
from shared_apps.people.views.signing_in import INVALID, WRONG_CODE


@signed_in
@never_cache
@require_safe
def security_keys(request: HttpRequest) -> HttpResponse:
    """ "Security Keys": one's own devices. Closed while there is a key that this session has not used."""
    if _key_is_unused(request):
        return _needs_key(request)
    context = {
        "tabs": account_tabs("people:security-keys"),
        "keys": selectors.keys_of(request.access),
        "codes_left": selectors.recovery_codes_left(request.access),
        "authenticator": f"{settings.BRAND} Authenticator",
    }
    return render(request, "people/security_keys.html", context)


@signed_in
@never_cache
@require_safe
def add_device(request: HttpRequest) -> HttpResponse:
    """ "Add new device": the code to scan. Nothing is registered by looking at it."""
    if _key_is_unused(request):
        return _needs_key(request)
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
    form = NewDeviceForm(request.POST)
    if not form.is_valid():
        return _device_page(request, form, status=INVALID)
    try:
        saved = services.save_key(secret=request.session[PENDING_KEY], by=request.access, **form.cleaned_data)
    except services.WrongCodeError:
        form.add_error("code", WRONG_CODE)
        return _device_page(request, form, status=INVALID, is_refused=True)
    del request.session[PENDING_KEY]
    if saved.recovery_codes:
        return _codes_page(request, saved.recovery_codes, saved.name)
    return redirect("people:security-keys")


@key_user
@never_cache
@require_POST
def recovery_codes(request: HttpRequest) -> HttpResponse:
    """Eight new recovery codes in place of the old ones, shown once."""
    return _codes_page(request, services.renew_recovery_codes(by=request.access))


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
