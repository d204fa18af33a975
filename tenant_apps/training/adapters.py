"""Where training mode meets the frame of every page."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse

from tenant_apps.training.selectors import is_on


@dataclass(frozen=True, slots=True)
class Banner:
    """What every page says while training mode is on; `manage_url` is empty but for administrators."""

    manage_url: str


def banner(request: HttpRequest) -> Banner | None:
    """The banner; None while training mode is off, and for visitors."""
    if getattr(request, "school", None) is None or request.access.user_id is None or not is_on():
        return None
    return Banner(reverse("training:manage") if request.access.is_administrator else "")
