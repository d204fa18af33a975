""" "Account Settings": a person's own account."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from core.access.decorators import signed_in
from core.web.redirects import safe_next
from shared_apps.people import services
from shared_apps.people.enums import Theme
from shared_apps.people.forms import ThemeForm


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


def account_tabs(current: str) -> list[dict[str, Any]]:
    labels = {"people:account": "Account", "people:security-keys": "Security Keys"}
    return [
        {"label": label, "url": reverse(name), "current": name == current} for name, label in labels.items()
    ]
